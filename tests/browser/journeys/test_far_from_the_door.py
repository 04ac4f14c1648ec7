"""Behind a cache, the page of somebody far from the door costs the gateway next to nothing, and still is true."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Request, expect
from redis.asyncio import Redis

from loadtests.measure.front import Front, cdn
from loadtests.measure.servers import Server
from tests.browser.journeys.conftest import SHUT, Device, Room, Shop, is_inside, waits
from tests.contract.harness import Gateway, start_gateway
from tests.needs import program

pytestmark = pytest.mark.anyio
NAME, PATH = "far", "/far/shoes"
# one admission a minute: whoever stands third is minutes from the door
OPTIONS = {**SHUT, "name": NAME, "rate": 1, "presence": "60s", "cached_line": True}


@pytest.fixture(scope="module")
def cached(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose room is behind a cache."""
    started = start_gateway(
        tmp_path_factory.mktemp("far"), redis_url, shop.url, [OPTIONS], trusted_proxies=["127.0.0.1/32"]
    )
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="module")
def front(cached: Gateway) -> Iterator[Front]:
    """nginx before it, as users set it up."""
    program("nginx")
    with cdn(Server("127.0.0.1", cached.port, cached.process.pid)) as found:
        yield found


async def test_the_page_follows_the_line_that_the_cache_keeps(
    cached: Gateway, front: Front, redis: Redis, device: Device
) -> None:
    """Far from the door the page opens no stream; its number falls by the document of the line alone. Near the door it
    opens one, and goes in."""
    room = Room(cached, NAME, redis, PATH)
    others = await room.others(40)
    await asyncio.sleep(3)  # until there is an estimate to be far by
    page = await (await device()).new_page()
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(urlsplit(request.url).path.removeprefix(f"/__waitroom/{NAME}/"))

    page.on("request", note)
    await waits(page, f"{front.server.url}{PATH}")
    first = int(await page.locator("#position").inner_text())
    assert first >= 30
    for number in others[-6:]:
        await room.store.leave(number)
    # those who came with them may lapse meanwhile, too
    fewer = re.compile("|".join(f"^{number}$" for number in range(1, first - 5)))
    await expect(page.locator("#position")).to_have_text(fewer)
    assert "line" in asked
    assert "events" not in asked
    assert asked.count("status") <= 1
    await room.let_in()
    await page.evaluate("dispatchEvent(new Event('online'))")  # the page asks at once, as after a dead spot
    await is_inside(page)


async def test_a_crowd_asks_the_gateway_once_a_second(cached: Gateway, front: Front) -> None:
    """However many look at the line through the cache, the gateway is asked about once a second; nobody gets a
    ticket or a cookie by it."""
    path = f"/__waitroom/{NAME}/line"
    before = front.asked().count(path)
    began = asyncio.get_running_loop().time()

    async def look(client_number: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", front.server.port)
        answered = 0
        while asyncio.get_running_loop().time() - began < 3:
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: shop.example\r\nCookie: a={client_number}\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            assert head.startswith(b"http/1.1 200")
            assert b"set-cookie" not in head
            answered += 1
            await asyncio.sleep(0.02)
        writer.close()
        return answered

    looks = sum(await asyncio.gather(*(look(each) for each in range(10))))
    seconds = asyncio.get_running_loop().time() - began
    assert 1 <= front.asked().count(path) - before <= seconds + 3
    assert looks > 10 * (seconds + 3)
