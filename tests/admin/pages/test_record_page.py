"""The record of a room as a page."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.parts import BeforeAfter
from admin.auth.roles import Role
from admin.console import Console
from admin.pages.told import KINDS, changes
from tests.admin.conftest import Client
from tests.admin.pages.conftest import Crowd, Open
from tests.admin.pages.test_accessible import violations
from tests.admin.pages.test_message_page import LOOKS
from waitroom.record.audit import KNOWN_KINDS

pytestmark = pytest.mark.anyio

RECORD = "/rooms/late-sale/events"


async def turn(console: Console) -> None:
    """Two people turn the dials."""
    room = console.live.rooms["late-sale"]
    await room.change({"rate": "450", "keep_ms": "900000"}, who="anna", why="more <b>stock</b>")
    await room.change({"mode": "queue"}, who="bert", why="payment is well")
    await room.change({"mode": "pause"}, who="bert", why="it is not")
    await room.change({"message": "Soon"}, who="anna", why="")


async def test_what_happened_stands_there_in_words(open_page: Open, console: Console) -> None:
    """Newest first, with who and why, in the viewer's zone and in the room's."""
    await turn(console)
    page = await open_page(RECORD, Role.VIEWER)
    rows = page.locator(".record li")
    await expect(rows.nth(0)).to_contain_text("Message “Soon”")
    await expect(rows.nth(1)).to_contain_text("Paused")
    await expect(rows.nth(2)).to_contain_text("Resumed: mode queue")
    await expect(rows.nth(3)).to_contain_text("→ 450, keep 10 min → 15 min")
    await expect(rows.nth(3).locator("q")).to_have_text("more <b>stock</b>")
    await expect(rows.last).to_contain_text("The room begins")
    assert await page.locator('nav.tabs [aria-current="page"]').inner_text() == "Record"
    # the viewer's zone is the room's: it is said once
    assert 0 == await page.locator(".both-other").count()


async def test_it_is_filtered_and_paged_without_scripts(
    open_page: Open, console: Console, crowd: Crowd
) -> None:
    """By kind, by who, by words; back to the beginning."""
    room = console.live.rooms["late-sale"]
    for rate in range(1, 131):
        await room.general.store.configure({"rate": str(rate)}, source="live", who="ada", why="")
    await turn(console)
    page = await open_page(RECORD, scripts=False)
    await expect(page.locator(".record li")).to_have_count(100)
    await page.get_by_role("link", name="Older").click()
    await expect(page.locator(".record li").last).to_contain_text("The room begins")
    await expect(page.locator(".pager")).to_contain_text("That is the beginning")
    await page.get_by_role("link", name="Newest").click()
    await page.fill("#who", "BERT")
    await page.get_by_role("button", name="Filter").click()
    await expect(page.locator(".record li")).to_have_count(2)
    await page.fill("#find", "is not")
    await page.get_by_role("button", name="Filter").click()
    await expect(page.locator(".record li")).to_have_count(1)
    await page.get_by_role("link", name="Clear").click()
    await page.select_option("#show", "planned")
    await page.fill("#to", "2020-01-01T00:00")
    await page.get_by_role("button", name="Filter").click()
    await expect(page.locator(".empty")).to_have_text("Nothing like that is in the record.")


async def test_calls_are_shown_where_they_are_asked_for(
    open_page: Open, console: Console, crowd: Crowd
) -> None:
    """Each second has one: by default they would hide all else."""
    await console.live.rooms["drop"].change({"mode": "queue"}, who="ada", why="")
    await crowd(3)
    await console.live.rooms["drop"].general.store.advance()
    await asyncio.sleep(0)
    page = await open_page("/rooms/drop/events?show=all")
    await expect(page.locator(".record")).to_contain_text("let in, called up to")
    await page.goto("/rooms/drop/events")
    await expect(page.locator(".record")).not_to_contain_text("let in, called up to")


async def test_the_same_is_taken_away(client: Client, console: Console) -> None:
    """What is asked for as a table, and all of it either way."""
    await turn(console)
    viewer = client(Role.VIEWER)
    text = (await viewer.get(f"{RECORD}?who=bert&from=2020-01-01T00:00")).text
    url = text.split('href="')[1:]
    [these] = [
        each.partition('"')[0].replace("&amp;", "&") for each in url if "who=bert" in each and "csv" in each
    ]
    assert 3 == len((await viewer.get(these)).text.splitlines())
    for path in ("/api/rooms/late-sale/events?format=csv", "/api/rooms/late-sale/events/export"):
        assert f'href="{path}"' in text
        assert 200 == (await viewer.get(path)).status_code
    for wrong in (
        "before=x",
        "before=1",
        "from=yesterday",
        "to=9999-99-99",
        "show=nothing",
        "from=0001-01-01T00:00",
    ):
        assert 200 == (await viewer.get(f"{RECORD}?{wrong}")).status_code


async def test_the_audit_stands_behind_a_button(open_page: Open, console: Console) -> None:
    """Each promise, kept or not."""
    await turn(console)
    page = await open_page(RECORD, Role.VIEWER)
    await page.get_by_role("link", name="Audit now").click()
    await expect(page.locator("#verdict-title")).to_have_text("Every promise was kept")
    await expect(page.locator(".promises li")).to_have_count(6)
    assert [] == await violations(page)


def test_each_kind_of_entry_can_be_asked_for() -> None:
    """A new one cannot be forgotten."""
    assert KNOWN_KINDS == set(KINDS)
    assert RoomEvent.model_fields.keys() >= {"text", "who", "why", "changed"}


def test_changes_are_said_as_people_say_them() -> None:
    """With what was before, in units."""
    said = {
        "weight.members": BeforeAfter(before=1, after=3),
        "challenge.most_bits": BeforeAfter(before=18, after=20),
        "capacity": BeforeAfter(before=0, after=300),
        "invite": BeforeAfter(before="", after="x"),
    }
    assert (
        "weight of members 1 → 3, challenge: most bits 18 → 20, capacity no cap → 300, invite none → x"
        == changes(said)
    )
    assert "message taken away" == changes({"message": BeforeAfter(before="a", after="")})


async def test_axe_finds_nothing(open_page: Open, console: Console) -> None:
    """In light and dark, wide and narrow, and nothing runs over the side."""
    await turn(console)
    page = await open_page(f"{RECORD}?who=anna")
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
