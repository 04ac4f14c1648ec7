"""The pages of a journey for everyone: axe finds nothing, and they are light."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.journeys.conftest import Device, Room, Shop, waits
from tests.contract.recording_shop import served

pytestmark = pytest.mark.anyio
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def check(page: Page, what: str) -> None:
    """Fails by what axe finds, and where a page is wider than the screen."""
    found = await Axe().run(page, options={"runOnly": STANDARDS})
    violations = [
        (each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]
    ]
    assert [] == violations, what
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pages_of_a_journey_are_accessible(room: Room, shop: Shop, device: Device, theme: str) -> None:
    """In light and dark, on a screen of 320 pixels."""
    small = (320, 640)
    page = await (await device(size=small, theme=theme)).new_page()
    await waits(page, room.url)
    for summary in await page.locator("summary").all():
        await summary.click()
    await page.get_by_role("button", name="Show the code").click()
    await expect(page.locator("#along code")).to_be_visible()
    await check(page, "the line, all open")
    code = await page.locator("#along code").inner_text()
    other = await (await device(size=small, theme=theme)).new_page()
    await other.goto(room.own(f"move?c={code}"))
    await check(other, "the link of a code")
    await other.goto(room.own("move"))
    await check(other, "the form for a code")
    await other.get_by_label("The code that the other device shows").fill("no code")
    await other.get_by_role("button", name="Bring my place here").click()
    await check(other, "a wrong code")
    plain = await (await device(size=small, theme=theme, scripts=False)).new_page()
    await waits(plain, room.url)
    await plain.get_by_text("Take your place with you").click()
    await plain.get_by_role("button", name="Show the code").click()
    assert await plain.locator("h1").inner_text() == "Take your place with you"
    await page.get_by_role("button", name="Let others pass").click()
    await expect(page.get_by_role("heading", name="Others may pass")).to_be_visible()
    await check(page, "letting others pass")
    await other.goto(room.own(f"move?c={code}&to=/"))
    await other.get_by_role("button", name="Bring my place here").click()
    await expect(page.get_by_role("heading", name="Your place is on your other device")).to_be_visible()
    await check(page, "moved")
    last = await (await device(size=small, theme=theme)).new_page()
    await waits(last, room.url)
    await last.get_by_text("Leave the line").click()
    await last.get_by_role("button", name="Give up my place").click()
    await expect(last.get_by_role("button", name="Take my place back")).to_be_visible()
    await check(last, "left")
    framing = Shop(more=f"<iframe id=f src='{room.url}' width=300 height=500 title=shop></iframe>")
    with served(framing):
        await last.goto(framing.url.replace("127.0.0.1", "localhost"))
        link = last.frame_locator("#f").get_by_role("link", name="Open the page")
        await expect(link).to_be_visible()
