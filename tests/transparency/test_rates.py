"""Who takes an answer, or sends a body, a few bytes at a time does not hold the shop for long."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from tests.transparency.site import request, until
from tests.transparency.visitor import visitor
from waitroom.serving.http1 import HttpServer, Limits

pytestmark = pytest.mark.anyio

LIMITS = Limits(body_rate=2000, answer_rate=2000, rate_grace_seconds=1.0)
GET = request(b"GET /film", b"Connection: close")
LATE_SECONDS = 10.0
"""How much later than its limit something may end on a busy machine."""

Shop = Callable[[Send], Awaitable[None]]


@asynccontextmanager
async def served(app: ASGIApp, limits: Limits = LIMITS) -> AsyncIterator[tuple[int, ServerState]]:
    """The server alone, with an application of the test's own: its port and its state."""
    http = HttpServer(limits)
    config = uvicorn.Config(
        app,
        interface="asgi3",
        http=http,  # type: ignore[arg-type] # all that uvicorn does with it is to call it
        ws="none",
        proxy_headers=False,
        log_config=None,
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: http(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1], state
        for connection in list(state.connections):
            connection.shutdown()


def _answers(shop: Shop) -> ASGIApp:
    """An application that gives up when the visitor leaves."""

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        telling = asyncio.ensure_future(shop(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        telling.cancel()
        await asyncio.wait((telling,))

    return app


async def _a_film(send: Send) -> None:
    while True:
        await send({"type": "http.response.body", "body": b"z" * 65_536, "more_body": True})


async def _all_at_once(send: Send) -> None:
    await send({"type": "http.response.body", "body": b"z" * 50_000_000})


async def _take(port: int, *, size: int, times: int) -> int:
    """Take so much of the answer every 50 ms: how much came before the connection ended."""
    loop = asyncio.get_running_loop()
    with socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.setblocking(False)
        await loop.sock_connect(wire, ("127.0.0.1", port))
        await loop.sock_sendall(wire, GET)
        got = 0
        for _ in range(times):
            try:
                piece = await loop.sock_recv(wire, size)
            except ConnectionResetError:
                piece = b""
            if not piece:
                break
            got += len(piece)
            await asyncio.sleep(0.05)
        return got


@pytest.mark.parametrize("shop", [_a_film, _all_at_once])
async def test_who_takes_too_little_is_let_go(shop: Shop) -> None:
    """Though every look finds that some bytes more have left; also where the shop is done already."""
    async with served(_answers(shop)) as (port, state):
        taking = asyncio.create_task(_take(port, size=10, times=10_000))
        await until(lambda: bool(state.connections))
        await until(lambda: not state.connections and not state.tasks, seconds=1 + LATE_SECONDS)
        taking.cancel()


async def test_who_takes_enough_is_served() -> None:
    """However much more the shop has."""
    async with served(_answers(_a_film)) as (port, _):
        assert 80 * 4000 >= await _take(port, size=4000, times=80) > 40 * 4000


async def test_a_rate_of_0_is_none() -> None:
    """Then only who takes nothing at all is let go."""
    async with served(_answers(_a_film), Limits(answer_rate=0, rate_grace_seconds=0.5)) as (port, _):
        assert 600 == await _take(port, size=10, times=60)


async def test_a_slow_shop_is_not_the_visitors_fault() -> None:
    """Who takes all that there is may be given it at any rate."""

    async def slow(send: Send) -> None:
        for _ in range(40):
            await send({"type": "http.response.body", "body": b"z", "more_body": True})
            await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b"end"})

    async with served(_answers(slow)) as (port, _), visitor(port) as one:
        await one.say(GET)
        assert (await one.answer()).body.endswith(b"end")


async def test_a_body_that_trickles_in_is_refused() -> None:
    """408, though none of its pauses is long."""

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with served(app) as (port, _), visitor(port) as one:
        await one.say(request(b"PUT /film", b"Content-Length: 9000"))

        async def drip() -> None:
            while True:
                one.writer.write(b"x")
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip())
        assert 408 == (await one.answer()).status
        dripping.cancel()


async def test_bytes_of_empty_lines_keep_no_connection() -> None:
    """Half an empty line is not the beginning of a request, however often it comes; a request after it is served."""

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async with served(app, Limits(keep_alive_seconds=2.0)) as (port, _), visitor(port) as one:

        async def drip() -> None:
            for byte in (b"\r", b"\n") * 100:
                one.writer.write(byte)
                await asyncio.sleep(0.1)

        one.writer.write(b"\r")
        await asyncio.sleep(0.1)
        await one.say(b"\n" + request(b"GET /"))
        assert b"ok" == (await one.answer()).body
        dripping = asyncio.create_task(drip())
        await one.ends()
        dripping.cancel()


async def test_a_hint_cannot_add_a_field() -> None:
    """Links that would end their line are dropped, the others are sent; without any there is no hint."""
    links = [b"</a>", b"</b>\r\nSet-Cookie: a=1", b"</c>\n", b"</d>\x00", b"</e>"]

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.early_hint", "links": links})
        await send({"type": "http.response.early_hint", "links": links[1:2]})
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with served(app) as (port, _), visitor(port) as one:
        await one.say(request(b"GET /"))
        expected = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nlink: </e>\r\n\r\n"
        assert expected == await one.until(b"\r\n\r\n")
        assert 204 == (await one.answer()).status
        assert [] == one.interim


async def test_a_failing_application_is_told_once_a_second(caplog: pytest.LogCaptureFixture) -> None:
    """With the address as it was sent, however many requests fail: nothing in it is a line of its own."""

    async def app(_: Scope, __: Receive, ___: Send) -> None:
        raise LookupError("no such thing")

    with caplog.at_level(logging.WARNING, logger="waitroom.serving"):
        async with served(app) as (port, _):
            for _ in range(5):
                async with visitor(port) as one:
                    await one.say(request(b"GET /a%0d%0aERROR?" + b"q" * 5000))
                    assert 500 == (await one.answer()).status
    assert len(caplog.messages) in (1, 2)
    told = caplog.messages[0]
    assert told.startswith("GET '/a%0d%0aERROR?qqq")
    assert len(told) < 300
