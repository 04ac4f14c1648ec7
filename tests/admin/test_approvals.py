"""What needs two people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from admin.app import build_console
from admin.approvals import Action, Approvals, State
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import Console
from admin.store import Store
from tests.admin.conftest import CONFIG, SECRET
from waitroom.assembly.redis import connect
from waitroom.settings import load

pytestmark = pytest.mark.anyio

ANY = {"if-match": "*"}
URL = "/api/rooms/drop"


class People:
    """Clients of somebody, by name."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.console: Console = app.state.console

    def __call__(self, name: str, role: Role = Role.OPERATOR) -> httpx.AsyncClient:
        token = self.console.tokens.make(role, label=f"{name} {role}", made_by=name)
        transport, headers = httpx.ASGITransport(self.app), {"authorization": f"Bearer {token}"}
        return httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers)


@pytest.fixture
async def people(tmp_path: Path, scratch_url: str, redis: Redis) -> AsyncIterator[People]:
    """A console at which a reset, and a rate above 200, need two people."""
    config = tmp_path / "waitroom.toml"
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data")
    config.write_text(text + "\n[approval]\nreset = true\nrate_above = 200\n")
    settings = load(config, environ={})
    app = build_console(settings, connect(scratch_url), [SECRET])
    async with app.router.lifespan_context(app):
        yield People(app)


async def test_a_high_rate_waits_for_somebody_else(people: People) -> None:
    """It is done when another operator approves of it, in the name of whoever asked."""
    ada, bob = people("ada"), people("bob")
    asked = await ada.patch(URL, json={"rate": 500, "reason": "it went well"}, headers=ANY)
    told = asked.json()
    where = asked.headers["location"]
    assert (202, "pending", "token ada operator") == (asked.status_code, told["state"], told["asked_by"])
    assert {"rate": {"before": 120, "after": 500}} == told["changed"]
    assert 120 == (await ada.get(URL)).json()["rate"]
    assert [told] == (await bob.get("/api/approvals?state=pending")).json()

    own = await ada.post(f"{where}/approve")
    other_token = await people("ada", Role.ADMIN).post(f"{where}/approve")
    viewer = await people("eve", Role.VIEWER).post(f"{where}/approve")
    assert [403, 403, 403] == [own.status_code, other_token.status_code, viewer.status_code]
    done = await bob.post(f"{where}/approve", json={"reason": "seen"})
    assert (200, "approved", "token bob operator", "seen") == (
        done.status_code, done.json()["state"], done.json()["decided_by"], done.json()["decision_reason"],
    )  # fmt: skip
    state = (await bob.get(URL)).json()
    assert (500, "token ada operator") == (state["rate"], state["last_change"]["who"])
    assert "it went well (approved by token bob operator)" == state["last_change"]["why"]
    assert 409 == (await bob.post(f"{where}/approve")).status_code


@pytest.mark.parametrize(
    ("first", "change", "status"),
    [
        ({}, {"rate": 200}, 200),
        ({}, {"rate": 200.1}, 202),
        ({}, {"mode": "pass"}, 202),
        ({}, {"mode": "queue", "message": "x"}, 200),
        ({"rate": "900"}, {"rate": 800}, 200),
        ({"rate": "900"}, {"capacity": 5}, 200),
        ({"rate": "900"}, {"rate": 901}, 202),
        ({"mode": "pass"}, {"message": "x"}, 200),
        ({"mode": "pass"}, {"mode": "auto"}, 200),
    ],
)
async def test_what_one_alone_may(
    people: People, first: dict[str, str], change: dict[str, object], status: int
) -> None:
    """Whatever raises no rate above the bound, and does not open the door to everyone."""
    await people.console.live.rooms["drop"].change(first, who="ada")
    assert status == (await people("ada").patch(URL, json=change, headers=ANY)).status_code


