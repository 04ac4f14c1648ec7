"""Whatever a shopper does with the browser, the place stays the same."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Playwright, expect
from redis.asyncio import Redis

from tests.browser.journeys.conftest import (
    SHUT,
    Device,
    Room,
    Shop,
    Wire,
    is_inside,
    place_of,
    restarted,
    waits,
)
from tests.contract.harness import Gateway, eventually, start_gateway
from tests.needs import CHROMIUM_FLAGS
from waitroom.embedded import find_server

pytestmark = pytest.mark.anyio


async def test_reload_back_and_forward(room: Room, device: Device) -> None:
    """A reload, and going away and back and forward again, show the same place."""
    await room.others(3)
    page = await (await device()).new_page()
    place = await waits(page, room.url)
    await page.reload()
    assert place == await place_of(page)
    await page.goto(f"{room.gateway.url}/elsewhere")
    await is_inside(page)  # that page is of no room
    await page.go_back()
    assert place == await place_of(page)
    await page.go_forward()
    await is_inside(page)
    await page.go_back()
    assert place == await place_of(page)
    assert 4 == await room.issued()


async def test_second_tab_and_window(room: Room, device: Device) -> None:
    """All tabs and windows of a browser share the one place, and all of them go in when it is called."""
    context = await device()
    first, second = await context.new_page(), await context.new_page()
    place = await waits(first, room.url)
    assert place == await waits(second, room.url)
    async with context.expect_page() as opening:
        await first.evaluate("() => { window.open(location.href, '_blank', 'popup,width=300,height=400') }")
    window = await opening.value
    assert place == await place_of(window)
    await room.let_in()
    for page in (first, second, window):
        await is_inside(page)
    assert 1 == await room.issued()


async def test_link_of_the_shop_clicked_again(room: Room, shop: Shop, device: Device) -> None:
    """Another link of the shop keeps the place, and leads where it says once the turn comes."""
    other = room.url.replace("shoes?size=42", "boots?size=7")
    shop.more = f'<a id=again href="{other}">To the boots</a>'
    page = await (await device()).new_page()
    place = await waits(page, room.url)
    await page.goto(f"{room.gateway.url}/elsewhere")
    await page.click("#again")
    assert place == await place_of(page)
    await room.let_in()
    await is_inside(page)
    assert other == page.url
    assert 1 == await room.issued()


async def test_locked_screen(room: Room, device: Device, wire: Wire) -> None:
    """A phone that is locked for longer than the presence window has its place when it is unlocked, and a turn that
    came meanwhile is kept for it."""
    await room.notices_absence_soon()
    context = await device()
    page = await context.new_page()
    await room.others(1)
    place = await waits(page, room.url.replace(room.gateway.url, wire.url))
    session = await context.new_cdp_session(page)

    async def is_away() -> bool:
        line = await (await context.request.get(room.own("line"))).json()
        return bool(line["waiting"] == 0)

    async def lock() -> None:
        await session.send("Page.setWebLifecycleState", {"state": "frozen"})
        wire.cut()
        await eventually(is_away)

    async def unlock() -> None:
        wire.mend()
        await session.send("Page.setWebLifecycleState", {"state": "active"})

    await lock()
    await unlock()
    await expect(page.locator("#lost")).to_be_hidden()
    await expect(page.locator("#position")).to_have_text("1")
    assert place == await place_of(page)
    await lock()
    await room.let_in()
    await room.others(1)
    await eventually(lambda: room.has_called(3))
    await unlock()
    await is_inside(page)
    assert 3 == await room.issued()


async def test_locked_screen_that_seems_to_be_there(room: Room, device: Device, wire: Wire) -> None:
    """A phone whose connection stands though nothing gets through is called, does not come, and goes in all the same
    when it wakes."""
    page = await (await device()).new_page()
    await room.configure(entry_ms="1000")
    await waits(page, room.url.replace(room.gateway.url, wire.url))
    await asyncio.sleep(1)  # the stream is open
    wire.stall()
    await room.let_in()

    async def did_not_come() -> bool:
        return (await room.store.advance()).no_shows == 1

    await eventually(did_not_come)
    wire.flow()
    await is_inside(page)
    assert 1 == await room.issued()


async def test_browser_killed_and_reopened(
    room: Room, playwright: Playwright, executable: str, tmp_path: Path
) -> None:
    """A browser that is killed and started again, with its profile, shows the same place."""

    async def browser() -> BrowserContext:
        return await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=executable, args=CHROMIUM_FLAGS
        )

    context = await browser()
    place = await waits(await context.new_page(), room.url)
    # Chromium writes its cookies down every half minute, or when there are many new ones.
    ends = time.time() + 3600
    await context.add_cookies(
        [{"name": f"c{n}", "value": "1", "url": "http://127.0.0.1:9/", "expires": ends} for n in range(600)]
    )
    kept = tmp_path / "Default" / "Cookies"

    async def is_written() -> bool:
        return kept.exists() and b"waitroom_ticket" in kept.read_bytes()

    await eventually(is_written, within=60)
    _kill(tmp_path)
    with suppress(Exception):
        await context.close()
    context = await browser()
    assert place == await waits(await context.new_page(), room.url)
    await context.close()
    # and once more, closed as people close browsers
    context = await browser()
    assert place == await waits(await context.new_page(), room.url)
    await context.close()
    assert 1 == await room.issued()


def _kill(profile: Path) -> None:
    """Kills the browser of this profile, and its children by that."""
    found = (profile / "SingletonLock").readlink().name
    os.kill(int(found.rpartition("-")[2]), signal.SIGKILL)


async def test_network_gone(room: Room, device: Device) -> None:
    """Without a network the page says since when, and that the place is safe; with it back it goes on by itself."""
    await room.notices_absence_soon()
    context = await device()
    page = await context.new_page()
    await room.others(2)
    place = await waits(page, room.url)
    await context.set_offline(True)
    await expect(page.locator("#lost")).to_be_visible()
    assert "Your place is safe" in await page.locator("#lost").inner_text()
    await asyncio.sleep(5)  # longer than the presence window
    await context.set_offline(False)
    await expect(page.locator("#lost")).to_be_hidden()
    assert place == await place_of(page)
    await expect(page.locator("#position")).to_have_text("1")
    await room.let_in()
    await is_inside(page)


async def test_private_window(room: Room, device: Device) -> None:
    """A private window is somebody else: it has a place of its own, and both keep theirs."""
    one, other = await (await device()).new_page(), await (await device()).new_page()
    place, another = await waits(one, room.url), await waits(other, room.url)
    assert place != another
    for page, its in ((one, place), (other, another)):
        await page.reload()
        assert its == await place_of(page)
    assert 2 == await room.issued()


@pytest.mark.parametrize("days", [-1, 1], ids=["a-day-slow", "a-day-fast"])
async def test_wrong_clock(room: Room, device: Device, days: int) -> None:
    """A clock that is wrong by a day costs no place, makes no page wrong, and lets in when the turn comes."""
    context = await device()
    page = await context.new_page()
    await page.clock.install(time=datetime.now().astimezone() + timedelta(days=days))
    await room.others(1)
    place = await waits(page, room.url)
    await expect(page.locator("#position")).to_have_text("2")
    await page.reload()
    assert place == await place_of(page)
    await expect(page.locator("#lost")).to_be_hidden()
    await room.let_in()
    await is_inside(page)


async def test_gateway_restarted(
    redis: Redis, shop: Shop, device: Device, redis_url: str, tmp_path: Path
) -> None:
    """While the gateway is away the page says that the place is safe; a new one goes on with it."""
    gateway = start_gateway(tmp_path, redis_url, shop.url, [{**SHUT, "name": "again"}])
    after: Gateway | None = None
    try:
        room = Room(gateway, "again", redis, "/shoes")
        page = await (await device()).new_page()
        place = await waits(page, room.url)
        gateway.stop()
        await expect(page.locator("#lost")).to_be_visible()
        after = restarted(gateway)
        await expect(page.locator("#lost")).to_be_hidden(timeout=60_000)
        assert place == await place_of(page)
        await page.reload()
        assert place == await place_of(page)
        await room.let_in()
        await is_inside(page)
        assert 1 == await room.issued()
        after.stop()
    finally:
        gateway.kill()
        if after is not None:
            after.kill()


@pytest.fixture
def own_redis() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Redis that the test may end: its address, and its processes, the last of which runs."""
    with tempfile.TemporaryDirectory(prefix="waitroom-test-") as folder:
        path = Path(folder) / "redis.sock"
        running = [start_redis(path)]
        try:
            yield f"unix://{path}", running
        finally:
            for process in running:
                process.kill()
                process.wait()


