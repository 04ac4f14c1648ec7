"""A running gateway before the shop of these tests, and a visitor's way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.contract.harness import PAGE, Gateway
from tests.transparency.shop import Premises
from tests.transparency.visitor import Visitor, visitor

HOST = "shop.example"
ROOMS = [{"name": "main", "mode": "auto", "rate": 100_000, "session": "1d"}]


@dataclass(frozen=True)
class Site:
    """A gateway, and the pass of a shopper who was let in."""

    gateway: Gateway
    cookie: bytes

    @property
    def port(self) -> int:
        """Of the gateway."""
        return self.gateway.port

    def visitor(
        self, *, address: str | None = None, receive_bytes: int = 0
    ) -> AbstractAsyncContextManager[Visitor]:
        """A raw connection."""
        return visitor(self.port, address=address, receive_bytes=receive_bytes)

    def request(self, line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
        """A request of the admitted shopper. ``line`` is method and target."""
        return request(line, b"Cookie: " + self.cookie, *fields, body=body)

    def rss_bytes(self, what: str = "VmRSS") -> int:
        """The memory that the gateway holds; ``VmHWM`` is the most that it ever held."""
        status = Path(f"/proc/{self.gateway.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith(f"{what}:"))
        return int(line.split()[1]) * 1024


def request(line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    """A request of anybody."""
    lines = [line + b" HTTP/1.1", b"Host: " + HOST.encode(), *fields]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


def chunked(*pieces: bytes) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def admitted(gateway: Gateway, premises: Premises) -> Site:
    """The gateway with somebody let in."""
    with ThreadPoolExecutor(1) as shop:
        shop.submit(_answer_once, premises)
        answer = httpx.get(
            f"{gateway.url}/admission", headers={**PAGE, "host": HOST}, timeout=20, trust_env=False
        )
    passes = [name for name in answer.cookies if name.startswith("waitroom_pass_")]
    assert 1 == len(passes), answer.text
    return Site(gateway, "; ".join(f"{name}={value}" for name, value in answer.cookies.items()).encode())


def _answer_once(premises: Premises) -> None:
    asked = b""
    while not asked:  # a connection that a test before has left says nothing
        with premises.accept() as connection:
            asked = connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


async def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until something holds; fail after some seconds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it looks at what has no event of its own
            await asyncio.sleep(0.01)
