"""A room in which nobody waits is not to be noticed."""

from __future__ import annotations

import pytest

from tests.contract.harness import APP, House, entered, reached, session_of

pytestmark = pytest.mark.anyio


@pytest.mark.room
async def test_the_first_visitors_see_the_shop_at_once(house: House) -> None:
    """They get ticket and pass as cookies with the shop's own answer, and no page of ours."""
    for _ in range(3):
        visitor = house.visitor()
        answer = await visitor.get("/lab/echo?a=1")
        assert 200 == answer.status_code
        assert (["GET"], "/lab/echo") == ([answer.json()["method"]], answer.json()["raw_path"])
        assert [house.name] == reached(answer)["waitroom-room"]
        assert house.cookie(visitor, "ticket")
        assert house.cookie(visitor, "pass")


@pytest.mark.room
async def test_a_visit_is_one_over_all_its_requests(house: House) -> None:
    """The shop is told the same visitor each time; another visitor is another one."""
    visitor, other = house.visitor(), house.visitor()
    sessions = [session_of(await visitor.get("/lab/echo")) for _ in range(5)]
    assert [sessions[0]] * 5 == sessions
    assert sessions[0] != session_of(await other.get("/lab/echo"))
    assert 2 == (await house.store.advance()).sessions


@pytest.mark.room
async def test_inside_no_cookie_is_set_again(house: House) -> None:
    """Until a pass wants to be renewed the shop's answers pass untouched."""
    visitor = house.visitor()
    await visitor.get("/lab/echo")
    assert [] == (await visitor.get("/lab/echo")).headers.get_list("set-cookie")


@pytest.mark.room(session="2s")
async def test_activity_renews_the_pass(house: House) -> None:
    """A visitor who goes on stays inside for longer than a session, as the same one."""
    visitor = house.visitor()
    first = await visitor.get("/lab/echo")
    passes = set()
    for _ in range(7):
        answer = await visitor.get("/lab/slow?seconds=0.4")
        assert 200 == answer.status_code
        passes.add(house.cookie(visitor, "pass"))
    assert session_of(first) == session_of(await visitor.get("/lab/echo"))
    assert 2 <= len(passes)


@pytest.mark.room
async def test_parts_of_a_page_pass_without_a_ticket(house: House) -> None:
    """An image asked for by itself takes nobody's place in an idle room."""
    image = house.visitor(sec_fetch_mode="no-cors", sec_fetch_dest="image")
    answer = await image.get("/lab/echo")
    assert (200, []) == (answer.status_code, answer.headers.get_list("set-cookie"))
    assert "waitroom-visitor" not in reached(answer)
    assert 0 == (await house.store.advance()).issued


@pytest.mark.room(rate=6, burst="30s")
async def test_a_burst_of_three_is_let_in_and_the_fourth_waits(house: House) -> None:
    """Rate times burst is what an idle room has saved up."""
    statuses = [(await house.visitor().get("/lab/echo")).status_code for _ in range(4)]
    assert [200, 200, 200, 503] == statuses


@pytest.mark.room
async def test_an_app_is_handed_its_tokens_in_headers(house: House) -> None:
    """So that one without cookies can keep them; the pass alone then leads in, as the same visit."""
    answer = await house.visitor(APP).get("/lab/echo")
    again = await house.visitor(APP, waitroom_pass=answer.headers["waitroom-pass"]).get("/lab/echo")
    assert session_of(answer) == session_of(again)
    # another worker hears of the ticket within a second
    by_ticket = await entered(house.visitor(APP, waitroom_ticket=answer.headers["waitroom-ticket"]))
    assert session_of(answer) == session_of(by_ticket)
    assert 1 == (await house.store.advance()).sessions


@pytest.mark.room
async def test_every_method_and_a_body_reach_the_shop(house: House) -> None:
    """Also with the very first request."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await house.visitor().request(method, "/lab/echo", content=b"x" * 70_000)
        assert (method, 70_000) == (answer.json()["method"], answer.json()["body_length"])
