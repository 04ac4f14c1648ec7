"""Makes the pictures of the console in ``docs/images``: ``python docs/pictures.py [--minutes 5] [--out docs/images]``.

A shop, a gateway with several rooms, a crowd, and two operators who turn the dials; then a Chromium looks at it. Needs
what the tests need.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from waitroom.assembly.line import connect, store_of
from waitroom.demo.children import child
from waitroom.embedded import EmbeddedRedis
from waitroom.settings import Settings, load

DESK, PHONE = (1280, 800), (390, 844)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<match target="pattern"><edit name="family" mode="prepend_first" binding="strong"><string>{name}</string></edit></match>
<dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>"""
"""Pictures look the same on every machine, and as a browser with a usual font shows them."""
CONFIG = """
secret = "pictures of the console"
origin = "{origin}"
port = {port}
admin_port = {admin_port}
data_dir = "data"

[[rooms]]
name = "drop"
rate = 100
mode = "queue"
timezone = "America/New_York"
[rooms.lanes.members]
weight = 2

[[rooms]]
name = "autumn-sale"
paths = ["/autumn/*"]
rate = 600
capacity = 2000

[[rooms]]
name = "repairs"
paths = ["/repairs/*"]
mode = "pause"

[[rooms]]
name = "winter-sale"
paths = ["/winter/*"]
mode = "closed"
[[rooms.events]]
name = "winter"
opens = "{opens}"
rate = "200, then +100 every 10m to 600"
"""
QUIET = ("checkout", "gift-cards", "members-only", "outlet", "pre-orders", "spare-parts", "tickets")
"""Rooms in which nobody waits."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running gateway with its console."""

    settings: Settings
    gateway: str
    console: str
    folder: Path

    def token(self, who: str, role: str = "operator") -> str:
        """A new token for the console."""
        command = [sys.executable, "-m", "waitroom", "token", "--config", "waitroom.toml"]
        command += ["--role", role, "--label", who]
        return subprocess.check_output(command, cwd=self.folder, text=True).strip()  # noqa: S603


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running() -> Iterator[Site]:
    """The site, with a crowd before its first room."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waitroom-pictures-")))
        shop, port, admin_port = _free_port(), _free_port(), _free_port()
        options = ("--port", str(shop), "--capacity", "60", "--data", str(folder / "shop"))
        stack.enter_context(child("waitroom.demo.shop", *options))
        opens = datetime.now(UTC) + timedelta(hours=2, minutes=14)
        text = CONFIG.format(
            origin=f"http://127.0.0.1:{shop}",
            port=port,
            admin_port=admin_port,
            opens=opens.isoformat(timespec="minutes"),
        )
        text += "".join(f'\n[[rooms]]\nname = "{name}"\npaths = ["/{name}/*"]\n' for name in QUIET)
        config = folder / "waitroom.toml"
        config.write_text(text)
        # the settings' relative paths start at the file's folder
        stack.enter_context(child("waitroom", "serve", "--config", str(config)))
        site = Site(
            load(config, environ={}), f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}", folder
        )
        _await(f"{site.console}/health/live")
        _await(f"{site.gateway}/__waitroom/health/live")
        stack.enter_context(
            child(
                "waitroom.demo.crowd",
                "--gateway",
                site.gateway,
                "--visitors",
                "420",
                "--keep-line",
                "--quiet",
            )
        )
        yield site


def _await(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


async def people_the_others(site: Site) -> None:
    """Keeps lines in the rooms where the crowd does not go."""
    redis = connect(EmbeddedRedis(site.settings.data_dir).url)
    rooms = {room.name: room for room in site.settings.rooms}
    sale, repairs = store_of(rooms["autumn-sale"], redis), store_of(rooms["repairs"], redis)
    await sale.join(3100)
    await repairs.join(48)
    while True:
        for line in (sale, repairs):
            head = await line.advance()
            there = range(head.called + 1, head.issued + 1)
            if there:
                await line.see(there)
            for number in range(max(head.called - 15, 1), head.called + 1):
                await line.claim(number)
        await sale.join(11)
        await asyncio.sleep(1)


async def operate(site: Site, seconds: float) -> None:
    """Two operators turn the dials of the first room, spread over so many seconds."""
    anna, bert = site.token("anna"), site.token("bert")
    acts: list[tuple[str, str, dict[str, object]]] = [
        (anna, "PATCH", {"rate": 140, "reason": "the shop has room"}),
        (bert, "POST pause", {"reason": "Stock is being checked"}),
        (bert, "POST resume", {"reason": "Stock is right"}),
        (anna, "PATCH", {"rate": 120, "reason": "payment got slower"}),
    ]
    async with httpx.AsyncClient(base_url=site.console) as client:
        for pause, (token, what, body) in zip((0.3, 0.25, 0.08, 0.12), acts, strict=True):
            await asyncio.sleep(seconds * pause)
            method, _, action = what.partition(" ")
            path = f"/api/rooms/drop/{action}" if action else "/api/rooms/drop"
            headers = {"authorization": f"Bearer {token}", "if-match": "*"}
            (await client.request(method, path, json=body, headers=headers)).raise_for_status()
        await asyncio.sleep(seconds * 0.25)


async def turn_the_rate(page: Page) -> None:
    """A rate that is looked at, and not set yet."""
    await page.fill("#rate", "180")
    await page.locator('#effect [data-row="last"] [data-at="delta"]:not(:empty)').wait_for()


async def ask_to_pause(page: Page) -> None:
    """The question before a pause."""
    await page.keyboard.press("p")


async def scroll_to_course(page: Page) -> None:
    """To the charts, with what stood at one moment."""
    await page.locator("#charts-title").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 560)
    await page.wait_for_timeout(500)
    await page.locator("#chart-flow .plot").hover(position={"x": 250, "y": 60})


async def scroll_down(page: Page) -> None:
    """To what happened."""
    await page.locator("#feed-title").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 600)
    await page.wait_for_timeout(500)


async def weigh(page: Page) -> None:
    """Weights that are typed, and not set yet."""
    await page.fill("#weight-members", "3")


Act = Callable[[Page], Awaitable[None]]
PICTURES: list[tuple[str, str, tuple[int, int], str, Act | None]] = [
    ("rooms", "/", DESK, "light", None),
    ("rooms-phone", "/", PHONE, "dark", None),
    ("room", "/rooms/drop", DESK, "light", turn_the_rate),
    ("room-dark", "/rooms/drop", DESK, "dark", None),
    ("room-course", "/rooms/drop", DESK, "dark", scroll_to_course),
    ("room-record", "/rooms/drop", DESK, "light", scroll_down),
    ("room-phone", "/rooms/drop", PHONE, "light", None),
    ("pause-phone", "/rooms/drop", PHONE, "dark", ask_to_pause),
    ("lanes", "/rooms/drop/lanes", DESK, "light", weigh),
    ("settings", "/rooms/drop/settings", DESK, "light", None),
]
"""Name, path, size, colours, and what is done before."""


async def look(site: Site, browser: Browser, out: Path) -> None:
    """Makes the pictures."""
    token = site.token("anna")
    for name, path, (width, height), theme, act in PICTURES:
        context = await browser.new_context(
            base_url=site.console,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            timezone_id="Europe/Riga",
            locale="en-GB",
            has_touch=width == PHONE[0],
            extra_http_headers={"authorization": f"Bearer {token}"},
        )
        page = await context.new_page()
        await page.goto(path)
        await page.wait_for_timeout(2500)
        if act is not None:
            await act(page)
        file = out / f"console-{name}.png"
        await page.screenshot(path=file)
        print(f"{file}: {file.stat().st_size // 1024} KB")
        await context.close()


async def make(site: Site, seconds: float, out: Path) -> None:
    """Lets the site run, and looks at it."""
    others = asyncio.create_task(people_the_others(site))
    await operate(site, seconds)
    fonts = site.folder / "fonts.conf"
    fonts.write_text(FONTS.format(name="Liberation Sans", cache=site.folder / "fonts"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        await look(site, browser, out)
        await browser.close()
    others.cancel()


def main() -> None:
    """Makes all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the site runs before")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    options = parser.parse_args()
    with running() as site:
        asyncio.run(make(site, options.minutes * 60, options.out))


if __name__ == "__main__":
    main()
