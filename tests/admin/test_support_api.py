"""The support desk over the API."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.shoppers import LANES, Shoppers, shoppers
from waitroom.line.memory import Memory
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio

WHY = {"reason": "the phone died"}


@pytest.fixture
async def line(console: Console, redis: Redis) -> Shoppers:
    """One of them has lost their place. The console stands on the same Redis."""
    assert "drop" in console.live.rooms
    return await shoppers(redis)


async def test_a_code_tells_place_cause_and_what_can_be_done(client: Client, line: Shoppers) -> None:
    """However it is typed; by a viewer, and with nothing of who somebody is."""
    told = (await client(Role.VIEWER).get(f"/api/support/{line.missed.lower().replace('-', '')}")).json()
    assert ("drop", "general", 2, "missed") == (told["room"], told["lane"], told["number"], told["state"])
    assert (line.missed, line.since) == (told["code"], told["went_to"])
    assert told["why"].startswith("Its turn came, and its holder was not there in time")
    assert ["changed", "called", "missed"] == [each["kind"] for each in told["history"]]
    assert ("olga", "payment is slow") == (told["history"][0]["who"], told["history"][0]["why"])
    [effect] = told["effects"]
    assert ("restore", line.missed) == (effect["action"], effect["code"])
    assert "may come in at once" in effect["text"]


async def test_a_waiting_place_has_its_position_and_both_helps(client: Client, line: Shoppers) -> None:
    """One of them of the place that its holder had before."""
    told = (await client(Role.VIEWER).get(f"/api/support/{line.since}")).json()
    assert ("waiting", 8, line.missed) == (told["state"], told["position"], told["came_from"])
    assert [("front", line.since), ("restore", line.missed)] == [
        (each["action"], each["code"]) for each in told["effects"]
    ]


async def test_a_place_is_given_back_and_kept_in_both_logs(client: Client, line: Shoppers) -> None:
    """With who and why; the one that was given since is given up."""
    operator, admin = client(Role.OPERATOR), client(Role.ADMIN)
    done = await operator.post(f"/api/support/{line.since}/restore", json={**WHY, "state": "waiting"})
    assert 200 == done.status_code, done.text
    assert (line.missed, "called", True) == (
        done.json()["place"]["code"], done.json()["place"]["state"], done.json()["place"]["helped"],
    )  # fmt: skip
    assert "Ticket 11 of general in drop was given up for it." in done.json()["done"]
    [entry] = (await admin.get("/api/rooms/drop/events?type=reinstated")).json()
    assert ("token test operator", "the phone died") == (entry["who"], entry["why"])
    [kept, *_] = (await admin.get("/api/audit?action=restorePlace")).json()["entries"]
    assert ("done", "the phone died", {"state": "waiting"}) == (kept["outcome"], kept["why"], kept["before"])
    assert (f"drop, general, ticket 11 ({line.since})", line.missed) == (kept["about"], kept["after"]["code"])
    gone = (await operator.get(f"/api/support/{line.since}")).json()
    assert ("left", line.missed, []) == (gone["state"], gone["given_up_for"], gone["effects"])


async def test_the_front_is_asked_for_once(client: Client, line: Shoppers) -> None:
    """The second time there is nothing to help; with the same key it is the same answer."""
    operator = client(Role.OPERATOR)
    path, key = f"/api/support/{line.waiting}/front", {"idempotency-key": "once"}
    first = await operator.post(path, json=WHY, headers=key)
    assert (200, "late", 1) == (
        first.status_code, first.json()["place"]["state"], first.json()["place"]["position"],
    )  # fmt: skip
    assert first.json() == (await operator.post(path, json=WHY, headers=key)).json()
    again = await operator.post(path, json=WHY)
    assert (409, "urn:waitroom:not-helped") == (again.status_code, again.json()["type"])
    assert "was called, and waits for the rate" in again.json()["detail"]


async def test_what_was_seen_otherwise_is_not_helped(client: Client, line: Shoppers) -> None:
    """It is to be looked at again."""
    answer = await client(Role.OPERATOR).post(
        f"/api/support/{line.missed}/restore", json={**WHY, "state": "left"}
    )
    assert (412, "urn:waitroom:overtaken") == (answer.status_code, answer.json()["type"])
    assert "it was left when you looked, and is missed now" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 301}, {"reason": "x", "who": "me"}])
async def test_no_help_without_a_reason(client: Client, line: Shoppers, body: dict[str, str]) -> None:
    """One that the record can keep."""
    operator = client(Role.OPERATOR)
    assert 422 == (await operator.post(f"/api/support/{line.missed}/restore", json=body)).status_code
    blank = await operator.post(f"/api/support/{line.missed}/restore", json={"reason": " \n "})
    assert (422, "urn:waitroom:no-reason") == (blank.status_code, blank.json()["type"])


async def test_codes_that_lead_nowhere_are_explained(client: Client, line: Shoppers, redis: Redis) -> None:
    """What is none, what is of another room, what has a slip in it, and what may be of several."""
    viewer = client(Role.VIEWER)
    none = await viewer.get("/api/support/what%3F")
    assert (422, "urn:waitroom:wrong-code") == (none.status_code, none.json()["type"])
    other = (await viewer.get(f"/api/support/{line.missed}?room=late-sale")).json()
    assert "it is that of ticket 2 of general in drop" in other["detail"]
    assert [("drop", "general", 2, line.missed)] == [
        (each["room"], each["lane"], each["number"], each["code"]) for each in other["elsewhere"]
    ]
    wrong = line.waiting[:-1] + ("Z" if line.waiting[-1] != "Z" else "Y")
    near = await viewer.get(f"/api/support/{wrong}")
    assert 404 == near.status_code
    assert line.waiting in [each["code"] for each in near.json()["near"]]
    await LineStore(redis, "drop", "members", Memory(LANES)).join(2)
    several = await viewer.get("/api/support/0002")
    assert 409 == several.status_code
    assert {"general", "members"} == {each["lane"] for each in several.json()["places"]}
    assert 200 == (await viewer.get("/api/support/0002?lane=members")).status_code


async def test_a_viewer_helps_nobody(client: Client, line: Shoppers) -> None:
    """And the refusal is in the audit log."""
    for action in ("restore", "front"):
        answer = await client(Role.VIEWER).post(f"/api/support/{line.missed}/{action}", json=WHY)
        assert 403 == answer.status_code
    entries = (await client(Role.ADMIN).get("/api/audit?outcome=refused")).json()["entries"]
    assert {"bringForward", "restorePlace"} == {each["action"] for each in entries}
