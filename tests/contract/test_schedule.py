"""A sale that opens by the clock, as visitors see it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.contract.harness import APP, House, entered, events
from waitroom.line.draw import PublishedDraws
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.seeds import Seeds

pytestmark = pytest.mark.anyio

SECRET = "a secret for tests only"
"""The gateway's."""
HOUR_MS = 3_600_000


async def plan(house: House, opens_in_ms: int, *, drawn: bool) -> None:
    """Plans a sale that has begun, or moves its opening; every worker follows."""
    opens = int(time.time() * 1000) + opens_in_ms
    commitment = Seeds((SECRET,)).commit(house.name, "sale") if drawn else ""
    steps = (
        Step(1, StepKind.BEGIN, "sale", {"mode": "queue", "rate": "600"}, opens, commitment),
        Step(opens, StepKind.OPEN, "sale"),
    )
    await house.store.plan(
        Plan(steps).to_redis(), name=f"{opens}", source="live", who="test", why="the van is late"
    )
    client = house.visitor(APP)

    async def followed() -> bool:
        line = (await client.get(house.own("line"))).json()
        return line["event"] == "sale" and (line["opens_at"] is not None) == (opens_in_ms > 0)

    await house.everywhere(followed)


@pytest.mark.room
async def test_before_the_opening_everyone_gets_a_place_and_a_countdown(house: House) -> None:
    """A page for people, a problem for programs; with a draw nobody has a position yet."""
    await plan(house, HOUR_MS, drawn=True)
    page = await house.visitor().get("/lab/echo")
    app = house.visitor(APP)
    problem = await app.get("/lab/echo")
    told = problem.json()
    status = (await app.get(house.own("status"))).json()

    assert (503, 503) == (page.status_code, problem.status_code)
    assert "The doors open soon" in page.text
    assert "has the same chance" in page.text
    assert ("waiting", "before-opening", None, None) == (
        told["state"], told["notice"], told["position"], told["eta_seconds"],
    )  # fmt: skip
    assert 3500 < told["opens_in"] <= 3600
    assert "waitroom-position" not in problem.headers
    assert (told["number"], told["opens_at"]) == (status["number"], status["opens_at"])


@pytest.mark.room
async def test_at_the_opening_those_who_waited_enter_in_the_drawn_order(house: House) -> None:
    """Their streams say so, the published draw is right, and their positions are its places."""
    await plan(house, HOUR_MS, drawn=True)
    visitors = [house.visitor(APP) for _ in range(12)]
    numbers = [(await visitor.get("/lab/echo")).json()["number"] for visitor in visitors]
    sealed = (await visitors[0].get(house.own("draw"))).json()
    await house.store.configure({"rate": "0"}, source="live", who="test")
    async with events(visitors[3], house.own("events")) as stream:
        _, before = await anext(stream)
        # the dial is turned after the opening: its first admissions would come before we looked
        await plan(house, -10, drawn=True)
        await house.store.configure({"rate": "0"}, source="live", who="test")
        async for name, told in stream:
            if name == "status" and told["position"] is not None:
                break
    published = PublishedDraws.parse((await visitors[0].get(house.own("draw"))).text)
    (record,) = published.held
    assert [] == record.verify(sealed["announced"][0]["commitment"])
    places = {number: record.draw.turn_of(number) for number in numbers}
    await house.configure(rate="6000")
    entries = await asyncio.gather(*(entered(visitor) for visitor in visitors))

    assert (None, "before-opening") == (before["position"], before["notice"])
    assert 1 <= told["position"] <= places[numbers[3]]
    assert sorted(numbers) == sorted(places.values())
    assert {200} == {answer.status_code for answer in entries}


@pytest.mark.room
async def test_without_a_draw_the_line_is_the_order_of_coming(house: House) -> None:
    """Positions are told before the opening already."""
    await plan(house, HOUR_MS, drawn=False)
    visitors = [house.visitor(APP) for _ in range(3)]
    positions = [(await visitor.get("/lab/echo")).json()["position"] for visitor in visitors]
    draw = await visitors[0].get(house.own("draw"))
    await plan(house, -10, drawn=False)
    for visitor in visitors:
        await entered(visitor)

    assert [1, 2, 3] == positions
    assert 404 == draw.status_code


@pytest.mark.room
async def test_a_closed_room_says_when_it_opens(house: House) -> None:
    """The next opening that is planned, on the page and in the problem."""
    await house.configure(mode="closed")
    opens = int(time.time() * 1000) + HOUR_MS
    steps = (
        Step(opens - 1000, StepKind.BEGIN, "sale", {"mode": "queue"}, opens),
        Step(opens, StepKind.OPEN, "sale"),
    )
    await house.store.plan(Plan(steps).to_redis(), name="later", source="live", who="test")
    client = house.visitor(APP)

    async def followed() -> bool:
        return (await client.get(house.own("line"))).json()["opens_at"] is not None

    await house.everywhere(followed)
    page = await house.visitor().get("/lab/echo")
    told = (await client.get("/lab/echo")).json()

    assert ("closed", True) == (told["state"], 3500 < told["opens_in"] <= 3600)
    assert 'id="opens"' in page.text
    assert "The line is closed" in page.text


@pytest.mark.room
async def test_the_mode_pass_lets_everyone_in_before_the_opening(house: House) -> None:
    """Those who wait and those who come; with another mode the others wait for the opening again."""
    await plan(house, HOUR_MS, drawn=True)
    waiting, other = house.visitor(APP), house.visitor(APP)
    for visitor in (waiting, other):
        assert 503 == (await visitor.get("/lab/echo")).status_code
    await house.configure(mode="pass")
    state = (await waiting.get(house.own("status"))).json()
    assert ("called", None) == (state["state"], state["notice"])
    inside = [await entered(visitor) for visitor in (waiting, house.visitor(APP))]
    assert [200, 200] == [answer.status_code for answer in inside]
    await house.configure(mode="queue")
    told = (await other.get("/lab/echo")).json()
    assert ("waiting", "before-opening", None) == (told["state"], told["notice"], told["position"])
    assert 200 == (await waiting.get("/lab/echo")).status_code
