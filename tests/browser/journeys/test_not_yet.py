"""Somebody lets others pass, and keeps the place."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.journeys.conftest import Device, Room, is_inside, place_of, waits

pytestmark = pytest.mark.anyio


async def let_others_pass(page: Page) -> None:
    """Presses what it takes."""
    await page.get_by_text("Not yet?").click()
    await page.get_by_role("button", name="Let others pass").click()
    await expect(page.get_by_role("heading", name="Others may pass")).to_be_visible()
    # no second line where nothing stands between
    await expect(page.locator(".kept details").first).to_have_css("border-top-width", "0px")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_others_pass(room: Room, device: Device, scripts: bool) -> None:
    """Whoever is not ready is passed by those behind, is told by when to be back, and goes in when ready."""
    page = await (await device(scripts=scripts)).new_page()
    other = await (await device()).new_page()
    place = await waits(page, room.url)
    await waits(other, room.url)
    await let_others_pass(page)
    told = await page.locator("[data-in=resting] .back").inner_text()
    assert 2 == len(told.split()[0].split(":"))
    await room.let_in()
    await is_inside(other)
    await page.reload()
    await expect(page.get_by_role("heading", name="Others may pass")).to_be_visible()
    assert place == await place_of(page)
    await page.get_by_role("button", name="I am ready").click()
    await is_inside(page)
    assert 2 == await room.issued()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_more_time_is_one_press_away(room: Room, device: Device, scripts: bool) -> None:
    """Whoever lets others pass may ask for as much time again; the place stays, and others go in."""
    page = await (await device(scripts=scripts)).new_page()
    other = await (await device()).new_page()
    place = await waits(page, room.url)
    await waits(other, room.url)
    await let_others_pass(page)
    await page.get_by_role("button", name="I need more time").click()
    await expect(page.get_by_role("heading", name="Others may pass")).to_be_visible()
    assert place == await place_of(page)
    await room.let_in()
    await is_inside(other)
    await page.get_by_role("button", name="I am ready").click()
    await is_inside(page)


async def test_other_tabs_follow(room: Room, device: Device) -> None:
    """All tabs show it, and none of them goes in by itself; once is once."""
    context = await device()
    page, tab = await context.new_page(), await context.new_page()
    await waits(page, room.url)
    await waits(tab, room.url)
    await let_others_pass(page)
    await expect(tab.get_by_role("heading", name="Others may pass")).to_be_visible()
    await page.get_by_role("button", name="I am ready").click()
    await expect(tab.get_by_role("heading", name="You’re in line")).to_be_visible()
    await tab.get_by_text("Not yet?").click()
    await tab.get_by_role("button", name="Let others pass").click()
    await expect(tab.get_by_role("heading", name="Others cannot pass you now")).to_be_visible()