def start_redis(path: Path) -> subprocess.Popen[bytes]:
    """An empty Redis at this socket."""
    path.unlink(missing_ok=True)
    command = [
        find_server(),
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--save",
        "",
        "--dir",
        str(path.parent),
    ]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


async def test_redis_restarted(
    shop: Shop, device: Device, own_redis: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    """A Redis that comes back with nothing costs nobody the place: the gateway remembers it, and the ticket proves
    it."""
    url, running = own_redis
    gateway = start_gateway(tmp_path, url, shop.url, [{**SHUT, "name": "again"}])
    redis = Redis.from_url(url)
    try:
        room = Room(gateway, "again", redis, "/shoes")
        await room.others(1)
        page = await (await device()).new_page()
        place = await waits(page, room.url)
        running[-1].kill()
        running[-1].wait()
        unavailable = page.locator("[data-in=unavailable]")
        await expect(unavailable).to_be_visible()
        assert "it is safe" in await unavailable.inner_text()
        running.append(start_redis(Path(url.removeprefix("unix://"))))
        await expect(unavailable).to_be_hidden(timeout=60_000)
        assert place == await place_of(page)
        await page.reload()
        assert place == await place_of(page)
        await room.let_in()
        await is_inside(page)
        gateway.stop()
    finally:
        gateway.kill()
        await redis.aclose()
