"""What the shop says is passed on at once, not when there is more of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.transparency.shop import Call, Premises
from tests.transparency.site import Site, chunked

pytestmark = pytest.mark.anyio

EVENT_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


@pytest.mark.parametrize("framing", ["chunks", "until-the-end"])
async def test_events_arrive_one_by_one(site: Site, premises: Premises, framing: str) -> None:
    """Each while the shop is silent, waiting for the visitor to have had it."""
    had = asyncio.Semaphore(0)

    async def answer(call: Call) -> None:
        await call.say(
            EVENT_STREAM + (b"Transfer-Encoding: chunked\r\n" if framing == "chunks" else b"") + b"\r\n"
        )
        for number in range(5):
            event = b"data: %d\n\n" % number
            await call.say(chunked(event)[:-5] if framing == "chunks" else event)
            await had.acquire()
        await call.say(chunked() if framing == "chunks" else b"")
        call.writer.close()

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /events", b"Accept: text/event-stream"))
        for number in range(5):
            await visitor.until(b"data: %d\n\n" % number)
            had.release()
        await visitor.until(b"0\r\n\r\n")


async def test_a_head_arrives_before_its_body(site: Site, premises: Premises) -> None:
    """A visitor learns that a stream has opened though nothing has been said on it yet."""
    opened = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.say(EVENT_STREAM + b"Transfer-Encoding: chunked\r\n\r\n")
        await opened.wait()
        await call.say(chunked(b"data: 1\n\n"))

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /events"))
        assert b"200" in await visitor.until(b"\r\n\r\n")
        opened.set()
        await visitor.until(b"data: 1")


async def test_a_long_poll_waits(site: Site, premises: Premises) -> None:
    """A shop that answers late is waited for, with others served meanwhile."""
    late = asyncio.Event()

    async def answer(call: Call) -> None:
        if call.target == b"/poll":
            await late.wait()
        await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    async with premises.open(answer), site.visitor() as waiting, site.visitor() as other:
        await waiting.say(site.request(b"GET /poll"))
        await asyncio.sleep(1)
        await other.say(site.request(b"GET /page"))
        assert b"done" == (await other.answer()).body
        late.set()
        assert b"done" == (await waiting.answer()).body


async def test_an_upload_arrives_piece_by_piece(site: Site, premises: Premises) -> None:
    """The shop sees each piece of a body while the visitor is silent, and may answer in between."""
    seen = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.reader.readuntil(b"first\r\n")
        seen.set()
        await call.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"half")[:-5])
        await call.reader.readuntil(b"0\r\n\r\n")
        await call.say(chunked(b"whole"))

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"POST /talk", b"Transfer-Encoding: chunked") + chunked(b"first")[:-5])
        async with asyncio.timeout(10):
            await seen.wait()
        await visitor.until(b"half\r\n")
        await visitor.say(chunked(b"second"))
        assert b"5\r\nwhole\r\n0\r\n\r\n" == await visitor.until(b"0\r\n\r\n")
