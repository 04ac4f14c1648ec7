"""The page of one room: dials, brakes, and what two operators do at once."""

from __future__ import annotations

import asyncio
import re
import time

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from admin.auth.roles import Role
from admin.console import Console
from admin.pages.static import FILES
from tests.admin.conftest import Client
from tests.admin.pages.conftest import Crowd, Open
from waitroom.line.rules import Mode

pytestmark = pytest.mark.anyio


async def last_event(client: httpx.AsyncClient) -> tuple[str, str]:
    """Who did the last thing in the room, and why."""
    state = (await client.get("/api/rooms/drop")).json()
    return state["last_change"]["who"], state["last_change"]["why"]


async def is_live(page: Page) -> None:
    """Waits until the page has heard of the room."""
    await expect(page.locator("#live")).to_have_text("Live")
    await expect(page.locator("#clock")).not_to_be_empty()


async def test_the_first_view_needs_no_script(open_page: Open, crowd: Crowd, console: Console) -> None:
    """The figures, the mode and what limits are in the page as it comes."""
    await crowd(40, "late-sale")
    await console.live.rooms["late-sale"].start()
    await asyncio.sleep(1.1)
    page = await open_page("/rooms/late-sale", scripts=False)
    await expect(page.locator('[data-v="waiting"]').first).to_have_text("40")
    await expect(page.locator("#mode-badge")).to_have_text("Paused")
    await expect(page.locator("#limit-says")).to_have_text("The pause")
    await expect(page.locator("#live")).to_have_text("As loaded")
    await expect(page.locator("noscript code").first).to_be_visible()


async def test_a_rate_is_turned_by_keyboard_looked_at_and_taken_back(
    open_page: Open, crowd: Crowd, client: Client
) -> None:
    """The effect stands there before anything is set; one key takes it back."""
    await crowd(2000)
    page = await open_page("/rooms/drop")
    await is_live(page)
    await page.keyboard.press("r")
    await page.keyboard.type("240")
    last = page.locator('#effect [data-row="last"]')
    await expect(last.locator('[data-at="after"]')).to_have_text(re.compile("^8 min"))
    await expect(last.locator('[data-at="delta"]')).to_contain_text("▼")
    viewer = client(Role.VIEWER)
    assert 120 == (await viewer.get("/api/rooms/drop")).json()["rate"]

    await page.keyboard.press("Tab")
    await page.fill("#why", "the shop has room")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("Set: rate 120 → 240")
    assert 240 == (await viewer.get("/api/rooms/drop")).json()["rate"]
    assert ("token anna", "the shop has room") == await last_event(viewer)
    await expect(page.locator("#events")).to_contain_text("Rate 120 → 240")

    await page.locator("#main").focus()
    await page.keyboard.press("u")
    await expect(page.locator(".toast").last).to_contain_text("Undone: rate 240 → 120")
    assert 120 == (await viewer.get("/api/rooms/drop")).json()["rate"]


async def test_the_dial_turns_by_keys_and_by_hand(open_page: Open) -> None:
    """Arrows by a little, page keys by a lot, and a drag to where one points."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    dial = page.get_by_role("slider", name="Rate dial")
    await dial.focus()
    for key, value in (
        ("ArrowUp", "122"),
        ("PageUp", "142"),
        ("ArrowLeft", "140"),
        ("Home", "0"),
        ("End", "200"),
    ):
        await page.keyboard.press(key)
        assert value == await dial.get_attribute("aria-valuenow"), key
    await page.keyboard.press("Escape")
    await expect(page.locator("#rate")).to_have_value("120")
    box = await dial.bounding_box()
    assert box is not None
    top = box["x"] + box["width"] / 2, box["y"] + 16 * box["width"] / 200
    await page.mouse.move(*top)
    await page.mouse.down()
    await page.mouse.up()
    await expect(page.locator("#confirm")).to_have_text("Set rate 100")


async def test_turning_a_cap_down_never_takes_it_away(open_page: Open) -> None:
    """The lowest is one place; no cap at all is a button of its own."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    dial = page.get_by_role("slider", name="Capacity dial")
    assert "no cap" == await dial.get_attribute("aria-valuetext")
    await page.fill("#capacity", "3")
    await dial.focus()
    for _ in range(5):
        await page.keyboard.press("PageDown")
    await expect(page.locator("#confirm")).to_have_text("Set capacity 1")
    await page.get_by_role("button", name="No cap").click()
    await expect(page.locator("#confirm")).to_have_text("Nothing to set")


