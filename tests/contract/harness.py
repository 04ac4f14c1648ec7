"""A gateway as users start it, and the visitors who come to it."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from waitroom.line.store import LineStore

PAGE = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}
"""What a browser sends when somebody opens an address."""
APP = {"accept": "application/json"}
"""What a script or an app sends."""
ROOM = {"presence": "2s", "keep": "3s", "session": "30s", "burst": "5s", "rate": 600}
"""A room with times short enough for a test."""

SECRET = "a secret for tests only"

Options = Mapping[str, object]


@dataclass(frozen=True)
class Gateway:
    """A running gateway."""

    url: str
    workers: int
    config: Path
    redis_url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """Where it listens, on the loopback."""
        return int(self.url.rpartition(":")[2])

    def set(self, room: str, *changes: str) -> None:
        """``waitroom set``, as ops staff use it."""
        command = [sys.executable, "-m", "waitroom", "set", room, *changes, "--config", str(self.config)]
        subprocess.run(command, check=True, capture_output=True, timeout=20)

    def client(self, headers: Mapping[str, str], *, local_address: str | None = None) -> httpx.AsyncClient:
        """A client whose every request is a new connection, to whichever worker takes it."""
        limits = httpx.Limits(max_keepalive_connections=0)
        transport = httpx.AsyncHTTPTransport(local_address=local_address, limits=limits)
        return httpx.AsyncClient(base_url=self.url, headers=headers, transport=transport, timeout=15)

    async def raw(self, request: bytes, *, seconds: float = 5) -> tuple[bytes, bool]:
        """What is answered to these bytes, and whether the gateway then closed the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer, closed = b"", False
        try:
            writer.write(request)
            async with asyncio.timeout(seconds):
                while piece := await reader.read(65536):
                    answer += piece
                closed = True
        except TimeoutError:
            pass
        except ConnectionError:
            closed = True
        finally:
            writer.close()
        return answer, closed

    def stop(self, *, seconds: float = 15) -> float:
        """Tells it to stop, and returns how long that took. It must end well and without complaint."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        _, complaints = self.process.communicate(timeout=seconds)
        assert "Traceback" not in complaints, complaints
        # of its own accord, or by the signal once all is done
        assert self.process.returncode in (0, -signal.SIGTERM), complaints
        return time.monotonic() - begun

    def kill(self) -> None:
        """Ends it at once, where it still runs."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


def start_gateway(
    folder: Path,
    redis_url: str,
    origin: str,
    rooms: Sequence[Options],
    *,
    workers: int = 1,
    trust: ssl.SSLContext | None = None,
    **settings: object,
) -> Gateway:
    """``waitroom serve`` with a configuration file in ``folder``; returns when every room reaches its line.

    ``trust`` is what visitors believe of a gateway that speaks TLS."""
    site: dict[str, Any] = {"secret": SECRET}
    site |= {"redis_url": redis_url, "origin": origin, "admin_port": 0, "console": False}
    site |= {"trusted_proxies": ["127.0.0.2/32"], "data_dir": str(folder / "data"), **settings}
    tables = {name: site.pop(name) for name, value in list(site.items()) if _is_tables(value)}
    tables["rooms"] = [{**ROOM, **room} for room in rooms]
    lines = _lines(site)
    for name, each in tables.items():
        for table in each:
            lines += [f"[[{name}]]", *_lines(table)]
    config = folder / "waitroom.toml"
    config.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "waitroom", "serve", "--config", str(config)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--workers", str(workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        return _ready(Gateway(_announced(process), workers, config, redis_url, process), trust)
    except BaseException:
        process.kill()
        raise AssertionError(f"the gateway did not start: {process.communicate()[1]}") from None


