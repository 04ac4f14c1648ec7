"""What other sites, neighbours and browsers do on their own cannot cost a visitor their place."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE, House

pytestmark = pytest.mark.anyio

CROSS = {**PAGE, "sec-fetch-site": "cross-site", "origin": "https://other.example"}


def sets_cookies(answer: httpx.Response) -> bool:
    return "set-cookie" in answer.headers


@pytest.mark.room(mode="pause")
async def test_a_form_of_another_site_takes_no_place(house: House) -> None:
    """Its cookies stay behind, so it is handed back to its browser, and nothing that a visitor holds is replaced."""
    answer = await house.visitor(CROSS).post("/lab/echo?step=2", data={"paid": "yes"})
    assert (200, True) == (answer.status_code, 'action="/lab/echo?step=2"' in answer.text)
    assert not sets_cookies(answer)
    assert 0 == (await house.visitor(APP).get(house.own("line"))).json()["issued"]


@pytest.mark.room
async def test_a_form_of_another_site_reaches_the_shop_where_nobody_is_held(house: House) -> None:
    """A payment page's POST comes back with its body."""
    answer = await house.visitor(CROSS).post("/lab/echo", content=b"paid=yes")
    assert 200 == answer.status_code
    assert not sets_cookies(answer)


@pytest.mark.room(mode="pause")
async def test_a_preflight_reaches_the_shop(house: House) -> None:
    """It never brings cookies; without it no cross-origin call of an admitted visitor would work."""
    asks = {"origin": "https://app.example", "access-control-request-method": "POST"}
    answer = await house.visitor(asks).request("OPTIONS", "/lab/echo")
    assert "waitroom-position" not in answer.headers
    assert not sets_cookies(answer)
    assert 0 == (await house.visitor(APP).get(house.own("line"))).json()["issued"]


@pytest.mark.room(mode="pause")
async def test_leaving_without_a_place_clears_nothing(house: House) -> None:
    """Neither from another site, nor where the cookies did not come along."""
    foreign = await house.visitor(PAGE, origin="https://other.example").post(house.own("leave"))
    assert (403, False) == (foreign.status_code, sets_cookies(foreign))
    bare = await house.visitor(PAGE).post(house.own("leave"))
    assert (200, False) == (bare.status_code, sets_cookies(bare))


@pytest.mark.room(mode="pause")
async def test_a_tossed_cookie_hides_no_place(house: House) -> None:
    """A neighbour domain can set a cookie of the same name; the genuine one counts."""
    visitor = house.visitor(APP)
    number = (await visitor.get("/")).json()["number"]
    ticket = house.cookie(visitor, "ticket")
    name = f"waitroom_ticket_{house.name}"
    tossed = house.visitor(APP, cookie=f"{name}=forged; {name}={ticket}")
    assert number == (await tossed.get("/")).json()["number"]


@pytest.mark.room(capacity=2)
async def test_who_never_returns_holds_capacity_for_a_moment_only(house: House, redis_url: str) -> None:
    """A visit counts provisionally until its pass is first returned; the answer that let it in is no return."""
    for _ in range(2):
        await house.visitor(PAGE).get("/lab/echo")
    returning = house.visitor(PAGE)
    redis = Redis.from_url(redis_url)
    key = f"waitroom:1:{{{house.name}}}"
    await asyncio.sleep(3)
    clock = float(await redis.hget(f"{key}:room", "clock") or 0)
    late = await redis.zcount(f"{key}:sessions", clock + 30_000, "+inf")
    await redis.aclose()
    assert 0 == late, "visits that were never returned to last for longer than the provisional time"
    assert 503 == (await returning.get("/lab/echo")).status_code


async def test_a_forwarded_host_leads_around_no_room(launch: StartGateway) -> None:
    """The shop sees Host: a proxy that hands on a visitor's X-Forwarded-Host opens nothing by it."""
    site = launch([{"name": "sale", "hosts": ["sale.example"], "mode": "pause"}])
    room = site.client(
        {**APP, "host": "sale.example", "x-forwarded-host": "free.example"}, local_address="127.0.0.2"
    )
    async with room:
        assert 503 == (await room.get("/lab/echo")).status_code


async def test_a_head_without_end_is_refused(launch: StartGateway) -> None:
    """Header fields that go on and on are not collected."""
    site = launch([{"name": "drop"}])
    endless = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(
        b"X-%d: %s\r\n" % (n, b"a" * 4000) for n in range(40)
    )
    answer, closed = await site.raw(endless, seconds=3)
    assert closed
    assert not answer or answer.startswith(b"HTTP/1.1 431")
