"""What happened in a room, over the API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client, Served

pytestmark = pytest.mark.anyio

ANY = {"if-match": "*"}
EVENTS = "/api/rooms/drop/events"


async def test_the_record_says_who_did_what_and_why(client: Client) -> None:
    """Newest first; in words and in fields, with what was before and after."""
    operator = client(Role.OPERATOR)
    await operator.patch("/api/rooms/drop", json={"rate": 60, "keep": "20m", "reason": "slow"}, headers=ANY)
    newest, *_, oldest = (await operator.get(EVENTS)).json()
    assert ("changed", "token test operator", "slow") == (newest["type"], newest["who"], newest["why"])
    assert {"rate": {"before": 120, "after": 60}, "keep": {"before": 600, "after": 1200}} == newest["changed"]
    assert "rate 120 -> 60" in newest["text"]
    assert "120 -> 60" == newest["fields"]["rate"]
    assert ("began", "the room begins") == (oldest["type"], oldest["text"])
    of_file = (await operator.get(EVENTS)).json()[-2]
    assert ("configuration file", {"before": None, "after": 120}) == (
        of_file["who"],
        of_file["changed"]["rate"],
    )


async def test_pages_follow_each_other_without_gap(client: Client, console: Console) -> None:
    """Each page that is not the last links to the next, which has the same filter."""
    viewer, room = client(Role.VIEWER), console.live.rooms["drop"]
    for rate in range(1, 26):
        await room.change({"rate": str(rate)}, who="ada")
    rates, url, pages = [], f"{EVENTS}?type=changed&limit=10", 0
    while url:
        answer = await viewer.get(url)
        rates += [event["changed"]["rate"]["after"] for event in answer.json()]
        pages += 1
        url = answer.links.get("next", {}).get("url", "")
    assert [*range(25, 0, -1), 120] == rates
    assert 3 == pages


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("type=changed", {"changed"}),
        ("type=changed,began", {"changed", "began"}),
        ("type=changed&type=began", {"changed", "began"}),
        ("type=-changed,-planned", {"began"}),
        ("type=nothing", set()),
    ],
)
async def test_types_can_be_chosen(client: Client, query: str, kinds: set[str]) -> None:
    """Some, or all but some."""
    told = (await client(Role.VIEWER).get(f"{EVENTS}?{query}")).json()
    assert kinds == {event["type"] for event in told}


async def test_ids_bound_what_is_told(client: Client, console: Console) -> None:
    """`after` and `before` leave out the one that they name."""
    viewer, room = client(Role.VIEWER), console.live.rooms["drop"]
    for rate in (1, 2, 3):
        await room.change({"rate": str(rate)}, who="ada")
    third, second, first, *_ = [event["id"] for event in (await viewer.get(EVENTS)).json()]
    between = (await viewer.get(EVENTS, params={"before": third, "after": first})).json()
    assert [second] == [event["id"] for event in between]
    for empty in ("before=0", "before=0-0", f"after={third}", "after=999999999999999"):
        assert [] == (await viewer.get(f"{EVENTS}?{empty}")).json()
    for wrong in ("before=x", "after=1-", "limit=0", "limit=9999", "type=Á", "format=xml"):
        assert 422 == (await viewer.get(f"{EVENTS}?{wrong}")).status_code


async def entries(answer: httpx.Response) -> AsyncIterator[dict[str, object]]:
    """The events of a stream, each with the id under which it came."""
    event_id = ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            event_id = value
        if name == "data":
            told = json.loads(value)
            assert event_id == told["id"]
            yield told


async def test_what_happens_is_streamed_and_caught_up_with(served: Served) -> None:
    """From the moment of asking; with the last id that was seen, from there."""
    headers = {**served.headers(Role.OPERATOR), "accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as client:
        url = "/api/rooms/drop"
        last = ""
        async with client.stream("GET", f"{url}/events?type=changed") as answer:
            assert "text/event-stream; charset=utf-8" == answer.headers["content-type"]
            for rate in (61, 62):
                await client.patch(url, json={"rate": rate}, headers=ANY)
            rates = []
            async for told in entries(answer):
                rates.append(told["changed"]["rate"]["after"])  # type: ignore[index]
                last = last or str(told["id"])
                if len(rates) == 2:
                    break
            assert [61, 62] == rates
        for query, header in (("", last), (f"&after={last}", "")):
            async with client.stream(
                "GET",
                f"{url}/events?type=changed{query}",
                headers={"last-event-id": header} if header else {},
            ) as answer:
                assert 62 == (await anext(entries(answer)))["changed"]["rate"]["after"]  # type: ignore[index]
