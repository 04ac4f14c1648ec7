"""Each page is for everyone: by axe's rules (WCAG 2.2 AA and its best practices), in both themes, wide and narrow."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from admin.auth.roles import Role
from tests.admin.pages.conftest import DESK, PHONE, Crowd, Open

pytestmark = pytest.mark.anyio

PAGES = ["/", "/rooms/drop"]
"""Those of this folder; what has a page of its own asks for the same."""


async def violations(page: Page) -> list[str]:
    """What axe finds wrong, with where."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {json.dumps([node['target'] for node in found['nodes']])} "
        f"{found['nodes'][0].get('failureSummary')}"
        for found in results.response["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(
    open_page: Open, crowd: Crowd, path: str, theme: str, size: tuple[int, int]
) -> None:
    """On no page, in no theme, at no width, and nothing runs over the side."""
    await crowd(30, "late-sale")
    page = await open_page(path, Role.ADMIN, theme=theme, size=size)
    await expect(page.locator("#clock")).not_to_be_empty()
    assert [] == await violations(page)
    assert size[0] >= await page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_middle_of_things(open_page: Open, crowd: Crowd, theme: str) -> None:
    """With something turned, a toast, a dialog, and a table in place of the charts."""
    await crowd(3000)
    page = await open_page("/rooms/drop", theme=theme)
    await expect(page.locator("#clock")).not_to_be_empty()
    await page.fill("#rate", "60")
    await expect(page.locator('#effect [data-row="last"] [data-at="delta"]')).not_to_be_empty()
    await page.click("#as-table summary")
    assert [] == await violations(page)
    await page.click("#confirm")
    await expect(page.locator(".toast")).to_be_visible()
    assert [] == await violations(page)
    for opener, dialog in (("#brake", "#pausing"), ("[data-open=keys]", "#keys")):
        await page.click(opener)
        await expect(page.locator(dialog)).to_be_visible()
        assert [] == await violations(page)
        await page.keyboard.press("Escape")
