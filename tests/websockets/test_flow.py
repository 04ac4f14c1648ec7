"""Bytes both ways: back-pressure, and the end of either side."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

import pytest

from tests.websockets.conftest import BeforeOrigin
from tests.websockets.harness import HELLO, Handler, says, switching, until

pytestmark = pytest.mark.anyio

PIECE = bytes(65_536)
MOST_ON_THE_WAY = 24 << 20
"""What the kernel's buffers of four sockets may hold on the loopback, with room to spare."""
ALL = 64 << 20


class Counted:
    """How much of ``ALL`` somebody could write so far."""

    def __init__(self) -> None:
        self.bytes = 0

    async def write(self, writer: asyncio.StreamWriter) -> None:
        while self.bytes < ALL:
            writer.write(PIECE)
            await writer.drain()
            self.bytes += len(PIECE)

    async def stalls(self) -> None:
        """Wait until nothing more can be written."""
        before = -1
        async with asyncio.timeout(20):
            while before != self.bytes or not self.bytes:
                before = self.bytes
                await asyncio.sleep(0.5)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_a_visitor_who_does_not_read_stops_the_origin(before: BeforeOrigin) -> None:
    """Nothing is heaped up in between; when the visitor reads again, all of it comes."""
    sent = Counted()

    async def write(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await sent.write(writer)

    front, _ = await before(says(switching(), write))
    _, reader, writer = await front.open()
    await sent.stalls()
    assert sent.bytes < MOST_ON_THE_WAY
    got = 0
    async with asyncio.timeout(30):
        while piece := await reader.read(1 << 20):
            got += len(piece)
    assert ALL == got
    writer.close()


async def test_an_origin_that_does_not_read_stops_the_visitor(before: BeforeOrigin) -> None:
    """The same the other way."""
    may_read, got = asyncio.Event(), 0

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal got
        await may_read.wait()
        while got < ALL:
            got += len(await reader.read(1 << 20))
        writer.write(b"all")

    front, _ = await before(says(switching(), read))
    _, reader, writer = await front.open()
    sent = Counted()
    writing = asyncio.create_task(sent.write(writer))
    await sent.stalls()
    assert sent.bytes < MOST_ON_THE_WAY
    may_read.set()
    async with asyncio.timeout(30):
        await writing
        assert b"all" == await reader.readexactly(3)
    assert ALL == got


async def test_both_directions_are_independent(before: BeforeOrigin) -> None:
    """What one side does not take does not hold up what the other says."""

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in range(5):
            writer.write(b"%d" % number)
            await asyncio.sleep(0.05)
        await asyncio.Event().wait()

    front, _ = await before(says(switching(), deaf), idle=2)
    _, reader, writer = await front.open()
    writing = asyncio.create_task(Counted().write(writer))
    async with asyncio.timeout(10):
        assert b"01234" == await reader.readexactly(5)
    writing.cancel()


async def test_the_origin_s_end_reaches_the_visitor_after_its_last_bytes(before: BeforeOrigin) -> None:
    """However much is still under way."""

    async def write(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _number in range(80):
            writer.write(PIECE)
        writer.write(b"the end")
        await writer.drain()

    front, origin = await before(says(switching(), write))
    got = await front.answer()
    assert 80 * len(PIECE) + 7 == len(got.partition(b"\r\n\r\n")[2])
    assert got.endswith(b"the end")
    await until(lambda: origin.open == front.running == 0)


async def test_the_visitor_s_end_reaches_the_origin_after_its_last_bytes(before: BeforeOrigin) -> None:
    """A visitor that says its last and leaves is heard to the end."""
    got = bytearray()

    async def read(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        while piece := await reader.read(65_536):
            got.extend(piece)

    front, origin = await before(says(switching(), read))
    _, _, writer = await front.open()
    for _ in range(40):
        writer.write(PIECE)
    writer.write(b"the end")
    writer.close()
    await until(lambda: origin.connections == 1 and origin.open == 0)
    assert 40 * len(PIECE) + 7 == len(got)
    assert got.endswith(b"the end")
    await until(lambda: front.running == 0)


async def test_a_visitor_who_breaks_off_ends_the_tunnel(before: BeforeOrigin) -> None:
    """Nothing stays open."""
    front, origin = await before(says(switching(), echo))
    _, _, writer = await front.open()
    reset(writer)
    await until(lambda: origin.connections == 1 and origin.open == 0)
    await until(lambda: front.running == 0)


async def test_an_origin_that_breaks_off_ends_the_tunnel(before: BeforeOrigin) -> None:
    """The visitor is told by the end of the connection."""

    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(HELLO))
        reset(writer)

    front, _ = await before(says(switching(), breaks))
    _, reader, writer = await front.open()
    writer.write(HELLO)
    async with asyncio.timeout(10):
        assert b"" == await reader.read()
    await until(lambda: front.running == 0)


@pytest.mark.parametrize("who", ["visitor", "origin"])
async def test_one_who_breaks_off_while_much_is_under_way(before: BeforeOrigin, who: str) -> None:
    """It does not matter how much the other side would still have to take."""
    sent = Counted()

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writing = asyncio.create_task(sent.write(writer))
        if who == "origin":
            await sent.stalls()
            writing.cancel()
            reset(writer)
        with contextlib.suppress(asyncio.CancelledError):
            await writing

    front, origin = await before(says(switching(), handle))
    _, reader, writer = await front.open()
    await sent.stalls()
    if who == "visitor":
        reset(writer)
    else:
        async with asyncio.timeout(20):
            while await reader.read(1 << 20):
                pass
    await until(lambda: origin.open == front.running == 0)


@pytest.mark.parametrize("handler", [echo, None], ids=["origin-listens", "origin-is-deaf"])
async def test_a_silent_tunnel_is_closed(before: BeforeOrigin, handler: Handler | None) -> None:
    """After ``tunnel`` seconds without a byte from either side, both are closed."""

    async def deaf(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    front, origin = await before(says(switching(), handler or deaf), tunnel=0.5)
    _, reader, writer = await front.open()
    writer.write(HELLO)
    async with asyncio.timeout(10):
        assert (HELLO if handler else b"") == await reader.read()
    await until(lambda: front.running == 0)
    assert "busy: 0" in repr(front.origin)
    if handler:
        await until(lambda: origin.open == 0)


async def test_a_tunnel_that_speaks_now_and_then_stays_open(before: BeforeOrigin) -> None:
    """A byte in one direction is enough."""

    async def ticks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _number in range(8):
            await asyncio.sleep(0.25)
            writer.write(b".")

    front, _ = await before(says(switching(), ticks), tunnel=1.0)
    got = await front.answer()
    assert got.endswith(b"\r\n\r\n........")


async def test_an_origin_that_takes_nothing_is_given_up(before: BeforeOrigin) -> None:
    """After ``idle`` seconds, even though it goes on talking: the visitor cannot be kept waiting for ever."""

    async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b".")
            await asyncio.sleep(0.1)

    front, _ = await before(says(switching(), deaf), idle=0.5)
    _, _, writer = await front.open()
    writing = asyncio.create_task(Counted().write(writer))
    await until(lambda: front.running == 0, seconds=20)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)


async def test_the_gateway_s_end_closes_both_sides(before: BeforeOrigin) -> None:
    """At once: a tunnel has no end of its own to wait for."""
    front, origin = await before(says(switching(), echo))
    _, reader, _ = await front.open()
    async with asyncio.timeout(4):
        await front.stop()
        assert b"" == await reader.read()
    await until(lambda: origin.open == front.running == 0)
