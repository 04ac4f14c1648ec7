"""Neither side is sent more than it takes, and slow ones get all of theirs."""

from __future__ import annotations

import asyncio

import pytest

from tests.transparency.shop import Call, Premises, said
from tests.transparency.site import Site, chunked, until

pytestmark = pytest.mark.anyio

PIECE = b"z" * 65_536
MOST_BYTES = 24_000_000
"""In all the buffers of the three systems on the way together; far below what would be sent."""
WHOLE = 100_000_000


async def _standstill(count: list[int]) -> None:
    """Wait until a counter has not moved for half a second."""
    seen = -1
    while seen != count[0]:
        seen = count[0]
        await asyncio.sleep(0.5)


async def test_a_visitor_who_does_not_read_stops_the_shop(site: Site, premises: Premises) -> None:
    """And reads on later, with nothing missing."""
    sent = [0]

    async def answer(call: Call) -> None:
        await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % WHOLE)
        while sent[0] < WHOLE:
            piece = PIECE[: WHOLE - sent[0]]
            await call.say(piece)
            sent[0] += len(piece)

    async with premises.open(answer), site.visitor(receive_bytes=65_536) as visitor:
        before = site.rss_bytes()
        await visitor.say(site.request(b"GET /film"))
        await until(lambda: sent[0] > 0)
        await _standstill(sent)
        assert sent[0] < MOST_BYTES
        assert site.rss_bytes() - before < 16_000_000
        got = len(await visitor.until(b"\r\n\r\n")) * 0 + len(visitor.left)
        async with asyncio.timeout(120):
            while got < WHOLE:
                piece = await visitor.reader.read(1 << 20)
                assert piece
                got += len(piece)
    assert WHOLE == got == sent[0]


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_a_shop_that_does_not_read_stops_the_visitor(
    site: Site, premises: Premises, framing: str
) -> None:
    """And reads on later, with nothing missing."""
    sent, go = [0], asyncio.Event()
    got = 0

    async def answer(call: Call) -> None:
        nonlocal got
        await go.wait()
        piece = b"more"
        while piece and got < WHOLE:
            piece = await call.reader.read(1 << 20)
            got += len(piece)
        await call.say(said(b"thanks"))

    async with premises.open(answer), site.visitor() as visitor:
        if framing == "length":
            head, piece, end = [b"Content-Length: %d" % WHOLE], PIECE, b""
        else:
            head, piece, end = [b"Transfer-Encoding: chunked"], chunked(PIECE)[:-5], chunked()

        async def upload() -> None:
            visitor.writer.write(site.request(b"PUT /film", *head))
            while sent[0] < WHOLE:
                body = piece if framing == "chunks" else piece[: WHOLE - sent[0]]
                visitor.writer.write(body)
                await visitor.writer.drain()
                sent[0] += min(len(PIECE), WHOLE - sent[0])
            visitor.writer.write(end)

        uploading = asyncio.create_task(upload())
        await until(lambda: sent[0] > 0)
        await _standstill(sent)
        assert sent[0] < MOST_BYTES
        go.set()
        answered = await visitor.answer()
        await uploading
    assert (b"thanks", WHOLE) == (answered.body, sent[0])
    assert got >= WHOLE


async def test_a_slow_reader_gets_all(site: Site, premises: Premises) -> None:
    """A little at a time."""
    body = bytes(range(256)) * 8000

    async def answer(call: Call) -> None:
        await call.say(said(body))

    async with premises.open(answer), site.visitor(receive_bytes=4096) as visitor:
        await visitor.say(site.request(b"GET /page"))
        await visitor.until(b"\r\n\r\n")
        got = visitor.left
        while len(got) < len(body):
            got += await visitor.reader.read(50_000)
            await asyncio.sleep(0.01)
    assert body == got


async def test_a_slow_writer_is_waited_for(site: Site, premises: Premises) -> None:
    """Head and body a few bytes at a time, and the shop's answer likewise, arrive as if sent at once."""
    received: list[bytes] = []

    async def answer(call: Call) -> None:
        received.append((await call.message()).body)
        whole = said(b"slow and whole", b"X-Slow: yes")
        for at in range(0, len(whole), 7):
            await call.say(whole[at : at + 7])
            await asyncio.sleep(0.01)

    async with premises.open(answer), site.visitor() as visitor:
        whole = site.request(b"POST /form", b"Transfer-Encoding: chunked") + chunked(b"a" * 50, b"b" * 50)
        for at in range(0, len(whole), 9):
            await visitor.say(whole[at : at + 9])
            await asyncio.sleep(0.005)
        got = await visitor.answer()
    assert ([b"a" * 50 + b"b" * 50], b"slow and whole") == (received, got.body)
