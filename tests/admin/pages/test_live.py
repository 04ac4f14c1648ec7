"""What a page shows is of now, or is said to be old."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import expect
from redis.asyncio import Redis

from admin.console import Console
from tests.admin.conftest import CONFIG, SECRET
from tests.admin.pages.conftest import Crowd, Open, serving
from tests.faults.redis_server import RedisServer
from waitroom.settings import Settings, load

pytestmark = pytest.mark.anyio


async def test_a_number_that_changes_moves_nothing(open_page: Open, crowd: Crowd) -> None:
    """From nobody to six digits, without a shift of the layout."""
    page = await open_page("/rooms/late-sale")
    await expect(page.locator("#clock")).not_to_be_empty()
    await page.evaluate(
        """() => { window.shifts = []; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts.push(
                entry.sources.map((each) => each.node?.id || each.node?.className || String(each.node?.nodeName)));
        }).observe({ type: "layout-shift" }); }"""
    )
    waiting = page.locator(".tiles [data-v=waiting]")
    for count, shown in ((7, "7"), (300, "307"), (25_000, "25,307"), (100_000, "125,307")):
        await crowd(count, "late-sale")
        await expect(waiting).to_have_text(shown)
    assert [] == await page.evaluate("window.shifts")


class TestWithoutRedis:
    """The console has a Redis of its own here, which is stopped."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[RedisServer]:
        """That Redis."""
        server = RedisServer(tmp_path / "redis")
        server.start()
        yield server
        server.kill()

    @pytest.fixture
    def settings(self, tmp_path: Path, server: RedisServer) -> Settings:
        """A site that uses it."""
        config = tmp_path / "waitroom.toml"
        text = CONFIG.format(secret=SECRET, redis_url=server.url, data_dir=tmp_path / "data")
        config.write_text(text)
        return load(config, environ={})

    @pytest.fixture
    async def redis(self, server: RedisServer) -> AsyncIterator[Redis]:
        """A client of it."""
        async with Redis.from_url(server.url) as client:
            yield client

    async def test_the_last_known_state_is_shown_as_old_until_it_is_back(
        self, server: RedisServer, open_page: Open, crowd: Crowd
    ) -> None:
        """The brakes are taken away with a reason, and what is turned stays."""
        await crowd(30, "late-sale")
        page = await open_page("/rooms/late-sale")
        waiting = page.locator(".tiles [data-v=waiting]")
        await expect(waiting).to_have_text("30")
        await page.fill("#rate", "77")
        server.kill()
        await expect(page.locator("#live")).to_have_text("Old")
        await expect(page.locator("#away")).to_contain_text("Redis does not answer")
        await expect(waiting).to_have_text("30")
        brake = page.locator("#brake")
        await expect(brake).to_have_attribute("aria-disabled", "true")
        await expect(brake).to_have_attribute("title", re.compile("Redis"))
        await expect(page.locator("#confirm")).to_be_disabled()
        fresh = await open_page("/rooms/late-sale", who="bert")
        await expect(fresh.locator("#away")).to_be_visible()

        server.start()
        await expect(page.locator("#live")).to_have_text("Live")
        await expect(page.locator("#away")).to_be_hidden()
        await expect(brake).to_have_attribute("aria-disabled", "false")
        await expect(page.locator("#rate")).to_have_value("77")
        await expect(page.locator("#confirm")).to_be_enabled()

    async def test_a_redis_that_hangs_is_found_out_by_its_silence(
        self, server: RedisServer, open_page: Open, crowd: Crowd
    ) -> None:
        """Within seconds what stands on the page is said to be old, and how old."""
        await crowd(30, "late-sale")
        page = await open_page("/rooms/late-sale")
        await expect(page.locator(".tiles [data-v=waiting]")).to_have_text("30")
        server.freeze()
        try:
            await expect(page.locator("#live")).to_have_text("Old")
            await expect(page.locator("#redis")).to_have_text(re.compile(r"no answer for \d+ s"))
        finally:
            server.thaw()
        await expect(page.locator("#live")).to_have_text("Live")


async def test_a_console_that_is_gone_is_told_and_found_again(app: FastAPI, open_page: Open) -> None:
    """Since when, and without a reload; what was turned stays."""
    async with serving(app) as url:
        page = await open_page(f"{url}/rooms/drop")
        await expect(page.locator("#clock")).not_to_be_empty()
        await page.fill("#rate", "77")
    await expect(page.locator("#away")).to_contain_text("No word from the console since")
    await expect(page.locator("#confirm")).to_be_disabled()
    await page.click("#brake")
    await page.click(".reasons button >> nth=0")
    await expect(page.locator("#flash")).to_contain_text("cannot be reached")
    async with serving(app, int(url.rpartition(":")[2])):
        await expect(page.locator("#live")).to_have_text("Live")
        await expect(page.locator("#rate")).to_have_value("77")
        await expect(page.locator("#away")).to_be_hidden()


async def test_the_brake_is_tried_where_only_the_stream_is_lost(
    app: FastAPI, open_page: Open, console: Console
) -> None:
    """Somebody between may hold streams back; and the brake asks for no key, which a full disk could not keep."""
    async with serving(app) as url:
        page = await open_page("/account")
        await page.route("**/live/*", lambda route: route.abort())
        await page.goto(f"{url}/rooms/drop")
        await expect(page.locator("#live")).to_have_text("Not connected")
        async with page.expect_request("**/pause") as asked:
            await page.click("#brake")
            await page.click(".reasons button >> nth=0")
        assert "idempotency-key" not in (await (await asked.value).all_headers())
        await expect(page.locator("#mode-badge")).to_contain_text("Paused")
        await expect(page.locator("#brake")).to_contain_text("Resume")


async def test_whoever_is_signed_out_is_told(open_page: Open, console: Console) -> None:
    """Within seconds, on a page that is open."""
    page = await open_page("/rooms/drop")
    await expect(page.locator("#live")).to_have_text("Live")
    for token in await console.tokens.all():
        await console.tokens.revoke(token.id)
    await expect(page.locator("#away")).to_contain_text("signed out")
    await expect(page.locator("#brake")).to_have_attribute("aria-disabled", "true")
