"""The site of which ``pictures.py`` makes pictures: a shop, a gateway with several rooms, a crowd, and operators."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.feedback.counts import a_sale
from waitroom.assembly.line import store_of
from waitroom.assembly.redis import connect
from waitroom.demo.children import child
from waitroom.embedded import EmbeddedRedis
from waitroom.line.desk import Spot
from waitroom.line.memory import GENERAL
from waitroom.settings import Settings, load
from waitroom.support.code import support_code

CONFIG = """
secret = "pictures of the console"
origin = "{origin}"
port = {port}
admin_port = {admin_port}
data_dir = "data"

[approval]
rate_above = 500

[[alerts]]
name = "line"
threshold = 300
lasting = "10s"

[[notify]]
name = "on-call"
severity = "info"
url = "http://127.0.0.1:9/alerts"

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
keep = "20s"
[rooms.feedback]
ask = "csat"

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
LOST = 1500
"""The number in autumn-sale of whoever is not there when called, and comes back too late."""
QUIET = ("checkout", "gift-cards", "members-only", "outlet", "pre-orders", "spare-parts", "tickets")
"""Rooms in which nobody waits."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running gateway with its console."""

    settings: Settings
    gateway: str
    console: str
    folder: Path

    def link(self, who: str) -> str:
        """A one-time link by which a new admin chooses a password."""
        command = [
            sys.executable,
            "-m",
            "waitroom",
            "user",
            who,
            "--role",
            "admin",
            "--config",
            "waitroom.toml",
        ]
        return next(word for word in self._run(command).split() if word.startswith("http"))

    def token(self, who: str, role: str = "operator") -> str:
        """A new token for the console."""
        command = [sys.executable, "-m", "waitroom", "token", "--config", "waitroom.toml"]
        command += ["--role", role, "--label", who]
        return self._run(command).strip()

    def _run(self, command: list[str]) -> str:
        # the pages name whoever types it
        environment = {**os.environ, "LOGNAME": "ops"}
        return subprocess.check_output(command, cwd=self.folder, text=True, env=environment)  # noqa: S603


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
            lost = LOST if line is sale else 0
            there = [number for number in range(head.called + 1, head.issued + 1) if number != lost]
            if there:
                await line.see(there)
            for number in range(max(head.called - 15, 1), head.called + 1):
                if number != lost:
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


async def support_code_of(site: Site, room: str, number: int) -> str:
    """What the page of that number shows."""
    redis = connect(EmbeddedRedis(site.settings.data_dir).url)
    line = store_of(next(each for each in site.settings.rooms if each.name == room), redis)
    code = support_code(room, (await line.advance()).epoch, GENERAL, number)
    await redis.aclose()
    return code


async def come_back(site: Site) -> None:
    """Whoever was lost comes back, and is given another place."""
    redis = connect(EmbeddedRedis(site.settings.data_dir).url)
    line = store_of(next(each for each in site.settings.rooms if each.name == "autumn-sale"), redis)
    await line.follow((await line.join(1)).first, Spot(GENERAL, LOST))
    await redis.aclose()


async def wait_for_hours(site: Site, room: str) -> None:
    """Some hours in which people waited, and said how it was."""
    redis = connect(EmbeddedRedis(site.settings.data_dir).url)
    await a_sale(redis, room, int(time.time() // 3600) - 1)
    await redis.aclose()


async def stop_redis(site: Site, seconds: float) -> None:
    """Redis answers nobody for so long."""
    redis = connect(EmbeddedRedis(site.settings.data_dir).url)
    await redis.client_pause(int(seconds * 1000))
    await redis.aclose()
