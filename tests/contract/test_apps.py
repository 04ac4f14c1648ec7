"""An app without cookies waits and gets in by headers alone."""

from __future__ import annotations

import pytest

from tests.contract.harness import APP, House, entered, eventually, session_of

pytestmark = pytest.mark.anyio


@pytest.mark.room(mode="pause")
async def test_an_app_waits_and_enters_by_headers(house: House) -> None:
    """The ticket is shown with each request and keeps its number; admission hands out the pass."""
    app = house.visitor(APP)
    first = await app.get("/lab/echo")
    ticket = first.headers["waitroom-ticket"]
    app.cookies.clear()
    holder = house.visitor(APP, waitroom_ticket=ticket)
    for _ in range(4):
        answer = await holder.get("/lab/echo")
        assert (503, first.json()["number"]) == (answer.status_code, answer.json()["number"])
        holder.cookies.clear()
    await house.configure(mode="queue")
    inside = await entered(holder)
    bearer = house.visitor(APP, waitroom_pass=inside.headers["waitroom-pass"])
    assert session_of(inside) == session_of(await bearer.get("/lab/echo"))
    assert 1 == (await house.store.advance()).sessions


@pytest.mark.room(mode="pause")
@pytest.mark.parametrize("ticket", ["junk", "", "x" * 5000, "%00", "a.b", "drop:1:general:1:1.AAAA"])
async def test_a_ticket_that_is_none_is_replaced_by_a_new_one(house: House, ticket: str) -> None:
    """It is no error: the visitor gets a place like any newcomer."""
    answer = await house.visitor(APP, waitroom_ticket=ticket).get("/")
    assert (503, 1) == (answer.status_code, answer.json()["number"])
    assert answer.headers["waitroom-ticket"] != ticket


@pytest.mark.room(mode="pause")
async def test_a_polling_app_is_told_its_turn(house: House) -> None:
    """The status says waiting, then called; after the entry admitted."""
    app = house.visitor(APP)
    await app.get("/")
    assert "waiting" == (await app.get(house.own("status"))).json()["state"]
    await house.configure(mode="queue")

    async def called() -> bool:
        return bool((await app.get(house.own("status"))).json()["state"] == "called")

    await eventually(called)
    await entered(app)
    assert "admitted" == (await app.get(house.own("status"))).json()["state"]
