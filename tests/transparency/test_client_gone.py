"""A visitor who leaves takes their request along: the shop's connection ends at once, whatever was under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.transparency.shop import Call, Premises, said
from tests.transparency.site import Site, chunked, until
from tests.transparency.visitor import Visitor

pytestmark = pytest.mark.anyio

SOON_SECONDS = 6.0
"""Sooner than any limit of time would end it."""


def _close(visitor: Visitor) -> None:
    visitor.writer.close()


def _half_close(visitor: Visitor) -> None:
    """Says no more. A proxy cannot tell that from having left, and the shop's work must end in that case."""
    visitor.writer.write_eof()


@pytest.mark.parametrize(
    "leave", [Visitor.leave, _close, _half_close], ids=["reset", "closed", "half-closed"]
)
@pytest.mark.parametrize("phase", ["header-wait", "streaming", "flood", "upload", "upload-unread"])
async def test_the_shop_sees_it_at_once(
    site: Site, premises: Premises, phase: str, leave: Callable[[Visitor], None]
) -> None:
    """Before the answer, within it (said bit by bit, or faster than it is read), and within an upload."""
    under_way, gone = asyncio.Event(), asyncio.Event()

    async def answer(call: Call) -> None:
        try:
            if phase == "streaming":
                await call.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"a")[:-5])
            elif phase == "upload":
                await call.reader.readuntil(b"some")
            under_way.set()
            if phase == "flood":
                await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000000\r\n\r\n")
                while True:
                    await call.say(b"z" * 65_536)
            if phase == "upload-unread":
                await asyncio.sleep(1)  # the body stands in the way of the end
            await call.gone()
        finally:
            gone.set()

    async with premises.open(answer), site.visitor(receive_bytes=65_536) as visitor:
        if phase.startswith("upload"):
            await visitor.say(site.request(b"PUT /work", b"Content-Length: 90000000") + b"some")
            if phase == "upload-unread":
                await visitor.say(b"z" * 300_000)
        else:
            await visitor.say(site.request(b"GET /work"))
        async with asyncio.timeout(10):
            await under_way.wait()
        if phase in ("streaming", "flood"):
            await visitor.until(b"\r\n\r\n")
        leave(visitor)
        async with asyncio.timeout(SOON_SECONDS):
            await gone.wait()


async def test_a_half_closed_visitor_is_let_go(site: Site, premises: Premises) -> None:
    """Its connection is closed from this side as well: nothing stays behind."""

    async def answer(call: Call) -> None:
        await call.gone()

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /work"))
        await until(lambda: bool(shop.calls))
        visitor.writer.write_eof()
        async with asyncio.timeout(SOON_SECONDS):
            await visitor.ends()


async def test_the_next_visitor_gets_a_connection_of_their_own(site: Site, premises: Premises) -> None:
    """Nothing of the answer that nobody took is told to another."""

    async def answer(call: Call) -> None:
        await call.message()
        if call.target == b"/secret":
            await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"secret" * 50)
            await call.gone()
        else:
            await call.say(said(b"public"))

    async with premises.open(answer) as shop:
        for _ in range(3):
            async with site.visitor() as visitor:
                await visitor.say(site.request(b"GET /secret"))
                await visitor.until(b"secret")
        async with site.visitor() as visitor:
            await visitor.say(site.request(b"GET /public"))
            assert b"public" == (await visitor.answer()).body
        assert 4 == shop.connections


async def test_many_leave_at_once(site: Site, premises: Premises) -> None:
    """None of their requests stays with the shop."""

    async def answer(call: Call) -> None:
        await call.gone()

    async with premises.open(answer) as shop:

        async def come_and_go(number: int) -> None:
            async with site.visitor() as visitor:
                await visitor.say(site.request(b"GET /%d" % number))
                await until(lambda: len(shop.calls) >= 60)

        await asyncio.gather(*(come_and_go(number) for number in range(60)))
        await until(lambda: shop.open == 0, seconds=SOON_SECONDS)
