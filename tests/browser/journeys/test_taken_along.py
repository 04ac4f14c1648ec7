"""A place goes to another device, and back to who gave it up by mistake: one place, never two."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.browser.journeys.conftest import DESK, Device, Room, is_inside, place_of, waits

pytestmark = pytest.mark.anyio


async def code_of(page: Page) -> str:
    """Asks a waiting page for the code of its place."""
    await page.get_by_text("Take your place with you").click()
    await page.get_by_role("button", name="Show the code").click()
    await expect(page.locator(".along code")).to_be_visible()
    return str(await page.locator(".along code").inner_text())


async def test_place_moves_to_another_device(room: Room, device: Device) -> None:
    """The link of the QR code brings the place there; the first page says so at once and can do nothing with it."""
    await room.others(2)
    first = await (await device()).new_page()
    place = await waits(first, room.url)
    code = await code_of(first)
    assert await first.locator(".along img").evaluate(
        "image => image.decode().then(() => image.naturalWidth > 90)"
    )
    second = await (await device(size=DESK)).new_page()
    await second.goto(room.own(f"move?c={code}&to={urlsplit(room.url).path}"))
    await second.get_by_role("button", name="Bring my place here").click()
    assert place == await place_of(second)
    await expect(first.get_by_role("heading", name="Your place is on your other device")).to_be_visible()
    await first.reload()
    await expect(first.get_by_role("heading", name="Your place is on your other device")).to_be_visible()
    await room.let_in()
    await is_inside(second)
    await expect(first.locator("#shop")).to_be_hidden()
    assert 3 == await room.issued()


async def test_code_works_once(room: Room, device: Device) -> None:
    """Whoever saw the code later gains nothing by it."""
    first = await (await device()).new_page()
    await waits(first, room.url)
    code = await code_of(first)
    for name, worked in (("mine", True), ("the onlooker's", False)):
        page = await (await device()).new_page()
        await page.goto(room.own(f"move?c={code}"))
        await page.get_by_role("button", name="Bring my place here").click()
        if worked:
            await page.wait_for_url(f"{room.gateway.url}/")
        else:
            await expect(page.get_by_role("heading", name="That code does not work"), name).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_code_typed_by_hand(room: Room, device: Device, scripts: bool) -> None:
    """A code can be typed on the page of the other device, which gives up the place that it had."""
    first = await (await device(scripts=scripts)).new_page()
    place = await waits(first, room.url)
    code = await code_of(first)
    second = await (await device(scripts=scripts)).new_page()
    other = await waits(second, room.url)
    assert place != other
    await second.get_by_text("Take your place with you").click()
    await second.get_by_role("link", name="Bring a place here").click()
    await second.get_by_label("The code that the other device shows").fill("0009-AAAA-AAAA")
    await second.get_by_role("button", name="Bring my place here").click()
    await expect(second.get_by_role("heading", name="That code does not work")).to_be_visible()
    await second.get_by_label("The code that the other device shows").fill(code.lower().replace("-", " "))
    await second.get_by_role("button", name="Bring my place here").click()
    await expect(second.locator("#line")).to_be_visible()
    assert (place, room.url) == (await place_of(second), second.url)
    left = await room.store.place(2)
    assert left is not None
    assert "left" == left.fate


async def test_place_comes_back(room: Room, device: Device) -> None:
    """It can go back and forth, and a device that has none may join by itself."""
    first, second = await (await device()).new_page(), await (await device()).new_page()
    place = await waits(first, room.url)
    code = await code_of(first)
    await second.goto(room.own(f"move?c={code}&to={urlsplit(room.url).path}"))
    await second.get_by_role("button", name="Bring my place here").click()
    code = await code_of(second)
    await first.get_by_role("link", name="Bring it back here").click()
    await first.get_by_label("The code that the other device shows").fill(code)
    await first.get_by_role("button", name="Bring my place here").click()
    assert place == await place_of(first)
    await second.get_by_role("link", name="Join the line here, at the end").click()
    await expect(second.locator("footer code")).not_to_have_text(place)
    assert 2 == await room.issued()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_leaving_is_undone(room: Room, device: Device, scripts: bool) -> None:
    """Whoever gave the place up has the same one back by one press, once."""
    page = await (await device(scripts=scripts)).new_page()
    place = await waits(page, room.url)
    await room.others(1)
    await page.get_by_text("Leave the line").click()
    await page.get_by_role("button", name="Give up my place").click()
    await expect(page.get_by_text("For 2 minutes you can have the same place back")).to_be_visible()
    slip = str(await page.locator("[name=slip]").get_attribute("value"))
    await page.get_by_role("button", name="Take my place back").click()
    assert (place, room.url) == (await place_of(page), page.url)
    await expect(page.locator("#position")).to_have_text("1")
    again = await page.request.post(room.own("undo"), form={"slip": slip})
    assert 409 == again.status
    await page.goto(room.url)
    assert place == await place_of(page)
    await room.let_in()
    await is_inside(page)


async def test_undo_after_joining_again(room: Room, device: Device) -> None:
    """Whoever joined again in another tab has one place after the undo: the old one."""
    context = await device()
    page, tab = await context.new_page(), await context.new_page()
    place = await waits(page, room.url)
    await page.get_by_text("Leave the line").click()
    await page.get_by_role("button", name="Give up my place").click()
    assert place != await waits(tab, room.url)
    await page.get_by_role("button", name="Take my place back").click()
    assert place == await place_of(page)
    await tab.reload()
    assert place == await place_of(tab)
    given_up = await room.store.place(2)
    assert given_up is not None
    assert "left" == given_up.fate
