"""An app that was written for Cloudflare's waiting rooms: its document, where a room is set to speak it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.harness import House, eventually
from waitroom.moved.variables import VARIABLES

pytestmark = pytest.mark.anyio

EXACTLY = {"accept": "application/json"}
DOCUMENTED: Mapping[str, type] = {
    "inWaitingRoom": bool, "waitTimeKnown": bool, "waitTime": int, "waitTime25Percentile": int,
    "waitTime50Percentile": int, "waitTime75Percentile": int, "waitTimeFormatted": str, "queueIsFull": bool,
    "queueAll": bool, "lastUpdated": str, "refreshIntervalSeconds": int, "queueingMethod": str, "isFIFOQueue": bool,
    "isRandomQueue": bool, "isPassthroughQueue": bool, "isRejectQueue": bool, "isEventActive": bool,
    "isEventPrequeueing": bool, "timeUntilEventStart": int, "timeUntilEventStartFormatted": str,
    "timeUntilEventEnd": int, "timeUntilEventEndFormatted": str, "shuffleAtEventStart": bool, "turnstile": str,
    "infiniteQueue": bool,
}  # fmt: skip
"""The members of the document and their kinds, by Cloudflare's API reference."""


def test_templates_have_the_members_and_two_more() -> None:
    """What a page that comes from there may name."""
    assert set(DOCUMENTED) | {"waitTimeHours", "waitTimeHourMinutes"} == VARIABLES


def told(answer: httpx.Response) -> dict[str, Any]:
    """The document, which has all its members and nothing beside them."""
    assert "application/json" == answer.headers["content-type"]
    body = answer.json()
    assert ["cfWaitingRoom"] == list(body)
    members: dict[str, Any] = body["cfWaitingRoom"]
    assert DOCUMENTED == {name: type(value) for name, value in members.items()}
    updated = datetime.strptime(members["lastUpdated"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - updated) < timedelta(minutes=1)
    return members


def some(members: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Those members of which something is expected."""
    return {name: members[name] for name in expected}


@pytest.mark.room(mode="queue", rate=6, presence="30s", cloudflare_json=True, hold_status=200)
async def test_an_app_for_cloudflare_waits_and_gets_in(house: House) -> None:
    """With its cookies alone: it asks again until the answer is the shop's."""
    for _ in range(20):
        await house.visitor(EXACTLY).get("/lab/echo")
    app = house.visitor(EXACTLY)

    async def known() -> bool:
        answer = await app.get("/lab/echo")
        assert 200 == answer.status_code
        return bool(told(answer)["waitTimeKnown"])

    await eventually(known)
    members = told(await app.get("/lab/echo"))
    expected = {
        "inWaitingRoom": True, "queueingMethod": "fifo", "isFIFOQueue": True, "queueAll": False, "queueIsFull": False,
        "isEventActive": False, "timeUntilEventStartFormatted": "unavailable",
    }  # fmt: skip
    assert expected == some(members, expected)
    minutes = members["waitTime"]
    assert 2 <= minutes <= 8
    assert f"{minutes} minutes" == members["waitTimeFormatted"]
    assert 1 <= members["refreshIntervalSeconds"] <= 20
    await house.configure(rate="60000")

    async def inside() -> bool:
        return "headers" in (await app.get("/lab/echo")).json()

    await eventually(inside)


@pytest.mark.room(mode="pause", cloudflare_json=True)
@pytest.mark.parametrize(
    ("accept", "speaks"),
    [
        ("application/json", True),
        ("Application/JSON", True),
        ("application/json, text/plain, */*", False),
        ("application/problem+json", False),
        ("*/*", False),
    ],
)
async def test_only_who_asks_for_exactly_that_gets_it(house: House, accept: str, speaks: bool) -> None:
    """As at Cloudflare; all others get the problem."""
    answer = await house.visitor({"accept": accept}).get("/")
    expected = "application/json" if speaks else "application/problem+json"
    assert (503, expected) == (answer.status_code, answer.headers["content-type"])


@pytest.mark.room(mode="pause", cloudflare_json=True)
async def test_a_line_that_stands_still_tells_no_time(house: House) -> None:
    """Everyone is queued, and nobody knows for how long."""
    expected = {
        "waitTimeKnown": False, "waitTime": 0, "waitTimeFormatted": "unavailable", "queueAll": True,
        "queueingMethod": "fifo",
    }  # fmt: skip
    assert expected == some(told(await house.visitor(EXACTLY).get("/")), expected)


@pytest.mark.room(mode="closed", cloudflare_json=True)
async def test_a_closed_room_rejects(house: House) -> None:
    """There is nothing to ask again for."""
    expected = {
        "queueingMethod": "reject", "isRejectQueue": True, "isFIFOQueue": False, "refreshIntervalSeconds": 0,
        "queueAll": False,
    }  # fmt: skip
    assert expected == some(told(await house.visitor(EXACTLY).get("/")), expected)


def _at(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")


SALE = {"name": "sale", "prequeue": "3h", "opens": _at(90.5), "closes": _at(210.5), "draw": True}


@pytest.mark.room(mode="auto", cloudflare_json=True, events=[SALE])
async def test_before_an_opening_an_event_prequeues(house: House) -> None:
    """Its start and end are told in minutes, and that the order will be drawn."""

    async def begun() -> bool:
        answer = await house.visitor(EXACTLY).get("/lab/echo")
        return "cfWaitingRoom" in answer.json() and answer.json()["cfWaitingRoom"]["isEventActive"]

    await eventually(begun)
    members = told(await house.visitor(EXACTLY).get("/lab/echo"))
    expected = {
        "isEventActive": True,
        "isEventPrequeueing": True,
        "waitTimeKnown": False,
        "shuffleAtEventStart": True,
    }
    assert expected == some(members, expected)
    assert 75 <= members["timeUntilEventStart"] <= 91
    assert members["timeUntilEventStartFormatted"].startswith("1 hour ")
    assert 195 <= members["timeUntilEventEnd"] <= 211
    assert members["timeUntilEventEndFormatted"].startswith("3 hours ")


@pytest.mark.room(mode="pause")
async def test_unless_a_room_is_set_to_it_nobody_gets_it(house: House) -> None:
    """The problem is what there is."""
    assert "application/problem+json" == (await house.visitor(EXACTLY).get("/")).headers["content-type"]
