"""The script for single-page shops: a call is held, the wait is shown over the page, and the shop goes on."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.admin.pages.conftest import DESK, PHONE
from tests.browser.embed.conftest import Open, Spa
from tests.browser.embed.network import Network
from tests.contract.harness import APP, Gateway, eventually

pytestmark = pytest.mark.anyio

ENGLISH = "data-lang=en"
ARABIC = (
    "data-lang=ar data-dir=rtl data-waiting='أنت في الطابور' data-place='مكانك: {}' data-eta='الانتظار: {}' "
    "data-kept='مكانك محفوظ. تستمر هذه الصفحة من تلقاء نفسها عندما يحين دورك.' data-hide='تصفح في الأثناء' "
    "data-leave='التخلي عن مكاني'"
)


async def waiting(api: Gateway, room: str, count: int) -> None:
    """Waits until so many wait at least; 0: nobody."""

    async def so_many() -> bool:
        async with api.client(APP) as client:
            found = (await client.get(f"/__waitroom/{room}/line")).json()["waiting"]
            return bool(found >= count if count else found == 0)

    await eventually(so_many)


async def joined(api: Gateway, room: str, count: int, *, let_in: int = 0) -> None:
    """So many others wait, whether or not ``let_in`` more who came with them are let in at once."""
    for _ in range(count + let_in):
        async with api.client(APP) as other:
            await other.get(f"/{room}/x")
    await waiting(api, room, count)


async def test_a_held_call_is_done_when_the_turn_comes(open_shop: Open, api: Gateway) -> None:
    """The page shows the place meanwhile, and is not left; the call then gets the shop's own answer, body and all."""
    await joined(api, "buy", 2)
    page = await open_shop("/buy/shoes")
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("You are in line")
    await expect(dialog).to_contain_text("Your place: 3")
    await expect(page.locator("#log")).to_be_empty()
    api.set("buy", "mode=queue", "rate=6000")
    await expect(page.locator("#log")).to_have_text("admitted buy\nanswer 200\n")
    await expect(dialog).to_have_count(0)


async def test_without_retry_the_shop_goes_on_by_the_event(open_shop: Open, api: Gateway) -> None:
    """The call gets the answer of the gateway at once; after the event the next one goes to the shop."""
    page = await open_shop("/plain/shoes", attributes="")
    await page.click("#buy")
    await expect(page.get_by_role("dialog")).to_contain_text("Your place: 1")
    await expect(page.locator("#log")).to_have_text("answer 503\n")
    api.set("plain", "mode=queue", "rate=6000")
    await expect(page.locator("#log")).to_have_text("answer 503\nadmitted plain\n")
    await page.click("#buy")
    await expect(page.locator("#log")).to_have_text("answer 503\nadmitted plain\nanswer 200\n")


async def test_an_xmlhttprequest_is_noticed_too(open_shop: Open, api: Gateway) -> None:
    """As older libraries use it."""
    page = await open_shop("/xhr/shoes")
    await page.click("#buy")
    await expect(page.get_by_role("dialog")).to_contain_text("Your place: 1")
    api.set("xhr", "mode=queue", "rate=6000")
    await expect(page.locator("#log")).to_have_text("answer 503\nadmitted xhr\n")


async def test_the_place_is_live_and_never_rises(open_shop: Open, api: Gateway) -> None:
    """Those ahead leave, and the number falls; an operator's message comes without being asked for."""
    async with api.client(APP) as first:
        await first.get("/live/x")
        await waiting(api, "live", 1)
        page = await open_shop("/live/shoes")
        await page.click("#buy")
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Your place: 2")
        await first.post("/__waitroom/live/leave")
    await waiting(api, "live", 1)
    api.set("live", "message=Back in five minutes")
    await expect(dialog).to_contain_text("Back in five minutes")
    await expect(dialog).to_contain_text("Your place: 1")


async def test_a_place_can_be_given_up(open_shop: Open, api: Gateway) -> None:
    """The call gets the answer that it had got, and nobody waits any more."""
    page = await open_shop("/leave/shoes")
    await page.click("#buy")
    await page.get_by_role("button", name="Give up my place").click()
    await expect(page.locator("#log")).to_have_text("left leave\nanswer 503\n")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await waiting(api, "leave", 0)


async def test_one_can_look_around_meanwhile(open_shop: Open, api: Gateway) -> None:
    """The page can be used, the place is kept; the next held call shows it again."""
    page = await open_shop("/hide/shoes")
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await page.get_by_role("button", name="Look around meanwhile").click()
    await expect(dialog).to_be_hidden()
    await page.click("#buy")
    await expect(dialog).to_contain_text("Your place: 1")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    api.set("hide", "mode=queue", "rate=6000")
    await expect(page.locator("#log")).to_have_text("admitted hide\nanswer 200\nanswer 200\n")


