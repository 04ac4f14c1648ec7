"""Makes the pictures of the console in ``docs/images``: ``python -m docs.pictures [--minutes 5] [--out docs/images]
[--only support,room]``.

A shop, a gateway with several rooms, a crowd, and two operators who turn the dials; then a Chromium looks at each page.
Needs what the tests need.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from docs.pictures_site import (
    LOST,
    Site,
    come_back,
    operate,
    people_the_others,
    running,
    stop_redis,
    support_code_of,
    wait_for_hours,
)

DESK, TOOL, PHONE = (1280, 800), (1080, 720), (390, 844)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<match target="pattern"><edit name="family" mode="prepend_first" binding="strong"><string>{name}</string></edit></match>
<dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>"""
"""Pictures look the same on every machine, and as a browser with a usual font shows them."""


async def turn_the_rate(_: Site, page: Page) -> None:
    """A rate that is looked at, and not set yet."""
    await page.fill("#rate", "180")
    await page.locator('#effect [data-row="last"] [data-at="delta"]:not(:empty)').wait_for()


async def ask_to_pause(_: Site, page: Page) -> None:
    """The question before a pause."""
    await page.keyboard.press("p")


async def scroll_to_course(_: Site, page: Page) -> None:
    """To the charts, with what stood at one moment."""
    await page.locator("#charts-title").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 560)
    await page.wait_for_timeout(500)
    await page.locator("#chart-flow .plot").hover(position={"x": 400, "y": 60})


async def weigh(_: Site, page: Page) -> None:
    """Weights that are typed, and not set yet."""
    await page.fill("#weight-members", "3")


async def write_a_message(_: Site, page: Page) -> None:
    """A message that is written, with another language."""
    await page.get_by_role("textbox", name="Text", exact=True).fill("Size 38 is sold out")
    await page.get_by_role("button", name="Add a language").click()
    await page.keyboard.type("de")
    await page.locator(".translations textarea").fill("Größe 38 ist ausverkauft")
    await page.wait_for_timeout(1500)


async def try_a_request(_: Site, page: Page) -> None:
    """What becomes of a request."""
    await page.get_by_role("button", name="Try it").click()
    await page.locator("#fate:not(:empty)").wait_for()


async def look_back(site: Site, page: Page) -> None:
    """After some hours in which people waited."""
    await wait_for_hours(site, "autumn-sale")
    await page.goto("/rooms/autumn-sale/feedback")


async def rehearse(site: Site, page: Page) -> None:
    """A small sale, to its end."""
    headers = {"authorization": f"Bearer {site.token('anna')}"}
    async with httpx.AsyncClient(base_url=site.console, headers=headers) as client:
        body = {"visitors": 3000, "rate": "200", "over": 600}
        (await client.post("/api/rehearsals", json=body)).raise_for_status()
        for _ in range(120):
            await page.wait_for_timeout(500)
            if (await client.get("/api/rehearsals")).json()[0]["phase"] == "done":
                break
    await page.reload()
    await page.wait_for_timeout(1000)
    await page.locator('[data-part="list"]').scroll_into_view_if_needed()


async def find_who_was_lost(site: Site, page: Page) -> None:
    """Whoever missed their turn and came back: the place that they have now."""
    code = await support_code_of(site, "autumn-sale", LOST)
    await page.fill("#code", code.lower())
    await page.keyboard.press("Enter")
    await page.locator(".place-code").wait_for()


async def ask_for_a_second(site: Site, page: Page) -> None:
    """A rate beyond the bound, which somebody else has asked for."""
    headers = {"authorization": f"Bearer {site.token('bert')}", "if-match": "*"}
    body = {"rate": 900, "reason": "the shop has more machines"}
    async with httpx.AsyncClient(base_url=site.console) as client:
        (await client.patch("/api/rooms/drop", json=body, headers=headers)).raise_for_status()
    # tokens of one command line are one person: somebody signed in sees the buttons
    await page.locator("#approvals li").wait_for()


async def lose_redis(site: Site, page: Page) -> None:
    """Redis does not answer for a while."""
    await stop_redis(site, 25)
    await page.locator("#away:not([hidden])").wait_for()


