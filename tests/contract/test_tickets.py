"""A ticket opens the door once, to one visit; a visitor who was away keeps the turn for a while."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.contract.harness import APP, House, entered, eventually, session_of

pytestmark = pytest.mark.anyio


async def poll(visitor: httpx.AsyncClient, house: House) -> None:
    """Stays present until cancelled."""
    while True:
        await visitor.get(house.own("status"))
        await asyncio.sleep(0.3)


@pytest.mark.room(mode="pause", keep="20s")
async def test_a_ticket_is_exchanged_exactly_once(house: House) -> None:
    """However many browsers show it at the same moment: all of them are of one visit."""
    first = house.visitor(APP)
    ticket = (await first.get("/")).headers["waitroom-ticket"]
    copies = [house.visitor(APP, waitroom_ticket=ticket) for _ in range(12)]
    await house.configure(mode="queue")

    async def called() -> bool:
        return bool((await first.get(house.own("status"))).json()["state"] == "called")

    await house.everywhere(called)
    answers = await asyncio.gather(*(copy.get("/lab/echo") for copy in copies))
    assert [200] * 12 == [answer.status_code for answer in answers]
    assert 1 == len({session_of(answer) for answer in answers})
    head = await house.store.advance()
    assert (1, 1) == (head.sessions, head.admitted)


@pytest.mark.room(mode="pause")
async def test_a_second_tab_is_of_the_same_visit(house: House) -> None:
    """Also one that still waits when the first has entered."""
    first = house.visitor()
    await first.get("/")
    second = house.visitor()
    second.cookies.update(first.cookies)
    await house.configure(mode="queue")
    sessions = [session_of(await entered(tab)) for tab in (first, second)]
    assert sessions[0] == sessions[1]
    assert 1 == (await house.store.advance()).sessions


@pytest.mark.room(session="1s")
async def test_a_ticket_is_worth_nothing_after_its_visit(house: House) -> None:
    """Pass and ticket of a visit that is over lead to a new place, never to the old visit."""
    visitor = house.visitor()
    before = session_of(await visitor.get("/lab/echo"))
    await asyncio.sleep(2.5)
    after = session_of(await entered(visitor))
    assert before != after


@pytest.mark.room(mode="pause", presence="1s", keep="3s")
async def test_who_was_away_when_called_enters_within_keep(house: House) -> None:
    """Ahead of those not yet called, and without having been waited for."""
    away, here = house.visitor(APP), house.visitor(APP)
    number = (await away.get("/")).json()["number"]
    await here.get("/")
    staying = asyncio.create_task(poll(here, house))
    await asyncio.sleep(2)
    await house.configure(mode="queue")
    await entered(here)
    staying.cancel()
    answer = await entered(away)
    assert session_of(answer).endswith(f":{number}")


@pytest.mark.room(mode="pause", presence="1s", keep="1s")
async def test_who_was_away_for_longer_than_keep_has_a_new_place(house: House) -> None:
    """And is told why."""
    away, here = house.visitor(APP), house.visitor(APP)
    await away.get("/")
    await here.get("/")
    staying = asyncio.create_task(poll(here, house))
    await asyncio.sleep(2)
    await house.configure(mode="queue")
    await entered(here)
    staying.cancel()
    await house.configure(rate="0")
    await asyncio.sleep(1.5)

    async def missed() -> bool:
        # the first look lets the time pass that makes it too late
        await house.store.advance()
        return (await house.store.advance()).floor >= 1

    await eventually(missed)
    # spend what the door has saved, so that the newcomer is held
    await house.configure(mode="auto", capacity="1")
    answer = await away.get("/")
    state = answer.json()
    assert (503, 3, "missed") == (answer.status_code, state["number"], state["notice"])


@pytest.mark.room(mode="pause")
async def test_a_reset_gives_a_new_place_and_says_so(house: House) -> None:
    """The old ticket is of an earlier life of the line; those inside stay inside."""
    await house.configure(mode="auto")
    inside, waiting = house.visitor(APP), house.visitor(APP)
    before = session_of(await inside.get("/lab/echo"))
    await house.configure(mode="pause")
    old = (await waiting.get("/")).headers["waitroom-ticket"]
    epoch = (await house.store.reset(who="test", why="a rehearsal")).epoch
    watcher = house.visitor(APP)

    async def known() -> bool:
        return bool((await watcher.get(house.own("line"))).json()["epoch"] == epoch)

    await house.everywhere(known)
    answer = await waiting.get("/")
    assert (503, 1, "restarted") == (
        answer.status_code,
        *(answer.json()[member] for member in ("number", "notice")),
    )
    assert old != answer.headers.get("waitroom-ticket", house.cookie(waiting, "ticket"))
    assert before == session_of(await inside.get("/lab/echo"))
    assert 1 == (await waiting.get("/")).json()["number"]


@pytest.mark.room(mode="pause")
async def test_a_forged_pass_opens_nothing(house: House) -> None:
    """Nor does a genuine ticket in its place, nor a pass of another room."""
    visitor = house.visitor(APP)
    ticket = (await visitor.get("/")).headers["waitroom-ticket"]
    for text in (ticket, ticket.replace(".", ".A", 1), "x", "a" * 300):
        answer = await house.visitor(APP, waitroom_pass=text).get("/")
        assert 503 == answer.status_code
