"""The panel and the page of being told, and the page of a sale that is sold out: for everyone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from redis.asyncio import Redis

from tests.browser.journeys.conftest import SHUT, Device, Shop, place_of, waits
from tests.contract.harness import Gateway, start_gateway
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REMINDERS = {
    # nobody is called in this room, so nothing is sent
    "mail": "json://127.0.0.1:9/{to}", "sms": "json://127.0.0.1:9/{to}",
    "link": "https://shop.example/", "numbers": ["+371"],
}  # fmt: skip


@pytest.fixture(scope="module")
def telling(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a room that tells by mail and text message."""
    room = {**SHUT, "name": "told", "reminders": REMINDERS, "sold_out_link": "/elsewhere"}
    started = start_gateway(tmp_path_factory.mktemp("telling"), redis_url, shop.url, [room])
    try:
        yield started
        started.stop()
    finally:
        started.kill()


async def check(page: Page, what: str) -> None:
    """Fails by what axe finds, and where a page is wider than the screen."""
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{what}.png", full_page=True)
    found = await Axe().run(page, options={"runOnly": STANDARDS})
    violations = [
        (each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]
    ]
    assert [] == violations, what
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what


@pytest.mark.parametrize(("theme", "size"), [("light", (320, 640)), ("dark", (1440, 900))])
async def test_the_panel_takes_an_address_and_forgets_it(
    telling: Gateway, redis_url: str, device: Device, theme: str, size: tuple[int, int]
) -> None:
    """Within the page of the line, which goes on; wrong ones are told, and nothing needs a mouse."""
    page = await (await device(theme=theme, size=size)).new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    await waits(page, telling.url)
    assert not [url for url in requests if "tell" in url]
    link = page.get_by_role("link", name="Tell me when it is my turn")
    await link.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Notify me in this browser")).to_be_visible()
    await check(page, f"told-panel-{theme}")
    field = page.get_by_label("Your mail address, or number")
    await field.fill("nobody@nowhere")
    await page.get_by_role("button", name="Tell me", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("We cannot send a message there")
    await check(page, f"told-wrong-{theme}")
    await page.get_by_label("By text message").check()
    await field.fill("+371 2000 0099" if theme == "light" else "+371 2000 0098")
    await page.keyboard.press("Enter")
    await expect(page.locator("#telling")).to_contain_text("You will be told by text message.")
    await check(page, f"told-kept-{theme}")
    await page.get_by_role("button", name="Delete my address now").click()
    await expect(page.get_by_role("button", name="Tell me", exact=True)).to_be_visible()
    await expect(page.locator("#heading h1:visible")).to_have_text("You’re in line")
    plain = await (await device(theme=theme, size=size, scripts=False)).new_page()
    await waits(plain, telling.url)
    await plain.get_by_text("Tell me when it is my turn").click()
    assert "Tell me when it is my turn" == await plain.locator("h1").inner_text()
    await plain.get_by_label("Your mail address, or number").fill(f"somebody-{theme}@example.com")
    await plain.get_by_role("button", name="Tell me", exact=True).click()
    assert "You will be told" == await plain.locator("h1").inner_text()
    await plain.get_by_text("Back to my place in line").click()
    await expect(plain.locator("#line")).to_be_visible()
    await page.goto(f"{telling.url}/__waitroom/told/tell?to=/")
    await check(page, f"told-page-{theme}")


@pytest.mark.parametrize(("theme", "size"), [("light", (390, 844)), ("dark", (1440, 900))])
async def test_sold_out_is_said_at_once_with_a_way_out(
    telling: Gateway, redis_url: str, device: Device, theme: str, size: tuple[int, int]
) -> None:
    """Who waits sees it without a reload, and goes on as before when it is taken back."""
    redis = Redis.from_url(redis_url)
    store = LineStore(redis, "told")
    page = await (await device(theme=theme, size=size)).new_page()
    await waits(page, telling.url)
    place = await place_of(page)
    heading = page.locator("#heading h1:visible")
    await store.configure({"sold_out": "yes"}, source="live", who="test")
    await expect(heading).to_have_text("Sold out")
    await expect(page.get_by_role("link", name="See what else there is")).to_be_visible()
    await expect(page.locator("#position")).to_be_visible()
    await check(page, f"sold-out-{theme}")
    newcomer = await (await device(theme=theme, size=size)).new_page()
    await newcomer.goto(telling.url)
    await expect(newcomer.locator("#heading h1:visible")).to_have_text("Sold out")
    await check(newcomer, f"sold-out-newcomer-{theme}")
    await store.configure({"sold_out": "returns"}, source="live", who="test")
    await expect(newcomer.get_by_role("link", name="Wait for returns")).to_be_visible()
    await check(newcomer, f"sold-out-returns-{theme}")
    await newcomer.get_by_role("link", name="Wait for returns").click()
    await expect(newcomer.locator("#position")).to_be_visible()
    await store.configure({"sold_out": "no"}, source="live", who="test")
    for each in (page, newcomer):
        await expect(each.locator("#heading h1:visible")).to_have_text("You’re in line")
    assert place == await place_of(page)
    await redis.aclose()