def _toml(value: object) -> str:
    """A value as the file has it; tables in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _lines(table: Options) -> list[str]:
    return [f"{name} = {_toml(value)}" for name, value in table.items()]


def _announced(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    version, arrow, address = process.stdout.readline().partition(": ")
    assert arrow, version
    return address.split()[0]


def _ready(gateway: Gateway, trust: ssl.SSLContext | None) -> Gateway:
    deadline, answers = time.monotonic() + 20, 0
    while answers < 4 * gateway.workers:  # often enough that every worker has answered
        assert time.monotonic() < deadline
        ready = httpx.get(
            f"{gateway.url}/__waitroom/health/ready", timeout=20, trust_env=False, verify=trust or True
        )
        answers = answers + 1 if ready.status_code == 200 else 0
    return gateway


class House:
    """One room of a running gateway, all for one test. It answers to a host of its own."""

    def __init__(self, gateway: Gateway, name: str, redis: Redis) -> None:
        self.gateway = gateway
        self.name = name
        self.host = f"{name}.example"
        self.store = LineStore(redis, name)
        self._clients: list[httpx.AsyncClient] = []

    def visitor(
        self, headers: Mapping[str, str] = PAGE, *, local_address: str | None = None, **more: str
    ) -> httpx.AsyncClient:
        """A newcomer with no cookies. Keyword arguments are further headers, with ``_`` for ``-``."""
        extra = {name.replace("_", "-"): value for name, value in more.items()}
        client = self.gateway.client({**headers, "host": self.host, **extra}, local_address=local_address)
        self._clients.append(client)
        return client

    def own(self, action: str) -> str:
        """An address of the room's own."""
        return f"/__waitroom/{self.name}/{action}"

    def cookie(self, client: httpx.AsyncClient, kind: str) -> str | None:
        """The ticket or the pass that a visitor holds as a cookie."""
        return client.cookies.get(f"waitroom_{kind}_{self.name}")

    async def configure(self, **changes: str) -> None:
        """Changes live settings, and waits until every worker follows."""
        await self.store.configure(changes, source="live", who="test")
        rules = await self.store.rules()
        client = self.visitor(APP)

        async def followed() -> bool:
            # the rules are read as a whole, so what the public document does not show has come with these
            line = (await client.get(self.own("line"))).json()
            return (rules.mode, rules.rate, rules.message) == (line["mode"], line["rate"], line["message"])

        await self.everywhere(followed)

    async def everywhere(self, check: Callable[[], Awaitable[bool]]) -> float:
        """Waits until ``check`` holds in every worker: so often in a row that each has been asked."""

        async def each() -> bool:
            for _ in range(8 * self.gateway.workers):
                if not await check():
                    return False
                if self.gateway.workers > 1:
                    # a worker that just now does not run on a busy machine would not be among those asked
                    await asyncio.sleep(0.03)
            return True

        return await eventually(each)

    async def aclose(self) -> None:
        """Closes every client."""
        for client in self._clients:
            await client.aclose()


async def eventually(check: Callable[[], Awaitable[bool]], *, within: float = 25.0) -> float:
    """Waits until ``check`` holds, and returns how long that took in seconds."""
    begun = time.monotonic()
    while not await check():
        assert time.monotonic() - begun < within, "this never came true"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def entered(
    client: httpx.AsyncClient, path: str = "/lab/echo", *, within: float = 25.0
) -> httpx.Response:
    """Asks again and again, as a waiting browser does, until the shop answers; returns that answer."""
    answers: list[httpx.Response] = []

    async def inside() -> bool:
        answers.append(await client.get(path))
        return answers[-1].status_code == 200

    await eventually(inside, within=within)
    return answers[-1]


def reached(answer: httpx.Response) -> dict[str, list[str]]:
    """The request headers that reached the shop, by the answer of its ``/lab/echo``."""
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name, []).append(value)
    return found


def session_of(answer: httpx.Response) -> str:
    """The visit as which a request reached the shop."""
    (session,) = reached(answer)["waitroom-visitor"]
    return session


@asynccontextmanager
async def events(
    client: httpx.AsyncClient, address: str
) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any]]]]:
    """An open event stream: pairs of the event's name and its data."""

    async def read(answer: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        name = ""
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)

    async with client.stream("GET", address) as answer:
        assert 200 == answer.status_code
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield read(answer)
