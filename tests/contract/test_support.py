"""The support desk helps, and the shopper's page leads in by itself, whichever worker it asks."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.contract.harness import APP, PAGE, House, entered, events, eventually, session_of
from waitroom.line.desk import Fate, Help

pytestmark = pytest.mark.anyio

WHY = "the phone died"


async def status(visitor: httpx.AsyncClient, house: House) -> dict[str, Any]:
    """What a ticket holder is told."""
    told: dict[str, Any] = (await visitor.get(house.own("status"))).json()
    return told


async def poll(visitor: httpx.AsyncClient, house: House) -> None:
    """Stays present until cancelled."""
    while True:
        await visitor.get(house.own("status"))
        await asyncio.sleep(0.3)


async def miss(house: House, away: httpx.AsyncClient, path: str = "/lab/echo") -> int:
    """Joins, and lets the turn come and go while nobody is there; returns the number. The door lets nobody in then."""
    answer = await away.get(path)
    number = int(answer.headers["waitroom-position"])
    here = house.visitor(APP)
    await here.get("/")
    staying = asyncio.create_task(poll(here, house))
    await asyncio.sleep(2)
    await house.configure(mode="queue")
    await entered(here)
    staying.cancel()
    await house.configure(rate="0")

    async def missed() -> bool:
        await house.store.advance()
        report = await house.store.place(number)
        return report is not None and report.fate is Fate.MISSED

    await eventually(missed, within=15)
    return number


async def reinstate(house: House, number: int) -> None:
    """The desk gives a place back."""
    assert Help.DONE is (await house.store.reinstate(number, who="anna", why=WHY)).help


@pytest.mark.room(mode="pause", presence="1s", keep="3s")
async def test_the_page_of_a_missed_turn_leads_in(house: House) -> None:
    """It was given a new place; the desk gives the old one back, and the page goes on with the old number."""
    visitor = house.visitor(PAGE)
    number = await miss(house, visitor)
    page = await visitor.get("/lab/echo")
    assert (503, True) == (page.status_code, "Your turn has passed" in page.text)
    new = await status(visitor, house)
    assert ("waiting", 3) == (new["state"], new["number"])
    await reinstate(house, number)

    async def is_back() -> bool:
        told = await status(visitor, house)
        # it is there, and waits for the rate
        return (told["number"], told["notice"], told["eta_reason"]) == (number, "late", "support")

    await house.everywhere(is_back)
    held = await visitor.get("/lab/echo")
    assert (503, "1") == (held.status_code, held.headers["waitroom-position"]), "within the rate"
    await house.configure(rate="600")
    answer = await entered(visitor)
    assert session_of(answer).endswith(f":general:{number}")
    report = await house.store.place(3)
    assert report is not None
    assert Fate.LEFT is report.fate


@pytest.mark.room(mode="pause", presence="1s", keep="3s")
async def test_an_open_stream_of_a_missed_turn_leads_in(house: House) -> None:
    """It is told, ends, and comes again with the place that was given back."""
    visitor = house.visitor(APP)
    number = await miss(house, visitor)
    assert "missed" == (await visitor.get("/lab/echo")).json()["notice"]
    async with events(visitor, house.own("events")) as stream:
        assert 3 == (await anext(stream))[1]["number"]
        await reinstate(house, number)
        async with asyncio.timeout(15):
            told = [data async for name, data in stream if name == "status"]
        assert (number, "support") == (told[-1]["number"], told[-1]["eta_reason"])
    await house.configure(rate="600")
    async with events(visitor, house.own("events")) as stream, asyncio.timeout(15):
        assert "admitted" in [name async for name, _ in stream]
    assert session_of(await entered(visitor)).endswith(f":general:{number}")


@pytest.mark.room(mode="pause", presence="1s", keep="3s")
async def test_who_has_not_come_back_yet_enters_with_the_old_ticket(house: House) -> None:
    """Within keep from the word of the desk on."""
    visitor = house.visitor(PAGE)
    number = await miss(house, visitor)
    await reinstate(house, number)
    await house.configure(rate="600")
    assert session_of(await entered(visitor)).endswith(f":general:{number}")


@pytest.mark.room(mode="pause")
async def test_who_gave_the_place_up_by_mistake_has_it_again(house: House) -> None:
    """Though the cookies were taken back; at the old position, and nobody else has moved for it."""
    first, visitor, behind = (house.visitor(PAGE) for _ in range(3))
    for each in (first, visitor, behind):
        await each.get("/lab/echo")
    told = await status(visitor, house)
    left = await visitor.post(house.own("leave"))
    assert "You gave up your place" in left.text
    assert told["code"] in left.text
    assert (house.cookie(visitor, "ticket") or "").startswith("~~former=")
    assert 404 == (await visitor.get(house.own("status"))).status_code
    await reinstate(house, 2)

    async def is_back() -> bool:
        answer = await visitor.get(house.own("status"))
        return answer.status_code == 200 and answer.json()["state"] == "waiting"

    await house.everywhere(is_back)
    answer = await visitor.get("/lab/echo")
    assert (503, "2") == (answer.status_code, answer.headers["waitroom-position"])
    assert "The support desk has given you this place." in answer.text
    assert house.cookie(visitor, "ticket")
    assert "3" == (await behind.get("/lab/echo")).headers["waitroom-position"]
    await house.configure(mode="queue")
    assert session_of(await entered(visitor)).endswith(":general:2")


@pytest.mark.room(mode="pause")
async def test_who_joined_again_after_giving_up_has_the_old_place(house: House) -> None:
    """And the new one no more."""
    visitor, behind = house.visitor(PAGE), house.visitor(PAGE)
    for each in (visitor, behind):
        await each.get("/lab/echo")
    await visitor.post(house.own("leave"))
    assert 503 == (await visitor.get("/lab/echo")).status_code
    assert 3 == (await status(visitor, house))["number"]
    await reinstate(house, 1)

    async def is_first() -> bool:
        return bool((await status(visitor, house))["number"] == 1)

    await house.everywhere(is_first)
    assert "1" == (await visitor.get("/lab/echo")).headers["waitroom-position"]


@pytest.mark.room(mode="queue")
async def test_a_visit_that_the_shop_ended_by_mistake_goes_on(house: House) -> None:
    """In every worker, though each had noted its end."""
    visitor = house.visitor(PAGE)
    session = session_of(await entered(visitor))
    number = int(session.rpartition(":")[2])
    await house.store.finish(session)

    async def ended() -> bool:
        return bool((await status(visitor, house)).get("state") != "admitted")

    await house.everywhere(ended)
    await reinstate(house, number)
    assert session == session_of(await entered(visitor))
    await asyncio.sleep(6)
    for _ in range(8):
        assert session == session_of(await visitor.get("/lab/echo"))

    async def admitted() -> bool:
        return bool((await status(visitor, house))["state"] == "admitted")

    await house.everywhere(admitted)


@pytest.mark.room(mode="pause")
async def test_the_front_of_the_line(house: House) -> None:
    """Who waits there is told at once, and is the next that is let in."""
    visitors = [house.visitor(APP) for _ in range(4)]
    for visitor in visitors:
        await visitor.get("/lab/echo")
    last, second = visitors[3], visitors[1]
    async with events(last, house.own("events")) as stream, events(second, house.own("events")) as other:
        assert 4 == (await anext(stream))[1]["position"]
        assert 2 == (await anext(other))[1]["position"]
        assert Help.DONE is (await house.store.bring_forward(4, who="anna", why=WHY))[0]
        async with asyncio.timeout(15):
            told = (await anext(stream))[1]
        assert (1, "support") == (told["position"], told["eta_reason"])
        await house.configure(message="Soon", rate="0", mode="queue")
        async with asyncio.timeout(15):
            while (told := (await anext(other))[1])["message"] != "Soon":
                pass
        assert 2 == told["position"], "the number that was told never goes up"
    await house.configure(rate="20", burst_ms="0")
    assert session_of(await entered(last)).endswith(":general:4")
    head = await house.store.advance()
    assert (0, 1) == (head.called, head.entered)
