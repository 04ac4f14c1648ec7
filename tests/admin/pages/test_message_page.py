"""Messages to those who wait, as they are written and as they are read: in two browsers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from admin.auth.roles import Role
from tests.admin.conftest import Client
from tests.admin.pages.conftest import DESK, PHONE, Crowd, Open
from tests.admin.pages.test_accessible import violations
from waitroom.settings import Settings

pytestmark = pytest.mark.anyio

MESSAGE = "/rooms/late-sale/message"
"""Of the manual."""
LOOKS: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [(DESK, "light"), (PHONE, "dark")]


@pytest.fixture
def gateway(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of a gateway with the console's configuration, and without a console of its own."""
    command = [
        sys.executable,
        "-m",
        "waitroom",
        "serve",
        "--config",
        str(tmp_path / "waitroom.toml"),
        "--port",
        "0",
    ]
    environment = {**os.environ, "WAITROOM_CONSOLE": "false"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


async def waits(chromium: Browser, gateway: str, locale: str) -> Page:
    """The waiting page of a visitor who reads that language."""
    context = await chromium.new_context(locale=locale)
    page = await context.new_page()
    await page.goto(gateway)
    await expect(page.locator("#line[data-live]")).to_be_visible()
    return page


async def test_a_message_reaches_a_waiting_visitor_in_their_language(
    open_page: Open, chromium: Browser, gateway: str
) -> None:
    """Without a reload; and goes again when it is taken away."""
    german, english = await waits(chromium, gateway, "de-AT"), await waits(chromium, gateway, "en-GB")
    page = await open_page(MESSAGE)
    await expect(page.locator("#send-says")).to_have_text("Tell 2 waiting")
    await page.get_by_role("textbox", name="Text", exact=True).fill("We open at 10:15 <b>today</b>")
    await page.get_by_role("button", name="Add a language").click()
    await page.locator("[data-tag]").fill("de")
    await page.locator("[data-text]").fill("Wir öffnen um 10:15")
    await page.fill("#m-why", "the van is late")
    await page.click("#send")
    await expect(german.locator("#message-text")).to_have_text("Wir öffnen um 10:15")
    await expect(english.locator("#message-text")).to_have_text("We open at 10:15 <b>today</b>")
    assert ("de", "en") == (
        await german.locator("#message-text").get_attribute("lang"),
        await english.locator("#message-text").get_attribute("lang"),
    )
    await expect(page.locator('[data-part="shown"]')).to_contain_text("Wir öffnen um 10:15")
    await page.get_by_role("button", name="Take away").click()
    for visitor in (german, english):
        await expect(visitor.locator("#message")).to_be_hidden()
        await visitor.context.close()


async def test_it_is_seen_on_the_page_itself_while_it_is_written(open_page: Open) -> None:
    """In each language; a mistake is told by its field, and the page that shows it reaches nothing of the console."""
    page = await open_page(MESSAGE)
    look = page.frame_locator("#look")
    await expect(look.locator("h1:visible")).to_have_text("You’re in line")
    await page.get_by_role("textbox", name="Text", exact=True).fill("Soon")
    await expect(look.locator("#message-text")).to_have_text("Soon")
    await page.get_by_role("button", name="Add a language").click()
    await page.locator("[data-tag]").fill("lv")
    await page.locator("[data-text]").fill("Drīz")
    await page.locator("#tongues").get_by_text("lv").click()
    await expect(look.locator("#message-text")).to_have_text("Drīz")
    await page.fill("#m-language", "")
    await expect(page.locator("#m-wrong")).to_have_text(
        "must name the language of its text where it has translations"
    )
    await page.fill("#m-language", "klingon!")
    await expect(page.locator('[data-wrong-of="language"]')).to_contain_text("allowed: a language tag")
    frame = next(each for each in page.frames if "/preview/page" in each.url)
    assert "null" == await frame.evaluate("origin")


async def test_a_message_is_scheduled_changed_and_taken_back(open_page: Open, client: Client) -> None:
    """Its time is of the room's zone."""
    page = await open_page(MESSAGE)
    await page.get_by_role("textbox", name="Text", exact=True).fill("The doors open soon")
    await page.get_by_text("At a set time", exact=True).click()
    await page.fill("#m-begins", "2036-12-01T10:00")
    await page.fill("#m-ends", "2036-12-01T09:00")
    await expect(page.locator("#m-wrong")).to_contain_text("ends before it begins")
    await page.fill("#m-ends", "2036-12-01T11:00")
    await page.click("#send")
    scheduled = page.locator('[data-part="shown"] .sale')
    await expect(scheduled).to_contain_text("Mon 1 Dec 2036, 10:00 EET")
    await page.get_by_role("button", name="Edit: The doors open soon").click()
    await page.get_by_role("textbox", name="Text", exact=True).fill("The doors open later")
    await page.click("#send")
    await expect(scheduled).to_have_count(1)
    await expect(scheduled).to_contain_text("The doors open later")
    await page.get_by_role("button", name="Take back: The doors open later").click()
    await expect(scheduled).to_have_count(0)
    told = (await client(Role.VIEWER).get("/api/rooms/late-sale/messages")).json()
    assert ([], "") == (told["scheduled"], told["shown"]["text"])


async def test_what_another_has_said_meanwhile_is_not_overwritten(open_page: Open, client: Client) -> None:
    """What was typed is still there, and is said with the second press."""
    page = await open_page(MESSAGE)
    await page.get_by_role("textbox", name="Text", exact=True).fill("mine")
    async with page.expect_response("**/messages?check=true"):
        pass
    operator = client(Role.OPERATOR)
    # the page hears of it within a second: here it is quicker
    await page.route("**/message/parts", lambda route: asyncio.sleep(0))
    await operator.put(
        "/api/rooms/late-sale/messages", json={"standing": {"text": "theirs"}}, headers={"if-match": "*"}
    )
    await page.click("#send")
    await expect(page.locator("#flash")).to_contain_text("Somebody has changed the messages meanwhile")
    assert "mine" == await page.get_by_role("textbox", name="Text", exact=True).input_value()
    told = (await operator.get("/api/rooms/late-sale/messages")).json()
    assert "theirs" == told["shown"]["text"]


async def test_who_may_only_look_cannot_write(open_page: Open, crowd: Crowd) -> None:
    """The form is there, and does nothing."""
    page = await open_page(MESSAGE, Role.VIEWER)
    await expect(page.locator("#m-text")).to_be_disabled()
    await expect(page.locator("#send")).to_be_disabled()


async def test_axe_finds_nothing(open_page: Open, client: Client) -> None:
    """In light and dark, wide and narrow, with a message shown, one scheduled, and one being written."""
    await client(Role.OPERATOR).put(
        "/api/rooms/late-sale/messages",
        json={
            "standing": {"text": "Hello", "language": "en", "translations": {"de": "Hallo"}},
            "scheduled": [{"text": "Later", "begins": "2036-12-01 10:00", "ends": "20m"}],
        },
        headers={"if-match": "*"},
    )
    page = await open_page(MESSAGE)
    await page.get_by_role("textbox", name="Text", exact=True).fill("Soon")
    await page.get_by_role("button", name="Add a language").click()
    await page.get_by_text("At a set time", exact=True).click()
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
