"""The question about the wait, as shoppers have it before them: with and without a script, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.contract.harness import Gateway, start_gateway
from tests.needs import CHROMIUM_FLAGS, program

pytestmark = pytest.mark.anyio

expect.set_options(timeout=20_000)
PHONE, SMALL, DESK = (390, 844), (320, 640), (1440, 900)


@pytest.fixture(scope="module")
def gateway(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Two rooms in which everybody waits, each with its question."""
    rooms = [
        {"name": f"ask-{kind}", "paths": [f"/{kind}/*"], "mode": "pause", "feedback": {"ask": kind}}
        for kind in ("csat", "nps")
    ]
    started = start_gateway(tmp_path_factory.mktemp("ask"), redis_url, "http://127.0.0.1:9", rooms)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program("chromium"), args=[*CHROMIUM_FLAGS]
        )
        yield browser
        await browser.close()


async def give_up(page: Page, url: str) -> None:
    """Joins the line, and leaves it."""
    await page.goto(url)
    await page.get_by_text("Leave the line").click()
    await page.get_by_role("button", name="Give up my place").click()


@pytest.mark.parametrize("kind", ["csat", "nps"])
@pytest.mark.parametrize(
    ("size", "theme", "script"), [(PHONE, "light", True), (SMALL, "dark", False), (DESK, "dark", True)]
)
async def test_one_tap_answers(
    chromium: Browser, gateway: Gateway, kind: str, size: tuple[int, int], theme: str, *, script: bool
) -> None:
    """Each button can be hit by a thumb, nothing has to be scrolled to the side, and no script is needed."""
    context = await chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
    )
    page = await context.new_page()
    await give_up(page, f"{gateway.url}/{kind}/x")
    scores = page.get_by_role("group").get_by_role("button")
    await expect(scores).to_have_count(5 if kind == "csat" else 11)
    for button in await scores.all():
        box = await button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] + box["width"] <= size[0]
    if script:
        found = (await Axe().run(page)).response["violations"]
        assert [] == [each["id"] for each in found]
    await scores.nth(1).click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    if script:
        found = (await Axe().run(page)).response["violations"]
        assert [] == [each["id"] for each in found]
    await context.close()


async def test_it_is_answered_by_keys_alone(chromium: Browser, gateway: Gateway) -> None:
    """And its group says what is asked."""
    context = await chromium.new_context()
    page = await context.new_page()
    await give_up(page, f"{gateway.url}/csat/x")
    group = page.get_by_role("group", name="How was the wait?")
    await group.get_by_role("button", name="3").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await context.close()
