"""There is nothing left: said by the shop, by operators, and taken back."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from tests.contract.harness import APP, PAGE, House, entered, eventually

pytestmark = pytest.mark.anyio


async def follows(house: House, word: str) -> float:
    """Waits until every worker knows it, and returns how long that took."""
    client = house.visitor(APP)

    async def followed() -> bool:
        return bool((await client.get(house.own("line"))).json()["sold_out"] == word)

    return await house.everywhere(followed)


async def says(insider: httpx.AsyncClient, value: str) -> httpx.Response:
    """An answer of the shop that says so."""
    return await insider.get(f"/lab/set-headers?waitroom-sold-out={value}")


@pytest.mark.room(mode="queue", rate=1)
async def test_the_shop_says_it_with_an_answer_and_takes_it_back(house: House) -> None:
    """Every worker knows it, those inside shop on, newcomers get no place, and whoever waits keeps theirs."""
    insider = house.visitor(APP)
    await house.configure(rate="60000")
    await entered(insider)
    await house.configure(rate="0")
    waiting = house.visitor(APP)
    place = (await waiting.get("/lab/echo")).json()
    assert ("waiting", None) == (place["state"], place["notice"])
    answer = await says(insider, "1")
    assert 200 == answer.status_code
    assert "waitroom-sold-out" not in answer.headers
    await follows(house, "yes")
    assert 200 == (await insider.get("/lab/echo")).status_code
    newcomer = house.visitor(APP)
    told = (await newcomer.get("/lab/echo")).json()
    assert ("closed", "sold-out", None) == (told["state"], told["notice"], told["number"])
    assert "Sold out" in told["detail"]
    assert house.cookie(newcomer, "ticket") is None
    kept = (await waiting.get(house.own("status"))).json()
    assert ("waiting", "sold-out", place["number"]) == (kept["state"], kept["notice"], kept["number"])
    assert kept["eta_seconds"] is None
    await house.configure(rate="60000")
    await asyncio.sleep(1)
    assert 503 == (await waiting.get("/lab/echo")).status_code
    await asyncio.sleep(2)  # a worker says nothing again for some seconds
    await says(insider, "0")
    await follows(house, "no")
    answer = await entered(waiting)
    assert 200 == answer.status_code


@pytest.mark.room(mode="queue", rate=0, sold_out_link="/more")
async def test_a_turn_does_not_lapse_while_all_is_sold_out(house: House) -> None:
    """Who was called and away still enters when there is something again, however long that took."""
    away = house.visitor(APP)
    number = (await away.get("/lab/echo")).json()["number"]
    await house.configure(rate="60000")

    async def called() -> bool:
        head = await house.store.advance()
        return bool(head.called >= number)

    await eventually(called)
    await house.configure(sold_out="yes")
    await asyncio.sleep(4)  # keep is 3 s
    await house.configure(sold_out="no")
    await follows(house, "no")
    answer = await entered(away)
    assert 200 == answer.status_code


@pytest.mark.room(mode="queue", rate=0, sold_out_link="https://shop.example/more?a=1&b=2")
async def test_the_page_says_so_with_a_way_out(house: House) -> None:
    """Without a place: what else there is. Leaving and the place itself are there for those who have one."""
    before = house.visitor()
    assert "<h1>You’re in line</h1>" in (await before.get("/lab/echo")).text
    await house.configure(sold_out="yes")
    await follows(house, "yes")
    page = (await house.visitor().get("/lab/echo")).text
    assert 'data-state="soldout"' in page
    assert 'href="https://shop.example/more?a=1&amp;b=2"' in page
    assert "returns=1" not in page
    page = (await before.get("/lab/echo")).text
    assert 'data-state="soldout"' in page
    assert "Your place is kept in case something comes back." in page
    left = await before.post(house.own("leave"), headers={**PAGE, "sec-fetch-site": "same-origin"})
    assert "<h1>You gave up your place</h1>" in left.text


@pytest.mark.room(mode="queue", rate=0)
async def test_newcomers_may_wait_for_returns_once_they_were_told(house: House) -> None:
    """They are told first, and get a place only by asking for it; the line goes on."""
    await house.configure(sold_out="returns")
    await follows(house, "returns")
    newcomer = house.visitor()
    page = (await newcomer.get("/lab/echo?a=1")).text
    assert 'data-state="soldout"' in page
    assert house.cookie(newcomer, "ticket") is None
    link = page.split(f'href="{house.own("wait")}?')[1].split('"')[0].replace("&amp;", "&")
    assert {"returns": ["1"], "to": ["/lab/echo?a=1"]} == parse_qs(link)
    page = (await newcomer.get(f"{house.own('wait')}?{link}")).text
    assert house.cookie(newcomer, "ticket") is not None
    assert 'data-state="soldout"' in page
    assert "Your place in line" in page
    await house.configure(rate="60000")
    answer = await entered(newcomer, "/lab/echo?a=1")
    assert 200 == answer.status_code


@pytest.mark.room(mode="queue", rate=0)
async def test_a_stream_tells_it_at_once(house: House) -> None:
    """Those who wait hear of it without asking."""
    visitor = house.visitor(APP)
    await visitor.get("/lab/echo")
    async with visitor.stream("GET", house.own("events")) as stream:
        lines = stream.aiter_lines()
        async with asyncio.timeout(20):
            async for line in lines:
                if line.startswith("data:"):
                    break
            await house.configure(sold_out="yes")
            async for line in lines:
                if '"notice":"sold-out"' in line:
                    break


@pytest.mark.room(mode="queue", rate=0, cloudflare_json=True, sold_out="yes")
async def test_cloudflares_document_says_that_the_queue_is_full(house: House) -> None:
    """Nobody new is taken, and all are held."""
    told = (await house.visitor(APP).get("/lab/echo")).json()["cfWaitingRoom"]
    assert (True, True) == (told["queueIsFull"], told["queueAll"])


@pytest.mark.room
async def test_what_the_shop_says_wrongly_counts_for_nothing(house: House) -> None:
    """Neither an unknown word, nor what a visitor sends as if it were the shop."""
    insider = house.visitor(APP, waitroom_sold_out="1")
    await says(insider, "maybe")
    await insider.get("/lab/echo")
    await asyncio.sleep(1.5)
    assert "no" == (await insider.get(house.own("line"))).json()["sold_out"]


@pytest.mark.room(mode="pass", sold_out="yes")
async def test_where_all_pass_the_shop_says_it_itself(house: House) -> None:
    """Mode pass lets everyone through all the same."""
    assert 200 == (await house.visitor().get("/lab/echo")).status_code


@pytest.mark.room
async def test_operators_say_it_by_a_command(house: House) -> None:
    """``waitroom set`` takes the words, and refuses others."""
    await asyncio.to_thread(house.gateway.set, house.name, "sold_out=yes")
    await follows(house, "yes")
    await asyncio.to_thread(house.gateway.set, house.name, "sold_out=no")
    await follows(house, "no")
