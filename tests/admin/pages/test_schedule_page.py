"""The schedule as operators change it: on a time line, each change seen before it is made."""

from __future__ import annotations

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from admin.auth.roles import Role
from tests.admin.conftest import Client
from tests.admin.pages.conftest import Open
from tests.admin.pages.test_accessible import violations
from tests.admin.pages.test_message_page import LOOKS

pytestmark = pytest.mark.anyio

SCHEDULE, PLAN = "/rooms/drop/schedule", "/api/rooms/drop/plan"
ANY = {"if-match": "*"}


def at(minutes: float, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment from now, as the room's zone (UTC) writes it."""
    return time.strftime(form, time.gmtime(time.time() + 60 * minutes))


async def planned(client: Client, *events: dict[str, object]) -> None:
    """Plans events."""
    answer = await client(Role.OPERATOR).put(PLAN, json={"events": events}, headers=ANY)
    assert 200 == answer.status_code, answer.text


SALE: dict[str, object] = {
    "name": "spring", "opens": "2036-12-01 10:00", "prequeue": "30m", "closes": "6h",
    "rate": "100, then +50 every 15m to 300",
}  # fmt: skip


async def would(page: Page, dialog: str) -> list[str]:
    """What is said that would happen, once it is said."""
    await expect(page.locator(f"{dialog} .button.primary, {dialog} .button.danger")).to_be_enabled()
    return await page.locator(f"{dialog} .steps li").all_inner_texts()


async def test_an_event_is_planned_as_it_was_previewed(open_page: Open, client: Client) -> None:
    """The time line and the steps have it then."""
    page = await open_page(SCHEDULE)
    await expect(page.locator('[data-part="events"]')).to_contain_text("No event is planned")
    await page.get_by_role("button", name="Plan an event").click()
    await page.get_by_label("Name").fill("spring")
    await page.fill("#e-opens", at(90, "%Y-%m-%dT%H:%M"))
    await page.get_by_label("Rate a minute").fill("100, 300 after 10m")
    said = await would(page, "#editing")
    assert 4 == len(said)
    assert "The line of spring begins" in said[0] and "rate 100" in said[0]
    assert [] == (await client(Role.VIEWER).get(PLAN)).json()["events"]
    await page.fill("#e-why", "the spring sale")
    await page.click("#apply")
    await expect(page.locator('[data-event="spring"]')).to_contain_text("100, 300 after 10m")
    label = await page.locator("#timeline svg").get_attribute("aria-label")
    assert label is not None and label.startswith("Time line: spring opens")
    steps = await page.locator('[data-part="steps"] .step-does').all_inner_texts()
    assert [text.split("\n")[-1] for text in said] == steps


async def test_an_opening_is_moved_and_an_event_cancelled(open_page: Open, client: Client) -> None:
    """Each is seen before, with what it was."""
    await planned(client, SALE)
    page = await open_page(SCHEDULE)
    await page.get_by_role("button", name="Move the opening of spring by 15 minutes").click()
    said = await would(page, "#deciding")
    assert any("10:15" in text and "10:00" in text and "Spring opens" in text for text in said), said
    await page.get_by_role("button", name="+1 h").click()
    await expect(page.locator("#deciding .steps")).to_contain_text("11:00")
    await page.click("#decide")
    await expect(page.locator('[data-event="spring"]')).to_contain_text("Mon 1 Dec 2036, 11:00 UTC")
    await page.get_by_role("button", name="Take spring out of the plan").click()
    assert any("No longer: spring opens" in text for text in await would(page, "#deciding"))
    await page.click("#decide")
    await expect(page.locator('[data-part="events"]')).to_contain_text("No event is planned")


async def test_mistakes_are_told_by_their_fields(open_page: Open, client: Client) -> None:
    """In the words of the file; an overlap in the room's zone; and nothing can be planned until they are mended."""
    await planned(client, SALE)
    page = await open_page(SCHEDULE)
    await page.get_by_role("button", name="Plan an event").click()
    await page.get_by_label("Name").fill("Encore 2")
    await page.fill("#e-opens", "2036-12-01T12:00")
    await page.get_by_label("Rate a minute").fill("fast")
    await expect(page.locator("#e-name-wrong")).to_contain_text('allowed: 1 to 40 of a-z, 0-9 and "-"')
    await expect(page.locator("#e-rate-wrong")).to_contain_text('iven "fast"')
    await expect(page.locator("#apply")).to_be_disabled()
    await page.get_by_label("Name").fill("encore")
    await page.get_by_label("Rate a minute").fill("")
    await expect(page.locator("#would [data-wrong]")).to_contain_text(
        "'encore' begins at 2036-12-01 11:30 UTC, before 'spring' closes at 2036-12-01 16:00 UTC"
    )
    await expect(page.locator("#apply")).to_be_disabled()


async def test_an_hour_that_comes_twice_can_be_told_apart(open_page: Open) -> None:
    """The browser's own field cannot say it, so it becomes a text."""
    page = await open_page("/rooms/late-sale/schedule")
    await page.get_by_role("button", name="Plan an event").click()
    await page.get_by_label("Name").fill("night")
    await page.fill("#e-opens", "2036-10-26T03:30")
    wrong = page.locator("#e-opens-wrong, #would [data-wrong]").filter(has_text="comes twice in Europe/Riga")
    await expect(wrong).to_contain_text("2036-10-26 03:30+03:00 or 2036-10-26 03:30+02:00")
    await page.fill("#e-opens", "2036-10-26 03:30+02:00")
    assert 3 <= len(await would(page, "#editing"))


async def test_a_plan_that_another_has_changed_is_looked_at_again(open_page: Open, client: Client) -> None:
    """What was typed stays; the second press plans it beside the other's."""
    page = await open_page(SCHEDULE)
    await page.get_by_role("button", name="Plan an event").click()
    await page.get_by_label("Name").fill("mine")
    await page.fill("#e-opens", "2036-12-05T12:00")
    await would(page, "#editing")
    # here the other is quicker than the news of it
    await page.route("**/schedule/parts", lambda route: asyncio.sleep(0))
    await planned(client, SALE)
    await page.unroute("**/schedule/parts")
    await page.click("#apply")
    await expect(page.locator("#editing [data-conflict]")).to_contain_text(
        "Somebody has changed the plan meanwhile"
    )
    await expect(page.get_by_label("Name")).to_have_value("mine")
    await would(page, "#editing")
    await page.click("#apply")
    await expect(page.locator("#editing")).to_be_hidden()
    names = [event["name"] for event in (await client(Role.VIEWER).get(PLAN)).json()["events"]]
    assert ["mine", "spring"] == sorted(names)


async def test_a_page_follows_what_others_plan(open_page: Open, client: Client) -> None:
    """And what the clock does."""
    page = await open_page(SCHEDULE, Role.VIEWER)
    await expect(page.locator("#add")).to_have_count(0)
    await asyncio.sleep(1.5)  # its stream has spoken once
    await planned(client, SALE)
    await expect(page.locator('[data-event="spring"]')).to_be_visible()
    await expect(page.locator('[data-event="spring"] button')).to_have_count(0)


async def test_axe_finds_nothing(open_page: Open, client: Client) -> None:
    """On the page and in its dialogs, in light and dark, wide and narrow."""
    await planned(client, {**SALE, "opens": at(75)}, {"name": "encore", "opens": at(1440), "closes": "2h"})
    page = await open_page(SCHEDULE)
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        await expect(page.locator("#timeline svg")).to_be_visible()
        assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
        for opener, dialog in (("Edit spring", "#editing"), ("Take spring out of the plan", "#deciding")):
            await page.get_by_role("button", name=opener).click()
            await would(page, dialog)
            assert [] == await violations(page), (width, theme, dialog)
            await page.keyboard.press("Escape")
