"""Nothing is buffered whole: each side gets what the other sent, no faster than it takes it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

PIECE = b"x" * 65_536
PIECES = 1_600
"""About 100 MiB: far more than all socket buffers on the way together."""
MOST_HELD = 48 * 2**20


async def test_events_arrive_one_by_one(start_shop: Any, start_gateway: Any) -> None:
    """Each event of a stream reaches the visitor before the next one is made."""

    async def stream(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number in range(3):
            await seen.acquire()
            writer.write(b"data: %d\n\n" % number)
        await seen.acquire()

    seen = asyncio.Semaphore(0)
    shop = await start_shop(stream)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: s\r\n\r\n")
    async with asyncio.timeout(10):
        assert b"text/event-stream" in await reader.readuntil(b"\r\n\r\n")
        for number in range(3):
            seen.release()
            assert await reader.readuntil(b"\n\n\r\n") == b"9\r\ndata: %d\n\n\r\n" % number
        seen.release()
        assert await reader.readuntil(b"0\r\n\r\n") == b"0\r\n\r\n"
    writer.close()


async def test_a_visitor_who_does_not_read_stops_the_origin(start_shop: Any, start_gateway: Any) -> None:
    """A download waits in the origin, not in the gateway, and goes on when the visitor reads."""
    sent = 0

    async def pour(reader: Any, writer: Any) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(PIECE) * PIECES))
        for _ in range(PIECES):
            writer.write(PIECE)
            await writer.drain()
            sent += len(PIECE)
        await reader.read(-1)

    shop = await start_shop(pour)
    gateway = await start_gateway(shop.url, idle=0.5)
    reader, writer = await gateway.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: s\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    held = -1
    while held != sent:
        held = sent
        # Longer than the origin's idle time, which does not run for a visitor who takes nothing.
        await asyncio.sleep(0.7)
    assert held < MOST_HELD
    left = len(PIECE) * PIECES
    while left:
        left -= len(await reader.read(2**20))
    writer.close()
    assert sent == len(PIECE) * PIECES
    await gateway.until(lambda: gateway.outcomes == [None])


async def test_an_origin_that_does_not_read_stops_the_visitor(start_shop: Any, start_gateway: Any) -> None:
    """An upload waits at the visitor, not in the gateway, and goes on when the origin reads."""
    go = asyncio.Event()

    async def swallow(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go.wait()
        left = len(PIECE) * PIECES
        while left:
            left -= len(await reader.read(2**20))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsold")
        await reader.read(-1)

    shop = await start_shop(swallow)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(
        b"PUT / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        % (len(PIECE) * PIECES)
    )
    taken = 0

    async def push() -> None:
        nonlocal taken
        for _ in range(PIECES):
            writer.write(PIECE)
            await writer.drain()
            taken += len(PIECE)

    pushing = asyncio.create_task(push())
    held = -1
    while held != taken or held == 0:
        held = taken
        await asyncio.sleep(0.4)
    assert held < MOST_HELD
    go.set()
    await pushing
    assert (await reader.read()).endswith(b"sold")
    writer.close()


async def test_an_early_answer_is_passed_on_at_once(start_shop: Any, start_gateway: Any) -> None:
    """An origin may answer before it has the whole request; its connection is then not used again."""

    async def refuse(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await reader.read(-1)

    shop = await start_shop(refuse)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 1000\r\n\r\nfirst of it")
    async with asyncio.timeout(10):
        assert (await reader.readuntil(b"big")).startswith(b"HTTP/1.1 413 ")
    await gateway.until(lambda: shop.open == 0)
    assert "busy: 0, idle: 0," in repr(gateway.origin)
    writer.close()


async def test_both_directions_flow_at_once(start_shop: Any, start_gateway: Any) -> None:
    """An origin may answer piece by piece while the request still comes piece by piece."""

    async def echo(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        for _ in range(5):
            writer.write(await reader.readexactly(1))
        await reader.read(-1)

    shop = await start_shop(echo)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\n\r\n")
    async with asyncio.timeout(10):
        await reader.readuntil(b"\r\n\r\n")
        for byte in (b"h", b"e", b"l", b"l", b"o"):
            writer.write(byte)
            assert await reader.readexactly(1) == byte
    await gateway.until(lambda: gateway.outcomes == [None])
    assert "busy: 0, idle: 1," in repr(gateway.origin)
    writer.close()