async def test_what_is_no_rate_is_not_taken(open_page: Open) -> None:
    """It is said what is allowed, and there is nothing to set."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    for wrong in ("-5", "abc", "1e9", "1 000 001"):
        await page.fill("#rate", "")
        await page.locator("#rate").press_sequentially(wrong)
        await expect(page.locator("#rate")).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("#confirm")).to_be_disabled()


async def test_pause_and_resume_are_one_key_away_and_ask_why(open_page: Open, client: Client) -> None:
    """At the same place; the record has the reason."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    brake = page.locator("#brake")
    before = await brake.bounding_box()
    await page.keyboard.press("p")
    await page.keyboard.type("stock is off")
    await page.keyboard.press("Enter")
    await expect(brake).to_contain_text("Resume")
    await expect(page.locator("#limit-says")).to_have_text("The pause")
    await expect(page.locator("#mode-badge")).to_have_text("Paused")
    assert before == await brake.bounding_box()
    viewer = client(Role.VIEWER)
    assert ("token anna", "stock is off") == await last_event(viewer)

    await brake.click()
    await page.keyboard.press("Enter")
    await expect(brake).to_contain_text("Pause")
    assert Mode.AUTO == (await viewer.get("/api/rooms/drop")).json()["mode"]


async def test_a_usual_reason_pauses_by_one_more_click(open_page: Open, client: Client) -> None:
    """Nobody has to type while the shop burns."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    await page.locator("#brake").click()
    await page.get_by_role("button", name="Something looks wrong").click()
    await expect(page.locator("#mode-badge")).to_have_text("Paused")
    assert ("token anna", "Something looks wrong") == await last_event(client(Role.VIEWER))


async def test_who_is_overtaken_is_told_and_loses_nothing(open_page: Open, client: Client) -> None:
    """What another has set is shown, what was turned stays, and counts only once it is confirmed anew."""
    anna = await open_page("/rooms/drop")
    bert = await open_page("/rooms/drop", who="bert")
    await is_live(anna)
    await is_live(bert)
    await anna.fill("#rate", "200")
    await anna.fill("#why", "more room")
    await bert.fill("#rate", "300")
    await bert.click("#confirm")
    await expect(anna.locator("#conflict")).to_contain_text("token bert set rate 120 → 300 meanwhile")
    await expect(anna.locator("#rate")).to_have_value("200")
    await expect(anna.locator("#why")).to_have_value("more room")
    viewer = client(Role.VIEWER)
    assert 300 == (await viewer.get("/api/rooms/drop")).json()["rate"]
    await anna.click("#confirm")
    await expect(anna.locator(".toast")).to_contain_text("Set: rate 300 → 200")
    assert 200 == (await viewer.get("/api/rooms/drop")).json()["rate"]


async def test_who_confirms_by_what_was_there_before_sets_nothing(open_page: Open, client: Client) -> None:
    """Though the page has not heard of the other change: it is told then, and keeps what was turned."""
    bert = client(Role.OPERATOR)
    late = (await bert.get("/api/rooms/drop")).text
    page = await open_page("about:blank")

    async def tell(route: Route) -> None:
        news = f'{{"build":"{FILES.digest}","at":{time.time() * 1000:.0f},"state":{late},"point":null,"events":[]}}'
        await route.fulfill(content_type="text/event-stream", body=f"data: {news}\n\n")

    await page.route("**/live/drop", tell)
    await page.goto("/rooms/drop")
    await is_live(page)
    await page.fill("#rate", "200")
    await bert.patch("/api/rooms/drop", json={"rate": 300}, headers={"if-match": "*"})
    await page.click("#confirm")
    await expect(page.locator("#conflict")).to_contain_text("set rate 120 → 300 meanwhile")
    await expect(page.locator("#rate")).to_have_value("200")
    assert 300 == (await bert.get("/api/rooms/drop")).json()["rate"]


async def test_a_viewer_looks_and_sets_nothing(open_page: Open) -> None:
    """And is told so, not left to guess."""
    page = await open_page("/rooms/drop", Role.VIEWER)
    await is_live(page)
    await expect(page.locator("#rate")).to_be_disabled()
    await page.keyboard.press("p")
    await expect(page.locator(".toast")).to_contain_text("Your role is to look")
    await expect(page.locator("#pausing")).not_to_be_visible()


async def test_a_mode_is_set_like_a_rate(open_page: Open, client: Client) -> None:
    """Looked at first, then confirmed."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    await page.get_by_label("Queue").check(force=True)
    await expect(page.locator("#confirm")).to_have_text("Set mode queue")
    await page.click("#confirm")
    await expect(page.locator("#mode-badge")).to_have_text("Queue")
    assert Mode.QUEUE == (await client(Role.VIEWER).get("/api/rooms/drop")).json()["mode"]


