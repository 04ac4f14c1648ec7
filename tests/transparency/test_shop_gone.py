"""A shop that goes away, in each phase: the right status, and no connection that died is used again."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from tests.transparency.shop import Call, Premises, said
from tests.transparency.site import Site, chunked

pytestmark = pytest.mark.anyio


def _break_off(call: Call, how: str) -> None:
    if how == "reset":
        # to close with no time to linger is to reset
        wire = call.writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        call.writer.transport.abort()
    else:
        call.writer.close()


@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize(
    "said_before", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"], ids=["nothing", "half-a-head"]
)
async def test_before_an_answer_it_is_502(
    site: Site, premises: Premises, said_before: bytes, how: str
) -> None:
    """With Retry-After, and the visitor's own connection lives on."""

    async def answer(call: Call) -> None:
        await call.message()
        if call.target == b"/gone":
            await call.say(said_before)
            _break_off(call, how)
        else:
            await call.say(said(b"back"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"POST /gone", body=b"x"))
        trouble = await visitor.answer()
        assert (502, [b"5"]) == (trouble.status, trouble.values(b"retry-after"))
        await visitor.say(site.request(b"GET /page"))
        assert b"back" == (await visitor.answer()).body
        assert [1, 2] == [call.connection for call in shop.calls]


@pytest.mark.parametrize("framing", ["length", "chunks"])
@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_within_an_answer_it_is_cut_off_visibly(
    site: Site, premises: Premises, framing: str, how: str
) -> None:
    """Neither the length nor the last chunk is made up: the visitor's connection ends."""

    async def answer(call: Call) -> None:
        await call.message()
        if framing == "length":
            await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        else:
            await call.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"half")[:-5])
        await asyncio.sleep(0.1)
        _break_off(call, how)

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        await visitor.until(b"half")
        assert (await visitor.rest()) in (b"", b"\r\n")


async def test_silence_before_an_answer_is_504(site: Site, premises: Premises) -> None:
    """After `origin_response_timeout`, and that connection is not used again."""

    async def answer(call: Call) -> None:
        if call.target == b"/slow":
            await call.gone()
        else:
            await call.say(said(b"quick"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /slow"))
        assert 504 == (await visitor.answer()).status
        await visitor.say(site.request(b"GET /quick"))
        assert b"quick" == (await visitor.answer()).body
        assert [1, 2] == [call.connection for call in shop.calls]


async def test_silence_within_an_answer_cuts_it_off(site: Site, premises: Premises) -> None:
    """After `origin_idle_timeout`."""

    async def answer(call: Call) -> None:
        await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await call.gone()

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        await visitor.until(b"half")
        await visitor.ends()


async def test_within_an_upload_it_is_502(site: Site, premises: Premises) -> None:
    """The answer comes though the body is still being sent."""

    async def answer(call: Call) -> None:
        await call.reader.read(1000)
        _break_off(call, "reset")

    async with premises.open(answer) as shop, site.visitor() as visitor:

        async def upload() -> None:
            visitor.writer.write(site.request(b"PUT /film", b"Content-Length: 90000000000"))
            while True:
                visitor.writer.write(b"z" * 65_536)
                await visitor.writer.drain()

        uploading = asyncio.create_task(upload())
        assert 502 == (await visitor.answer()).status
        uploading.cancel()
        assert 1 == len(shop.calls)


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"PUT", b"DELETE", b"OPTIONS"])
async def test_an_idempotent_request_is_sent_again(site: Site, premises: Premises, method: bytes) -> None:
    """Once, when a kept connection turns out to have died before any byte of the answer."""

    async def answer(call: Call) -> None:
        if len(shop.calls) == 2:
            _break_off(call, "closed")
        else:
            await call.say(said(b"" if call.line.startswith(b"HEAD") else b"ok"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        for _ in range(2):
            await visitor.say(site.request(method + b" /page"))
            assert 200 == (await visitor.answer(to_head=method == b"HEAD")).status
        assert [1, 1, 2] == [call.connection for call in shop.calls]


@pytest.mark.parametrize("method", [b"POST", b"PATCH"])
async def test_what_may_have_been_done_is_not_sent_again(
    site: Site, premises: Premises, method: bytes
) -> None:
    """A POST that a dying connection swallowed is 502, and the shop has seen it once."""

    async def answer(call: Call) -> None:
        await call.message()
        if len(shop.calls) == 2:
            _break_off(call, "closed")
        else:
            await call.say(said(b"ok"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        statuses = []
        for _ in range(3):
            await visitor.say(site.request(method + b" /order", body=b"one"))
            statuses.append((await visitor.answer()).status)
        assert [200, 502, 200] == statuses
        assert [1, 1, 2] == [call.connection for call in shop.calls]


async def test_an_answer_that_began_is_not_asked_for_again(site: Site, premises: Premises) -> None:
    """Not even to a GET on a kept connection: one byte is an answer."""

    async def answer(call: Call) -> None:
        if len(shop.calls) == 2:
            await call.say(b"H")
            _break_off(call, "closed")
        else:
            await call.say(said(b"ok"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        statuses = []
        for _ in range(2):
            await visitor.say(site.request(b"GET /page"))
            statuses.append((await visitor.answer()).status)
        assert [200, 502] == statuses
        assert 2 == len(shop.calls)


async def test_a_request_on_a_new_connection_is_not_sent_again(site: Site, premises: Premises) -> None:
    """A shop that closes each connection unanswered sees each request once."""

    async def answer(call: Call) -> None:
        _break_off(call, "closed")

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        assert 502 == (await visitor.answer()).status
        assert 1 == len(shop.calls)