async def test_neither_undo_nor_a_pause_is_a_way_around(people: People) -> None:
    """Taking a lowered rate back needs two again; a pause in mode pass is ended by anyone."""
    ada, room = people("ada"), people.console.live.rooms["drop"]
    await room.change({"rate": "900"}, who="ada")
    await ada.patch(URL, json={"rate": 100}, headers=ANY)
    undone = await ada.post(f"{URL}/undo")
    assert (202, {"rate": {"before": 100, "after": 900}}) == (undone.status_code, undone.json()["changed"])
    await room.change({"mode": "pass"}, who="ada")
    await ada.post(f"{URL}/pause")
    resumed = await ada.post(f"{URL}/resume")
    assert (200, "pass") == (resumed.status_code, resumed.json()["mode"])


async def test_what_was_changed_meanwhile_is_not_done(people: People) -> None:
    """Approved of or not: nobody is overwritten unseen. What it is not about may have changed."""
    ada, bob, room = people("ada"), people("bob"), people.console.live.rooms["drop"]
    where = (await ada.patch(URL, json={"rate": 500}, headers=ANY)).headers["location"]
    other = (await ada.patch(URL, json={"rate": 600}, headers=ANY)).headers["location"]
    await room.change({"message": "news"}, who="cid")
    assert 200 == (await bob.post(f"{where}/approve")).status_code
    late = await bob.post(f"{other}/approve")
    assert (412, 500) == (late.status_code, late.json()["state"]["rate"])
    assert "overtaken" == (await bob.get(other)).json()["state"]


async def test_a_reset_waits_for_somebody_else(people: People) -> None:
    """And resets only the line that was meant."""
    ada, bob = people("ada", Role.ADMIN), people("bob")
    epoch = (await ada.get(URL)).json()["epoch"]
    asked = [await ada.post(f"{URL}/reset", json={"reason": "over"}) for _ in range(2)]
    assert [202, 202] == [each.status_code for each in asked]
    assert epoch == (await ada.get(URL)).json()["epoch"]
    approvals = [each.headers["location"] for each in asked]
    assert 200 == (await bob.post(f"{approvals[0]}/approve")).status_code
    assert epoch < (await ada.get(URL)).json()["epoch"]
    assert 412 == (await bob.post(f"{approvals[1]}/approve")).status_code


async def test_it_can_be_rejected_or_taken_back(people: People) -> None:
    """Then there is nothing to approve of any more; two who decide at once do so once."""
    ada, bob = people("ada"), people("bob")
    where = [(await ada.patch(URL, json={"rate": 500}, headers=ANY)).headers["location"] for _ in range(3)]
    assert "rejected" == (await bob.post(f"{where[0]}/reject")).json()["state"]
    assert "rejected" == (await ada.post(f"{where[1]}/reject")).json()["state"]
    assert 409 == (await bob.post(f"{where[0]}/approve")).status_code
    assert 404 == (await bob.post("/api/approvals/none/approve")).status_code
    answers = await asyncio.gather(*(bob.post(f"{where[2]}/approve") for _ in range(10)))
    assert [200, *[409] * 9] == sorted(answer.status_code for answer in answers)


async def test_it_expires(tmp_path: Path) -> None:
    """After its time nobody can approve of it."""
    now = [1000.0]
    store = Store(tmp_path)
    approvals = Approvals(store, 900, clock=lambda: now[0])
    ada, bob = Actor("ada", Role.OPERATOR), Actor("bob", Role.OPERATOR)
    asked = await approvals.ask(ada, "drop", Action.CHANGE, "{}", "")
    assert asked is not None
    now[0] += 900
    found = await approvals.find(asked.id)
    assert found is not None
    assert State.EXPIRED is found.state
    assert not await approvals.decide(asked.id, State.PENDING, State.DECIDING, bob, "")
    assert [] == await approvals.all(State.PENDING)
    store.close()


