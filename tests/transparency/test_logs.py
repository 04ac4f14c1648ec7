"""A gateway's log stays short, whatever anybody does by the thousand."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.contract.harness import Gateway
from tests.hardening.logs import make_room
from tests.transparency.conftest import Launch
from tests.transparency.shop import Answer, Call, Premises, said, says
from tests.transparency.site import request
from tests.transparency.visitor import visitor

pytestmark = pytest.mark.anyio

THOUSAND = 1000
AT_ONCE = 20
FEW = 5

BAD = [
    b"junk\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    request(b"BREW /"),
    request(b"GET /" + b"a" * 20_000),
    request(b"GET /%2e%2e/%00"),
    request(b"GET /", b"X: " + b"a" * 20_000),
    request(b"GET /__waitroom/main/../nothing"),
    request(b"GET /__waitroom/nobody/status"),
    request(b"POST /", b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    request(b"POST /", b"Transfer-Encoding: chunked") + b"zz\r\n",
    request(b"POST /", b"Content-Length: 500") + b"left in the middle",
    request(b"GET /", b"Upgrade: websocket", b"Connection: upgrade"),
    request(b"GET /", b"Cookie: waitroom_pass_main0=" + b"x" * 500),
    request(b"GET /", b"Waitroom-Ticket: \xff\xfe"),
]


def _lines(gateway: Gateway) -> list[str]:
    """Stops the gateway, and returns all that it has logged."""
    gateway.process.send_signal(signal.SIGTERM)
    _, logged = gateway.process.communicate(timeout=20)
    assert "Traceback" not in logged, logged[:3000]
    return [line for line in logged.splitlines() if line.strip()]


async def _each(gateway: Gateway, ask: Callable[[int], bytes]) -> None:
    """A thousand visitors, some at once, each on a connection of their own that ends before long."""
    numbers = iter(range(THOUSAND))

    async def some() -> None:
        for number in numbers:
            async with visitor(gateway.port) as one:
                one.writer.write(ask(number))
                try:
                    async with asyncio.timeout(0.1):
                        await one.reader.read()
                except (TimeoutError, ConnectionError):
                    pass

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def test_bad_requests_are_not_news(launch_once: Launch, premises: Premises) -> None:
    """A thousand of all kinds leave no more than a few lines."""
    gateway = launch_once()
    make_room(gateway.process)
    async with premises.open(says(said(b"ok"))):
        await _each(gateway, lambda number: BAD[number % len(BAD)])
    assert len(_lines(gateway)) <= FEW


def _refusing() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


async def _closes(call: Call) -> None:
    call.writer.close()


async def _breaks_off(call: Call) -> None:
    await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await asyncio.sleep(0)
    call.writer.close()


@pytest.mark.parametrize("shop", [None, _closes, _breaks_off], ids=["refuses", "closes", "breaks-off"])
async def test_a_failing_shop_is_told_once_a_second(
    launch_once: Launch, premises: Premises, shop: Answer | None
) -> None:
    """However many requests fail: one line, and how many there were besides."""
    gateway = launch_once(origin=_refusing() if shop is None else premises.url)
    make_room(gateway.process)

    def ask(number: int) -> bytes:
        return request(b"GET /%d?%b" % (number, b"q" * 5000), b"Connection: close")

    begun = time.monotonic()
    async with premises.open(shop or _closes):
        await _each(gateway, ask)
        await asyncio.sleep(1.2)
        async with visitor(gateway.port) as last:
            await last.say(ask(THOUSAND))
            await last.rest()
    lines = _lines(gateway)
    kinds = 2  # such as: no connection, and one that was lost
    assert len(lines) <= kinds * (time.monotonic() - begun + 1) + FEW
    assert max(map(len, lines)) < 1000
    left_out = [int(number) for line in lines for number in re.findall(r"\(and ([0-9]+) more\)", line)]
    told = len([line for line in lines if "GET /" in line])
    assert told + sum(left_out) <= THOUSAND + 1
    assert sum(left_out) > THOUSAND / 2