async def test_a_lost_connection_is_said_and_mended(open_shop: Open, network: Network) -> None:
    """Since when, and that the place is kept; nothing is lost by it."""
    page = await open_shop("/lost/shoes")
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Your place: 1")
    await network.down()
    await expect(dialog.get_by_role("alert")).to_contain_text(
        "Connection lost. Last heard at ", timeout=60_000
    )
    if keep := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(keep) / "embed-lost.png")
    await network.up()
    await expect(dialog.get_by_role("alert")).to_be_hidden(timeout=60_000)
    await expect(dialog).to_contain_text("Your place: 1")


async def test_a_closed_room_is_said(open_shop: Open) -> None:
    """There is no place to give up."""
    page = await open_shop("/closed/shoes")
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("The shop is closed")
    await expect(dialog.get_by_role("button", name="Give up my place")).to_be_hidden()
    await expect(dialog.get_by_role("link")).to_be_hidden()


async def test_what_the_page_cannot_do_is_done_in_the_waiting_room(open_shop: Open) -> None:
    """A challenge, a code: a link opens the waiting room, which leads back to this page."""
    page = await open_shop("/work/shoes")
    await page.click("#buy")
    here = page.url
    await page.get_by_role("dialog").get_by_role("link", name="Open the waiting room").click()
    await page.wait_for_url(here, timeout=60_000)
    await page.click("#buy")
    await expect(page.locator("#log")).to_have_text("answer 200\n")


async def test_the_example_of_the_manual_waits_and_gets_its_basket(
    open_shop: Open, api: Gateway, spa: Spa
) -> None:
    """As it stands in docs/examples; only the host is another."""
    page = await open_shop("/")
    await page.goto(f"http://www.shop.example:{spa.port}/example.html")
    await expect(page.get_by_role("dialog")).to_contain_text("Your place: 1")
    api.set("basket", "mode=queue", "rate=6000")
    await expect(page.locator("body")).to_contain_text("the shop")


async def test_words_are_the_shops_to_change(open_shop: Open) -> None:
    """By attributes of the script; also where the room speaks Cloudflare's JSON."""
    page = await open_shop("/soon/shoes", attributes='data-retry data-waiting="Nearly there" data-lang=lv')
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("Nearly there")
    await expect(dialog).to_contain_text("New stock at noon")


@pytest.mark.parametrize(
    ("size", "theme", "words"),
    [
        (PHONE, "light", ENGLISH), (PHONE, "dark", ARABIC), (DESK, "light", ARABIC), (DESK, "dark", ENGLISH),
        ((320, 480), "dark", ENGLISH),
    ],
    ids=["phone-light", "phone-dark-ar", "desk-light-ar", "desk-dark", "small-dark"],
)  # fmt: skip
async def test_it_can_be_read_by_everyone(
    open_shop: Open, api: Gateway, size: tuple[int, int], theme: str, words: str
) -> None:
    """No finding of axe, nothing wider than the screen, and the buttons within reach; from right to left as well."""
    await joined(api, "look", 3, let_in=1)
    page = await open_shop("/look/shoes", size=size, theme=theme, attributes=words)
    await page.click("#buy")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("د" if words == ARABIC else "min")
    if keep := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(keep) / f"embed-{size[0]}-{theme}.png")
    results = await Axe().run(page)
    assert [] == [each["id"] for each in results.response["violations"]]
    box = await dialog.bounding_box()
    assert box is not None
    assert 0 <= box["x"]
    assert box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
    assert ("rtl" if "rtl" in words else "ltr") == await dialog.evaluate(
        "node => getComputedStyle(node).direction"
    )
    for button in await dialog.get_by_role("button").all():
        await button.scroll_into_view_if_needed()
        tall = await button.bounding_box()
        assert tall is not None
        assert 44 <= tall["height"]


def test_it_is_small(api: Gateway) -> None:
    """At most 2 KB compressed, in one response; words and style, which only those load who wait, are as much."""
    for name in ("embed.js", "embed.json"):
        with httpx.stream("GET", f"{api.url}/__waitroom/{name}", trust_env=False) as answer:
            size = len(b"".join(answer.iter_raw()))
        assert "gzip" == answer.headers["content-encoding"]
        assert size <= 2048


@pytest.mark.parametrize(
    ("asked", "told", "direction"),
    [("lv-LV, en;q=0.5", "lv", "ltr"), ("ar", "ar", "rtl"), ("xx", "en", "ltr")],
)
def test_its_words_are_in_the_language_that_the_browser_asks_for(
    api: Gateway, asked: str, told: str, direction: str
) -> None:
    """Only those of that one are sent, and a cache keeps each language apart."""
    answer = httpx.get(
        f"{api.url}/__waitroom/embed.json", headers={"accept-language": asked}, trust_env=False
    )
    words = answer.json()["words"]
    assert (told, direction) == (words["lang"], words["dir"])
    assert told == answer.headers["content-language"]
    assert "accept-language" in answer.headers["vary"].lower()
    assert (words["leave"] == "Give up my place") is (told == "en")