async def test_what_is_undone_is_what_one_sees(open_page: Open, client: Client) -> None:
    """A change that the page has not heard of is shown, and not undone unseen."""
    bert = client(Role.OPERATOR)
    await bert.patch("/api/rooms/drop", json={"rate": 200}, headers={"if-match": "*"})
    late = (await bert.get("/api/rooms/drop")).text
    page = await open_page("about:blank")

    async def tell(route: Route) -> None:
        news = f'{{"build":"{FILES.digest}","at":{time.time() * 1000:.0f},"state":{late},"point":null,"events":[]}}'
        await route.fulfill(content_type="text/event-stream", body=f"data: {news}\n\n")

    await page.route("**/live/drop", tell)
    await page.goto("/rooms/drop")
    await is_live(page)
    await bert.patch("/api/rooms/drop", json={"rate": 300}, headers={"if-match": "*"})
    await page.keyboard.press("u")
    await expect(page.locator(".toast")).to_contain_text("Nothing undone: meanwhile Rate 200 → 300")
    assert 300 == (await bert.get("/api/rooms/drop")).json()["rate"]


async def test_a_page_of_an_older_build_asks_to_be_reloaded(open_page: Open) -> None:
    """After an update of the console, whose messages it may not understand."""
    page = await open_page("about:blank")

    async def tell(route: Route) -> None:
        body = f'data: {{"build":"another","at":{time.time() * 1000:.0f},"rooms":[]}}\n\n'
        await route.fulfill(content_type="text/event-stream", body=body)

    await page.route("**/live", tell)
    await page.goto("/")
    await expect(page.locator(".toast")).to_contain_text("The console was updated")
    await page.unroute("**/live")
    await page.get_by_role("button", name="Reload").click()
    await is_live(page)
    await expect(page.locator(".toast")).to_have_count(0)


async def test_sold_out_is_said_with_a_press_and_taken_back(open_page: Open, client: Client) -> None:
    """With what it means, and a reason; the page shows it, and so does the record."""
    page = await open_page("/rooms/drop")
    await is_live(page)
    viewer = client(Role.VIEWER)
    for label, word, shown in (("Yes:", "yes", "Sold out"), ("No:", "no", "Sold out…")):
        await page.click("#stock")
        await page.get_by_label(label).check()
        await page.fill("#stock-why", f"counted: {word}")
        await page.click("#stock-now")
        await expect(page.locator("#stock")).to_have_text(shown)
        assert word == (await viewer.get("/api/rooms/drop")).json()["settings"]["sold_out"]
        assert ("token anna", f"counted: {word}") == await last_event(viewer)
    await expect(page.locator("#events")).to_contain_text("No longer sold out")