async def test_who_has_lost_the_right_to_ask_is_not_heard_any_more(people: People) -> None:
    """Somebody who was disabled, or is a viewer by now: what they asked for can only be rejected."""
    users = people.console.people.users
    eve, ada = await users.invite("eve", Role.OPERATOR, made_by="test"), people("ada")
    asked = (await people("eve").patch(URL, json={"rate": 900}, headers=ANY)).headers["location"]
    await users.set_role(eve.id, Role.VIEWER)
    refused = await ada.post(f"{asked}/approve")
    assert (409, "urn:waitroom:asker") == (refused.status_code, refused.json()["type"])
    assert 120 == (await ada.get(URL)).json()["rate"]
    await users.set_role(eve.id, Role.ADMIN)
    await users.disable(eve.id)
    assert 409 == (await ada.post(f"{asked}/approve")).status_code
    assert 200 == (await ada.post(f"{asked}/reject")).status_code


PLAN = f"{URL}/plan"
EVENT = {"name": "sale", "opens": "2990-01-01 10:00", "prequeue": "30m"}


class TestPlans:
    """What a plan will do is no way around the second person."""

    async def test_a_plan_with_a_high_rate_waits_for_somebody_else(self, people: People) -> None:
        """It is tried by anyone, asked for by one, and planned as it was seen once another approves of it."""
        ada, bob = people("ada"), people("bob")
        wanted = {"events": [EVENT | {"rate": "100, then +100 every 5m to 900"}], "reason": "the big one"}
        assert 200 == (await ada.put(f"{PLAN}?check=true", json=wanted)).status_code
        asked = await ada.put(PLAN, json=wanted, headers=ANY)
        told = asked.json()
        assert (202, "plan", "pending") == (asked.status_code, told["action"], told["state"])
        after = "opens 2990-01-01 10:00, rate 100, then +100 every 5m to 900, mode auto"
        assert {"event sale": {"before": None, "after": after}} == told["changed"]
        assert [] == (await bob.get(PLAN)).json()["events"]
        where = asked.headers["location"]
        assert 403 == (await ada.post(f"{where}/approve")).status_code
        done = await bob.post(f"{where}/approve")
        assert (200, "approved") == (done.status_code, done.json()["state"])
        assert ["sale"] == [event["name"] for event in (await bob.get(PLAN)).json()["events"]]
        (entry,) = (await bob.get(f"{URL}/events?type=planned&limit=1")).json()
        assert ("token ada operator", "the big one (approved by token bob operator)") == (
            entry["who"], entry["why"],
        )  # fmt: skip

    async def test_what_opens_no_further_needs_one(self, people: People) -> None:
        """A rate within the bound, and moving an event whose rate was approved of."""
        ada, bob = people("ada"), people("bob")
        low = await ada.put(PLAN, json={"events": [EVENT | {"rate": "150"}]}, headers=ANY)
        asked = await ada.put(PLAN, json={"events": [EVENT | {"rate": "900"}]}, headers=ANY)
        assert [200, 202] == [low.status_code, asked.status_code]
        await bob.post(f"{asked.headers['location']}/approve")
        moved = await ada.post(f"{PLAN}/move", json={"event": "sale", "by": "15m"}, headers=ANY)
        higher = await ada.put(PLAN, json={"events": [EVENT | {"rate": "901"}]}, headers=ANY)
        assert [200, 202] == [moved.status_code, higher.status_code]

    async def test_a_plan_that_was_changed_meanwhile_is_not_overwritten(self, people: People) -> None:
        """Then what was asked for is overtaken, and the audit log has the rates of what was planned instead."""
        ada, bob = people("ada"), people("bob", Role.ADMIN)
        asked = await ada.put(PLAN, json={"events": [EVENT | {"rate": "900"}]}, headers=ANY)
        await ada.put(PLAN, json={"events": [EVENT | {"rate": "50"}]}, headers=ANY)
        answer = await bob.post(f"{asked.headers['location']}/approve")
        state = (await bob.get(asked.headers["location"])).json()["state"]
        assert (412, "overtaken") == (answer.status_code, state)
        assert ["50"] == [event["rate"] for event in (await bob.get(PLAN)).json()["events"]]
        log = (await bob.get("/api/audit?action=changePlan")).json()["entries"]
        assert {"sale": "opens 2990-01-01 10:00, rate 50, mode auto"} == log[0]["after"]
