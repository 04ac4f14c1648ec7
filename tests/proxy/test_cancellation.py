"""Whenever a request ends early, nothing is left behind: no connection, no place in the queue, no task."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from waitroom.errors import ClientGoneError

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: s\r\n\r\n"


async def _hold(reader: Any, writer: Any) -> None:
    await reader.read(-1)


async def _leave(gateway: Any, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await gateway.until(lambda: len(gateway.outcomes) == 1)


async def test_a_visitor_leaves_before_the_answer(start_shop: Any, start_gateway: Any) -> None:
    """The origin's connection is dropped at once when the visitor leaves while it is still thinking."""
    shop = await start_shop(_hold)
    gateway = await start_gateway(shop.url)
    _, writer = await gateway.connect()
    writer.write(GET)
    await gateway.until(lambda: shop.open == 1)
    await _leave(gateway, writer)
    assert isinstance(gateway.outcomes[0], ClientGoneError)
    await gateway.until(lambda: shop.open == 0)
    assert "busy: 0, idle: 0," in repr(gateway.origin)


async def test_a_visitor_leaves_in_the_middle_of_a_stream(start_shop: Any, start_gateway: Any) -> None:
    """A silent event stream ends at the origin when its visitor leaves."""

    async def stream(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await reader.read(-1)

    shop = await start_shop(stream)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(GET)
    await reader.readuntil(b"one")
    await _leave(gateway, writer)
    assert gateway.outcomes == [None]
    await gateway.until(lambda: shop.open == 0)


async def test_a_visitor_leaves_in_the_middle_of_a_download(start_shop: Any, start_gateway: Any) -> None:
    """A download at full speed ends at the origin when its visitor leaves."""

    async def pour(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    shop = await start_shop(pour)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(GET)
    await reader.readexactly(1_000_000)
    await _leave(gateway, writer)
    await gateway.until(lambda: shop.open == 0)


async def test_a_visitor_leaves_in_the_middle_of_an_upload(start_shop: Any, start_gateway: Any) -> None:
    """A body that breaks off is never completed at the origin."""
    received = b""

    async def take(reader: Any, writer: Any) -> None:
        nonlocal received
        received = await reader.read(-1)

    shop = await start_shop(take)
    gateway = await start_gateway(shop.url)
    _, writer = await gateway.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
    await gateway.until(lambda: shop.open == 1)
    await asyncio.sleep(0.1)
    await _leave(gateway, writer)
    assert isinstance(gateway.outcomes[0], ClientGoneError)
    await gateway.until(lambda: shop.open == 0)
    assert b"0\r\n\r\n" not in received


async def test_a_visitor_leaves_the_queue(start_shop: Any, start_gateway: Any) -> None:
    """Who leaves while waiting for a free connection leaves no place behind."""
    shop = await start_shop(_hold)
    gateway = await start_gateway(shop.url, max_connections=1)
    _, first = await gateway.connect()
    first.write(GET)
    await gateway.until(lambda: "busy: 1," in repr(gateway.origin))
    _, second = await gateway.connect()
    second.write(GET)
    await gateway.until(lambda: "waiting: 1>" in repr(gateway.origin))
    await _leave(gateway, second)
    assert isinstance(gateway.outcomes[0], ClientGoneError)
    assert "busy: 1, idle: 0, connecting: 0, waiting: 0>" in repr(gateway.origin)
    first.close()


SCOPE = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b""}


async def _nothing() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def _away(message: Any) -> None:
    pass


def _forward(gateway: Any, receive: Any = _nothing, send: Any = _away) -> asyncio.Task[None]:
    return asyncio.create_task(
        gateway.origin.forward(SCOPE, receive, send, headers=[(b"host", b"s")], edit=lambda _, theirs: theirs)
    )


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.2])
async def test_a_cancelled_request_drops_its_connection(
    start_shop: Any, start_gateway: Any, seconds: float
) -> None:
    """Cancelled while connecting, just after, or while the origin thinks: the connection is gone."""
    shop = await start_shop(_hold)
    gateway = await start_gateway(shop.url)
    task = _forward(gateway)
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "busy: 0," in repr(gateway.origin)
    assert "waiting: 0>" in repr(gateway.origin)


async def test_a_cancelled_waiter_passes_its_turn_on(start_shop: Any, start_gateway: Any) -> None:
    """A connection that came free for someone who was cancelled in the same moment goes to the next."""
    go = asyncio.Event()

    async def once(reader: Any, writer: Any) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await go.wait()
            writer.write(OK)

    shop = await start_shop(once)
    gateway = await start_gateway(shop.url, max_connections=1)
    tasks = [_forward(gateway) for _ in range(6)]
    await gateway.until(lambda: "busy: 1, idle: 0, connecting: 0, waiting: 5>" in repr(gateway.origin))
    # Whoever gets the connection when the first is done is cancelled before it can take it.
    tasks[0].add_done_callback(lambda _: tasks[1].cancel())
    tasks[2].cancel()
    go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(asyncio.CancelledError) == 2
    assert "busy: 0, idle: 1, connecting: 0, waiting: 0>" in repr(gateway.origin)


async def test_a_failing_send_drops_the_connection(start_shop: Any, start_gateway: Any) -> None:
    """An error of the server below passes through, and the unread answer's connection is dropped."""

    async def endless(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nmore to come")
        await reader.read(-1)

    async def broken(message: Any) -> None:
        raise OSError("gone")

    shop = await start_shop(endless)
    gateway = await start_gateway(shop.url)
    with pytest.raises(OSError, match="gone"):
        await _forward(gateway, send=broken)
    await gateway.until(lambda: shop.open == 0)


async def test_no_task_is_left(start_shop: Any, start_gateway: Any) -> None:
    """After requests long enough to be watched, no watching task remains."""

    async def slow(reader: Any, writer: Any) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.15)
            writer.write(OK)

    shop = await start_shop(slow)
    gateway = await start_gateway(shop.url)
    before = len(asyncio.all_tasks())
    await asyncio.gather(*(_forward(gateway) for _ in range(4)))
    await asyncio.sleep(0.05)
    # Each of the shop's four kept connections is served by a task of its own.
    assert len(asyncio.all_tasks()) <= before + shop.open
