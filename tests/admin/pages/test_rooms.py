"""All rooms at a glance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import CONFIG, SECRET, Client
from tests.admin.pages.conftest import Crowd, Open
from waitroom.settings import Settings, load

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path, scratch_url: str) -> Settings:
    """A site with fifty rooms, one of which opens in some years."""
    config = tmp_path / "waitroom.toml"
    rooms = [f'[[rooms]]\nname = "room-{number:02}"\npaths = ["/{number}/*"]' for number in range(47)]
    rooms.append(
        '[[rooms]]\nname = "spring"\npaths = ["/spring/*"]\nmode = "closed"\ntimezone = "Asia/Tokyo"\n'
        '[[rooms.events]]\nname = "blossom"\nopens = "2099-04-01 10:00"'
    )
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data")
    config.write_text(text + "\n".join(rooms))
    return load(config, environ={})


async def names(page: Page) -> list[str]:
    """The rooms in the order in which they are shown."""
    return await page.locator("#rooms tbody tr:visible th a").all_text_contents()


async def test_fifty_rooms_are_there_and_trouble_comes_first(
    open_page: Open, crowd: Crowd, client: Client
) -> None:
    """A room moves up when it gets into trouble, and what is well stays in its order."""
    page = await open_page("/")
    await expect(page.locator("#clock")).not_to_be_empty()
    assert 50 == len(await names(page))
    await expect(page.locator("#all-trouble")).to_have_text("0")
    await crowd(1234, "late-sale")
    row = page.locator("#rooms tbody tr").first
    await expect(row.locator("th a")).to_have_text("late-sale")
    await expect(row.locator('[data-f="health"]')).to_have_text("Paused, 1,234 wait")
    await expect(row.locator('[data-f="waiting"]')).to_have_text("1,234")
    await expect(page.locator("#all-trouble")).to_have_text("1")
    await expect(page.locator("#all-waiting")).to_have_text("1,234")
    await client(Role.OPERATOR).patch("/api/rooms/room-30", json={"rate": 77}, headers={"if-match": "*"})
    await expect(page.locator('tr[data-room="room-30"] [data-f="target"]')).to_have_text(" / 77")


async def test_the_next_change_is_counted_down(open_page: Open) -> None:
    """In the words of the schedule, in the room's time."""
    page = await open_page("/")
    cell = page.locator('tr[data-room="spring"] [data-f="next"]')
    await expect(cell).to_contain_text("in ")
    await expect(cell).to_contain_text("blossom begins")


async def test_a_room_is_found_by_keyboard(open_page: Open) -> None:
    """By a part of its name, or step by step."""
    page = await open_page("/")
    await expect(page.locator("#clock")).not_to_be_empty()
    await page.keyboard.press("/")
    await page.keyboard.type("room-4")
    shown = page.locator("#rooms tbody tr:visible th a")
    # in the order of their names, once the console has seen all of them
    await expect(shown).to_have_text([f"room-{number}" for number in range(40, 47)])
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("room-41")
    await page.keyboard.press("g")
    await expect(page.locator("h1")).to_have_text("Rooms")


async def test_keys_do_nothing_while_somebody_types(open_page: Open) -> None:
    """A p in a reason pauses nothing."""
    page = await open_page("/rooms/drop")
    await expect(page.locator("#clock")).not_to_be_empty()
    await page.fill("#rate", "60")
    await page.locator("#why").focus()
    await page.keyboard.type("pug?")
    await expect(page.locator("#why")).to_have_value("pug?")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.locator("#main").focus()
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()


async def test_colours_are_kept_for_the_next_page(open_page: Open) -> None:
    """It comes in them from the start."""
    page = await open_page("/")
    await page.get_by_label("Dark").check(force=True)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.goto("/rooms/drop")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.get_by_label("As the system").check(force=True)
    await page.goto("/")
    assert await page.locator("html").get_attribute("data-theme") is None


async def test_the_small_lines_know_what_was_before(
    client: Client, console: Console, open_page: Open
) -> None:
    """Of each room, at even steps; the page draws them as soon as there are two."""
    found = (await client(Role.VIEWER).get("/sparks")).json()
    assert set(console.live.seen) == set(found)
    assert {12} == {each["step_seconds"] for each in found.values()}
    page = await open_page("/")
    line = page.locator('tr[data-room="drop"] .spark .series')
    await expect(line).to_have_attribute("d", re.compile(r"^M.*L"), timeout=40_000)
