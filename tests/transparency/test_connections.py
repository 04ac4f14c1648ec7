"""How long a visitor's connection lasts, and in which order it is answered."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.transparency.shop import Call, Premises, said, says
from tests.transparency.site import Site, chunked, until
from tests.transparency.visitor import Visitor

pytestmark = pytest.mark.anyio


def old(request: bytes) -> bytes:
    """The same of HTTP/1.0."""
    return request.replace(b"HTTP/1.1\r\n", b"HTTP/1.0\r\n", 1)


@pytest.mark.parametrize("framing", ["length", "chunks", "until-the-end"])
async def test_an_http_1_0_client(site: Site, premises: Premises, framing: str) -> None:
    """Gets no chunks, all of the body, and the end of the connection, however the shop frames its answer."""

    async def answer(call: Call) -> None:
        await call.message()
        if framing == "length":
            await call.say(said(b"all of it"))
        elif framing == "chunks":
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            await call.say(head + chunked(b"all ", b"of it"))
        else:
            await call.say(b"HTTP/1.1 200 OK\r\n\r\nall of it")
            call.writer.close()

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(old(site.request(b"POST /form", body=b"a=b")))
        head, _, body = (await visitor.rest()).partition(b"\r\n\r\n")
    assert (b"all of it", b"close") == (body, dict(_fields(head))[b"connection"])
    assert b"transfer-encoding" not in dict(_fields(head))
    assert [b"POST /form HTTP/1.1"] == [call.line for call in shop.calls]


async def test_an_http_1_0_answer_that_breaks_off_is_a_reset(site: Site, premises: Premises) -> None:
    """Nothing else could tell such a client that it has not got all."""

    async def answer(call: Call) -> None:
        await call.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"half")[:-5])
        await asyncio.sleep(0.1)
        call.writer.close()

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(old(site.request(b"GET /page")))
        await visitor.until(b"half")
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(10):
                await visitor.reader.read()


async def test_http_1_0_with_keep_alive_is_closed_too(site: Site, premises: Premises) -> None:
    """The gateway says so, and does so."""
    async with premises.open(says(said(b"ok"))), site.visitor() as visitor:
        await visitor.say(old(site.request(b"GET /page", b"Connection: keep-alive")))
        answer = await visitor.answer()
        assert [b"close"] == answer.values(b"connection")
        await visitor.ends()


async def test_connection_close(site: Site, premises: Premises) -> None:
    """Is honoured; the shop's connection is kept nevertheless."""
    async with premises.open(says(said(b"ok"))) as shop:
        for _ in range(3):
            async with site.visitor() as visitor:
                await visitor.say(site.request(b"GET /page", b"Connection: close"))
                answer = await visitor.answer()
                assert ([b"close"], b"ok") == (answer.values(b"connection"), answer.body)
                await visitor.ends()
        assert 1 == shop.connections


async def test_a_shop_that_closes_does_not_close_the_visitors_connection(
    site: Site, premises: Premises
) -> None:
    """Connection is about one hop."""
    async with premises.open(says(said(b"ok", b"Connection: close"))) as shop, site.visitor() as visitor:
        for _ in range(3):
            await visitor.say(site.request(b"GET /page"))
            assert b"ok" == (await visitor.answer()).body
        assert 3 == shop.connections


async def test_many_requests_on_one_connection(site: Site, premises: Premises) -> None:
    """Of all kinds, one after the other."""

    async def echo(call: Call) -> None:
        message = await call.message()
        await call.say(said(b"%b %b" % (call.target, message.body)))

    async with premises.open(echo) as shop, site.visitor() as visitor:
        for number in range(300):
            body = b"b" * (number % 3) * 1000
            if number % 2:
                await visitor.say(site.request(b"PUT /%d" % number, body=body))
            else:
                await visitor.say(
                    site.request(b"POST /%d" % number, b"Transfer-Encoding: chunked")
                    + (chunked(body) if body else chunked())
                )
            assert b"/%d %b" % (number, body) == (await visitor.answer()).body
        assert 1 == shop.connections


async def test_pipelined_requests_are_answered_in_order(site: Site, premises: Premises) -> None:
    """However long each takes, and also where they have bodies: one after the other goes to the shop."""
    under_way, most = 0, 0

    async def answer(call: Call) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await call.message()
        await asyncio.sleep(0.1 if call.target in (b"/0", b"/3") else 0)
        under_way -= 1
        await call.say(said(call.target))

    async with premises.open(answer), site.visitor() as visitor:
        requests = b"".join(
            site.request(b"POST /%d" % number, body=b"x" * number)
            if number % 2
            else site.request(b"GET /%d" % number)
            for number in range(30)
        )
        await visitor.say(requests)
        assert [b"/%d" % number for number in range(30)] == [(await visitor.answer()).body for _ in range(30)]
    assert 1 == most


async def _pipeline(visitor: Visitor, site: Site) -> None:
    """Requests without end, whatever becomes of them."""
    with suppress(ConnectionError):
        while True:
            visitor.writer.write(site.request(b"GET /next", b"X-Pad: " + b"p" * 8000))
            await visitor.writer.drain()


async def test_a_long_pipeline_is_not_served(site: Site, premises: Premises) -> None:
    """Behind a request with more than 64 KiB after it nothing is collected, and nothing is served: its own answer is
    the last."""
    go = asyncio.Event()

    async def answer(call: Call) -> None:
        await go.wait()
        await call.say(said(call.target))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        before = site.rss_bytes()
        await visitor.say(site.request(b"GET /first"))
        sending = asyncio.create_task(_pipeline(visitor, site))
        await until(lambda: bool(shop.calls))
        await asyncio.sleep(1)
        assert site.rss_bytes() - before < 8_000_000
        go.set()
        got = await visitor.answer()
        assert (b"/first", [b"close"]) == (got.body, got.values(b"connection"))
        sending.cancel()
        await visitor.ends()
    assert [b"/first"] == [call.target for call in shop.calls]


async def test_who_leaves_behind_a_long_pipeline_is_missed(site: Site, premises: Premises) -> None:
    """The shop's connection ends with the visitor's, long before the shop would have to answer."""
    gone = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.gone()
        gone.set()

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /first") + site.request(b"GET /next", b"X: " + b"p" * 8000) * 20)
        await until(lambda: bool(shop.calls))
        await asyncio.sleep(0.3)
        visitor.leave()
        async with asyncio.timeout(6):  # the shop has eight seconds
            await gone.wait()


async def test_after_close_nothing_more_is_served(site: Site, premises: Premises) -> None:
    """A request behind one with ``Connection: close`` never reaches the shop."""
    async with premises.open(says(said(b"ok"))) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /last", b"Connection: close") + site.request(b"GET /more"))
        assert b"ok" == (await visitor.answer()).body
        await visitor.ends()
    assert [b"/last"] == [call.target for call in shop.calls]


async def test_a_few_empty_lines_before_a_request(site: Site, premises: Premises) -> None:
    """Are passed over, as RFC 9112 section 2.2 asks."""
    async with premises.open(says(said(b"ok"))), site.visitor() as visitor:
        for _ in range(2):
            await visitor.say(b"\r\n\r\n" + site.request(b"GET /page"))
            assert b"ok" == (await visitor.answer()).body


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
    return [(name.lower(), value) for name, _, value in lines]
