"""A browser that keeps no cookies, and a page that stands in a frame of another."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Playwright, expect

from tests.browser.journeys.conftest import Device, Room, Shop, is_inside, place_of, waits
from tests.contract.recording_shop import served
from tests.needs import CHROMIUM_FLAGS

pytestmark = pytest.mark.anyio


async def blocking(playwright: Playwright, executable: str, folder: Path, *, scripts: bool) -> BrowserContext:
    """A Chromium in which somebody has switched all cookies off."""
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(
        '{"profile":{"default_content_setting_values":{"cookies":2},"block_third_party_cookies":true}}'
    )
    return await playwright.chromium.launch_persistent_context(
        folder, executable_path=executable, args=CHROMIUM_FLAGS, java_script_enabled=scripts
    )


def is_in_address(page: Page) -> bool:
    """Whether the address of the page carries the ticket."""
    return urlsplit(page.url).path.endswith("/place")


async def test_blocked_cookies(room: Room, playwright: Playwright, executable: str, tmp_path: Path) -> None:
    """The place goes on in the address of the page: it is kept by a reload, moves up live, and says what to do."""
    await room.notices_absence_soon()
    await room.others(2)
    context = await blocking(playwright, executable, tmp_path, scripts=True)
    page = await context.new_page()
    place = await waits(page, room.url)
    await page.wait_for_url("**/place?**")
    assert place == await place_of(page)
    await expect(page.locator("#cookieless")).to_contain_text(
        "Your place is safe in the address of this page"
    )
    await page.reload()
    assert place == await place_of(page)
    await expect(page.locator("#position")).to_have_text("1")  # the others were not really there
    assert 3 == await room.issued()
    # the turn comes: nobody is let in whose pass would be lost at once, and the door is held
    await room.let_in()
    await expect(page.locator("[data-in=called]")).to_be_visible()
    assert is_in_address(page)
    assert 3 == await room.issued()
    await context.close()


async def test_blocked_cookies_without_javascript(
    room: Room, playwright: Playwright, executable: str, tmp_path: Path
) -> None:
    """The same by the page's own refresh alone; and the place can be given up there."""
    context = await blocking(playwright, executable, tmp_path, scripts=False)
    page = await context.new_page()
    place = await waits(page, room.url)
    await page.wait_for_url("**/place?**")
    assert place == await place_of(page)
    await page.reload()
    assert place == await place_of(page)
    await page.get_by_text("Leave the line").click()
    await page.get_by_role("button", name="Give up my place").click()
    await expect(page.get_by_role("heading", name="You gave up your place")).to_be_visible()
    assert place == await place_of(page)
    assert 1 == await room.issued()
    await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_cookies_allowed_later(room: Room, device: Device, scripts: bool) -> None:
    """With cookies allowed, the ticket moves from the address into a cookie, and the address is clean."""
    page = await (await device(scripts=scripts)).new_page()
    answer = await page.request.get(
        room.url, headers={"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    )
    link = answer.headers["refresh"].partition("url=")[2]
    await page.context.clear_cookies()
    place = await waits(page, room.gateway.url + link)
    assert room.url == page.url
    await room.let_in()
    await is_inside(page)
    assert place
    assert room.url == page.url
    assert 1 == await room.issued()


async def test_kept_cookies_leave_no_trace(room: Room, device: Device) -> None:
    """Where cookies are kept no address ever carries the ticket, and a page that comes again does not know one."""
    page = await (await device()).new_page()
    await waits(page, room.url)
    assert await page.locator("#line").get_attribute("data-spare")
    await page.reload()
    await place_of(page)
    assert (room.url, "") == (page.url, await page.locator("#line").get_attribute("data-spare"))


async def test_other_sites_frame(room: Room, shop: Shop, device: Device) -> None:
    """In a frame of another site the page takes no place; it leads out of the frame, and there it does."""
    other = Shop(more=f"<iframe id=f src='{room.url}' width=380 height=500></iframe>")
    with served(other):
        page = await (await device()).new_page()
        await page.goto(other.url.replace("127.0.0.1", "localhost"))
        link = page.frame_locator("#f").get_by_role("link", name="Open the page")
        await expect(link).to_be_visible()
        assert 0 == await room.issued()
        await link.click()
        await page.wait_for_url(room.url)
        place = await place_of(page)
        await page.goto(other.url.replace("127.0.0.1", "localhost"))
        await expect(page.frame_locator("#f").get_by_role("link", name="Open the page")).to_be_visible()
        await page.goto(room.url)
        assert place == await place_of(page)
        assert 1 == await room.issued()


async def test_own_frame(room: Room, shop: Shop, device: Device) -> None:
    """In a frame of the shop's own page whoever has a place sees it, and goes in there."""
    shop.more = f"<iframe id=f src='{room.url}' width=380 height=700></iframe>"
    page = await (await device()).new_page()
    place = await waits(page, room.url)
    await page.goto(f"{room.gateway.url}/elsewhere")
    assert place == await page.frame_locator("#f").locator("footer code").inner_text()
    await room.let_in()
    shop.more = ""
    await expect(page.frame_locator("#f").locator("#shop")).to_be_visible()
    assert 1 == await room.issued()


async def test_bank_in_a_frame_of_the_shop(room: Room, shop: Shop, device: Device) -> None:
    """A bank's frame that leads back to the shop by a link finds the shopper inside, though its request brings no
    cookies."""
    bank = Shop()
    with served(bank):
        page = await (await device()).new_page()
        await waits(page, room.url)
        await room.let_in()
        await is_inside(page)
        await room.configure(rate="0")
        bank.more = f"<a id=back href='{room.url}'>back</a>"
        shop.more = f"<iframe id=f src='{bank.url.replace('127.0.0.1', 'localhost')}'></iframe>"
        await page.reload()
        shop.more = "<b id=paid></b>"
        await page.frame_locator("#f").locator("#back").click()
        await expect(page.frame_locator("#f").locator("#paid")).to_be_attached()
        assert 1 == await room.issued()
