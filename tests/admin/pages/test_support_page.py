"""The support desk in a browser: a code in, a place out, and help."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.pages.conftest import PHONE, Open
from tests.admin.pages.test_accessible import violations
from tests.admin.pages.test_message_page import LOOKS
from tests.admin.people import Browser, make_user, post, signed_in
from tests.admin.shoppers import Shoppers, shoppers

pytestmark = pytest.mark.anyio


@pytest.fixture
async def line(console: Console, redis: Redis) -> Shoppers:
    """One of them has lost their place. The console stands on the same Redis."""
    assert "drop" in console.live.rooms
    return await shoppers(redis)


async def test_a_place_is_found_and_given_back_by_keyboard_alone(
    open_page: Open, client: Client, line: Shoppers
) -> None:
    """What it would come to stands there before; the record has who and why."""
    page = await open_page("/")
    await page.get_by_role("link", name="Support desk").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.type(f" {line.since.lower().replace('-', '')}")
    await page.keyboard.press("Enter")
    await expect(page.locator(".place .badge")).to_have_text("Waits in line")
    await expect(page.locator(".why")).to_contain_text("Its holder had ticket 2 of general in drop before")
    await expect(page.locator(".gauge").first).to_have_text("8")
    act = page.get_by_role("form", name=f"Give {line.missed} back")
    await expect(act).to_contain_text("its holder may come in at once")
    await expect(act).to_contain_text(
        "Ticket 11 of general in drop, which its holder has now, is given up for it"
    )
    await act.get_by_label("Reason").focus()
    await page.keyboard.type("the phone died")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Given back")).to_be_visible()
    await expect(page.locator(".place-code")).to_have_text(line.missed)
    await expect(page.locator(".place .badge")).to_have_text("Called, and not there")
    await expect(page.locator(".history")).to_contain_text("by token anna: the phone died")
    [entry] = (await client(Role.VIEWER).get("/api/rooms/drop/events?type=reinstated")).json()
    assert ("token anna", "the phone died") == (entry["who"], entry["why"])
    await page.keyboard.press("/")
    await expect(page.locator("#code")).to_be_focused()


async def test_all_of_it_works_without_scripts(open_page: Open, line: Shoppers) -> None:
    """On a phone; moments are the room's then."""
    page = await open_page("/support", scripts=False, size=PHONE)
    await page.fill("#code", line.waiting)
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator(".gauge").first).to_have_text("6")
    await expect(page.locator("time[data-both]").first).to_contain_text("UTC")
    await page.get_by_label("Reason").fill("a mistake of ours")
    await page.get_by_role("button", name="Bring to the front").click()
    await expect(page.locator(".notice")).to_contain_text("It is called next")
    await expect(page.locator(".gauge").first).to_have_text("1")
    await expect(page.locator(".help")).to_contain_text("Nothing is needed")


async def test_codes_that_lead_nowhere_lead_on(open_page: Open, line: Shoppers) -> None:
    """A slip to the code that was meant, a code of another room to its place."""
    page = await open_page("/support?code=what?")
    await expect(page.get_by_role("alert").first).to_contain_text("it looks like 0065-7QK")
    wrong = line.waiting[:-1] + ("Z" if line.waiting[-1] != "Z" else "Y")
    await page.fill("#code", wrong)
    await page.keyboard.press("Enter")
    await expect(page.locator("#code-wrong")).to_contain_text("Was it")
    await page.get_by_role("link", name=line.waiting).click()
    await expect(page.locator(".place-code")).to_have_text(line.waiting)
    await page.fill("#code", line.missed)
    await page.select_option("#room", "late-sale")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator("#code-wrong")).to_contain_text("Not in that room")
    await page.get_by_role("link", name=line.missed).click()
    await expect(page.locator(".place .badge")).to_have_text("Missed its turn")


async def test_a_viewer_looks(open_page: Open, line: Shoppers) -> None:
    """With what could be done, by an operator."""
    page = await open_page(f"/support?code={line.missed}", Role.VIEWER)
    await expect(page.locator(".effects")).to_contain_text("may come in at once")
    await expect(page.locator(".help")).to_contain_text("You look as a viewer")
    assert 0 == await page.locator(".act button, .act input:not([type=hidden])").count()


async def test_what_has_changed_meanwhile_is_looked_at_again(
    console: Console, browser: Browser, line: Shoppers
) -> None:
    """Nothing is done to a place that stands otherwise than the page showed; what was typed stays."""
    await make_user(console, "anna", Role.OPERATOR)
    anna = await signed_in(browser(), "anna")
    seen = {"code": line.missed, "action": "restore", "why": "the <phone> died"}
    stale = await post(anna, "/support", state="left", **seen)
    assert 412 == stale.status_code
    assert "Nothing was done: it was left when you looked, and is missed now." in stale.text
    assert 'value="the &lt;phone&gt; died"' in stale.text
    assert 422 == (await post(anna, "/support", state="missed", **{**seen, "why": " "})).status_code
    assert 422 == (await post(anna, "/support", state="missed", **{**seen, "action": "reset"})).status_code
    assert 303 == (await post(anna, "/support", state="missed", **seen)).status_code
    assert 412 == (await post(anna, "/support", state="missed", **seen)).status_code


async def test_axe_finds_nothing(open_page: Open, line: Shoppers) -> None:
    """In light and dark, wide and narrow, with a place and with none, and nothing runs over the side."""
    page = await open_page(f"/support?code={line.since}")
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
    await page.goto("/support?code=what?")
    assert [] == await violations(page)
