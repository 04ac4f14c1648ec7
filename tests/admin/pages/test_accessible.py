"""Each page is for everyone: by axe's rules (WCAG 2.2 AA and its best practices), in both themes, wide and narrow."""

from __future__ import annotations

import json
import re
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from admin.auth.roles import Role
from tests.admin.pages.conftest import DESK, PHONE, Crowd, Open

pytestmark = pytest.mark.anyio

THEMES: list[Literal["light", "dark"]] = ["light", "dark"]
PAGES = ["/", "/rooms/drop"]
"""Those of this folder; what has a page of its own asks for the same."""


async def violations(page: Page) -> list[str]:
    """What axe finds wrong, with where."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {json.dumps([node['target'] for node in found['nodes']])} {found['help']}"
        for found in results.response["violations"]
    ]


@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(open_page: Open, crowd: Crowd, path: str) -> None:
    """On no page, in no theme, at no width, and nothing runs over the side."""
    await crowd(30, "late-sale")
    page = await open_page(path, Role.ADMIN)
    await expect(page.locator("#clock")).not_to_be_empty()
    for width, height in (DESK, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("width", [320, 390])
async def test_a_busy_room_fits_a_phone(open_page: Open, crowd: Crowd, width: int) -> None:
    """With long figures nothing runs over the side (WCAG 2.2, 1.4.10), so that the brakes stand where the thumb is."""
    await crowd(12_345)
    page = await open_page("/rooms/drop", size=(width, 800))
    await expect(page.locator(".tiles [data-v=waiting]")).to_have_text(re.compile("^12,"))
    await page.fill("#rate", "90000")
    await expect(page.locator('#effect [data-row="last"] [data-at="delta"]')).not_to_be_empty()
    await page.evaluate(
        "for (const note of document.querySelectorAll('[data-dial-measured]')) note.textContent = '88,888'"
    )
    assert width >= await page.evaluate("document.documentElement.scrollWidth")
    for name in ("#undo", ".to-dial", "#brake"):
        box = await page.locator(name).bounding_box()
        assert box is not None
        assert (True, True) == (box["x"] >= 0, box["x"] + box["width"] <= width), name


async def test_axe_finds_nothing_in_the_middle_of_things(open_page: Open, crowd: Crowd) -> None:
    """With something turned, a toast, a dialog, and a table in place of the charts."""
    await crowd(3000)
    page = await open_page("/rooms/drop")
    await expect(page.locator("#clock")).not_to_be_empty()
    await page.fill("#rate", "60")
    await expect(page.locator('#effect [data-row="last"] [data-at="delta"]')).not_to_be_empty()
    await page.click("#as-table summary")
    await page.click("#confirm")
    await expect(page.locator(".toast")).to_be_visible()
    await page.fill("#rate", "90")
    await expect(page.locator('#effect [data-row="last"] [data-at="delta"]')).not_to_be_empty()
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        assert [] == await violations(page), theme
        for opener, dialog in (("#brake", "#pausing"), ("[data-open=keys]", "#keys")):
            await page.click(opener)
            await expect(page.locator(dialog)).to_be_visible()
            assert [] == await violations(page), (theme, dialog)
            await page.keyboard.press("Escape")