Act = Callable[[Site, Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the page, the size and the colours of the window, and what is done before."""

    name: str
    path: str
    size: tuple[int, int] = TOOL
    theme: str = "light"
    act: Act | None = None


PICTURES = [
    Picture("rooms", "/", DESK),
    Picture("rooms-phone", "/", PHONE, "dark"),
    Picture("room", "/rooms/drop", DESK, act=turn_the_rate),
    Picture("room-dark", "/rooms/drop", DESK, "dark"),
    Picture("room-course", "/rooms/drop", DESK, "dark", scroll_to_course),
    Picture("room-phone", "/rooms/drop", PHONE),
    Picture("pause-phone", "/rooms/drop", PHONE, "dark", ask_to_pause),
    Picture("schedule", "/rooms/winter-sale/schedule"),
    Picture("lanes", "/rooms/drop/lanes", act=weigh),
    Picture("message", "/rooms/drop/message", DESK, act=write_a_message),
    Picture("preview", "/rooms/drop/preview"),
    Picture("feedback", "/rooms/autumn-sale/feedback", DESK, act=look_back),
    Picture("invitations", "/rooms/drop/invitations"),
    Picture("bypass", "/rooms/drop/bypass", act=try_a_request),
    Picture("settings", "/rooms/drop/settings"),
    Picture("record", "/rooms/drop/events"),
    Picture("record-audit", "/rooms/drop/events/audit"),
    Picture("support", "/support", DESK, act=find_who_was_lost),
    Picture("support-phone", "/support", PHONE, "dark", find_who_was_lost),
    Picture("rehearsals", "/rehearsals", act=rehearse),
    Picture("alerts", "/alerts"),
    Picture("audit", "/audit"),
    Picture("access", "/access"),
    Picture("account", "/account"),
    Picture("approval", "/rooms/drop", DESK, act=ask_for_a_second),
    Picture("redis-gone", "/rooms/drop", DESK, "dark", lose_redis),
]
"""Made in this order by somebody who is signed in."""


async def open_window(
    site: Site, browser: Browser, picture: Picture, held: Path | None = None
) -> BrowserContext:
    """A window for a picture; ``held`` is the file with what a browser holds that is signed in."""
    width, height = picture.size
    return await browser.new_context(
        base_url=site.console,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "dark" else "light",
        timezone_id="Europe/Riga",
        locale="en-GB",
        has_touch=width == PHONE[0],
        storage_state=held,
    )


async def save(page: Page, name: str, out: Path) -> None:
    """Writes a picture."""
    file = out / f"console-{name}.png"
    await page.screenshot(path=file)
    print(f"{file.name}: {file.stat().st_size // 1024} KB")


async def sign_in(site: Site, browser: Browser, out: Path) -> Path:
    """Lets an admin choose a password, with a picture of it and of the sign-in; the file with what
    their browser holds then."""
    context = await open_window(site, browser, Picture("", ""))
    page = await context.new_page()
    await page.goto("/sign-in")
    await save(page, "sign-in", out)
    await page.goto(site.link("carla"))
    await page.fill("#password", "tin sparrow lowland quartz")
    await save(page, "welcome", out)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{site.console}/")
    held = site.folder / "held.json"
    await context.storage_state(path=held)
    await context.close()
    return held


async def look(site: Site, browser: Browser, out: Path, only: frozenset[str]) -> None:
    """Makes the pictures."""
    held = await sign_in(site, browser, out)
    for picture in PICTURES:
        if only and picture.name not in only:
            continue
        context = await open_window(site, browser, picture, held)
        page = await context.new_page()
        await page.goto(picture.path)
        await page.wait_for_timeout(2500)
        if picture.act is not None:
            await picture.act(site, page)
        await save(page, picture.name, out)
        await context.close()


async def make(site: Site, seconds: float, out: Path, only: frozenset[str]) -> None:
    """Lets the site run, and looks at it."""
    others = asyncio.create_task(people_the_others(site))
    await operate(site, seconds)
    await come_back(site)
    fonts = site.folder / "fonts.conf"
    fonts.write_text(FONTS.format(name="Liberation Sans", cache=site.folder / "fonts"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        await look(site, browser, out, only)
        await browser.close()
    others.cancel()


def main() -> None:
    """Makes all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the site runs before")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--only", default="", help="names, with commas between them")
    options = parser.parse_args()
    only = frozenset(filter(None, options.only.split(",")))
    with running() as site:
        asyncio.run(make(site, options.minutes * 60, options.out, only))


if __name__ == "__main__":
    main()
