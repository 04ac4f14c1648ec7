"""Ops staff turn the dial while the sale runs, and every worker follows."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.contract.harness import APP, House, entered, eventually, session_of

pytestmark = pytest.mark.anyio


@pytest.mark.room
async def test_the_dial(house: House) -> None:
    """Each mode by ``waitroom set``: how newcomers fare. Who was inside before stays inside in all of them."""
    insider = house.visitor(APP)
    visit = session_of(await insider.get("/lab/echo"))
    expected = {
        "pause": (503, "waiting", "paused"),
        "closed": (503, "closed", None),
        "queue": (503, "waiting", None),
        "pass": (200, None, None),
    }
    for mode, fares in expected.items():
        await turn(house, mode)
        answer = await house.visitor(APP).get("/lab/echo")
        told = answer.json()
        assert fares == (answer.status_code, told.get("state"), told.get("notice"))
        assert visit == session_of(await insider.get("/lab/echo"))
    await turn(house, "auto")
    await entered(house.visitor(APP))
    assert visit == session_of(await insider.get("/lab/echo"))


async def turn(house: House, mode: str) -> None:
    """Sets the mode as ops staff do, and waits until every worker follows."""
    await asyncio.to_thread(house.gateway.set, house.name, f"mode={mode}")
    client = house.visitor(APP)

    async def followed() -> bool:
        return bool((await client.get(house.own("line"))).json()["mode"] == mode)

    await house.everywhere(followed)


@pytest.mark.room
async def test_a_change_reaches_every_worker_within_about_a_second(house: House) -> None:
    """The message of an operator is told in all of them."""
    client = house.visitor(APP)
    await house.store.configure({"message": "News"}, source="live", who="test")
    begun = time.monotonic()

    async def told() -> bool:
        return bool((await client.get(house.own("line"))).json()["message"] == "News")

    await house.everywhere(told)
    # one second is promised; the rest is for a busy machine
    assert time.monotonic() - begun < 3


@pytest.mark.room(mode="closed", message="Back on Monday.")
async def test_a_closed_room_shows_the_closed_page(house: House) -> None:
    """And gives out no tickets."""
    answer = await house.visitor().get("/")
    assert (503, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "Back on Monday." in answer.text
    assert [] == answer.headers.get_list("set-cookie")
    assert 0 == (await house.store.advance()).issued


@pytest.mark.room(mode="pass", rate=0)
async def test_where_all_pass_not_even_a_rate_of_nothing_holds(house: House) -> None:
    """Everyone is inside at once, with a visit of their own."""
    answers = await asyncio.gather(*(house.visitor(APP).get("/lab/echo") for _ in range(20)))
    assert 20 == len({session_of(answer) for answer in answers})


@pytest.mark.room(rate=60_000, capacity=3)
async def test_capacity_is_never_exceeded(house: House) -> None:
    """Not by many who come at the same moment, in whichever worker."""
    visitors = [house.visitor(APP) for _ in range(24)]
    answers = await asyncio.gather(*(visitor.get("/lab/echo") for visitor in visitors))
    assert [200] * 3 + [503] * 21 == sorted(answer.status_code for answer in answers)
    for _ in range(2):
        again = await asyncio.gather(*(visitor.get("/lab/echo") for visitor in visitors))
        assert 3 == sum(answer.status_code == 200 for answer in again)
        await asyncio.sleep(0.5)
    assert 3 == (await house.store.advance()).sessions


@pytest.mark.room(rate=60_000, capacity=3)
async def test_a_pass_outlives_the_lowering_of_capacity(house: House) -> None:
    """Nobody is thrown out; nobody comes in until there is room again."""
    inside = [house.visitor(APP) for _ in range(3)]
    visits = [session_of(await visitor.get("/lab/echo")) for visitor in inside]
    await house.configure(capacity="1", message="lowered")
    assert visits == [session_of(await visitor.get("/lab/echo")) for visitor in inside]
    newcomer = house.visitor(APP)
    assert 503 == (await newcomer.get("/lab/echo")).status_code
    await inside[0].post(house.own("leave"))
    await inside[1].post(house.own("leave"))
    assert 503 == (await newcomer.get("/lab/echo")).status_code
    await inside[2].post(house.own("leave"))
    await entered(newcomer)


@pytest.mark.room(mode="pause", rate=60_000)
async def test_when_a_pause_ends_the_line_enters_in_order(house: House) -> None:
    """Everyone who waited, by number."""
    visitors = [house.visitor(APP) for _ in range(5)]
    numbers = [(await visitor.get("/")).json()["number"] for visitor in visitors]
    assert [1, 2, 3, 4, 5] == numbers
    await house.configure(mode="queue", rate="120")
    admitted: list[int] = []

    async def all_inside() -> bool:
        for number, visitor in zip(numbers, visitors, strict=True):
            if number not in admitted and (await visitor.get("/lab/echo")).status_code == 200:
                admitted.append(number)
        return len(admitted) == 5

    await eventually(all_inside)
    assert numbers == admitted


@pytest.mark.room(mode="queue", rate=0)
async def test_a_rate_of_nothing_admits_nobody(house: House) -> None:
    """Not even the first."""
    visitor = house.visitor(APP)
    for _ in range(4):
        assert 503 == (await visitor.get("/lab/echo")).status_code
        await asyncio.sleep(0.5)
