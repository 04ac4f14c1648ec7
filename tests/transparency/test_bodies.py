"""What a shop says arrives as it was said, and what a visitor says too."""

from __future__ import annotations

import gzip
import random

import pytest

from tests.transparency.shop import Call, Premises, said, says
from tests.transparency.site import Site, chunked

pytestmark = pytest.mark.anyio

BINARY = random.Random(7).randbytes(300_000)
METHODS = [
    b"GET",
    b"POST",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"OPTIONS",
    b"PROPFIND",
    b"REPORT",
    b"QUERY",
    b"PURGE",
]


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_with_and_without_a_body(site: Site, premises: Premises, method: bytes) -> None:
    """Method, target and body arrive as they are; the answer's body does, too."""
    async with premises.open(says(said(b"done"))) as shop, site.visitor() as visitor:
        for body in (b"", b"\x00\r\n\r\nGET / HTTP/1.1\r\n"):
            await visitor.say(site.request(method + b" /a%20b?c=%2F&&d", body=body))
            assert b"done" == (await visitor.answer()).body
            assert method + b" /a%20b?c=%2F&&d HTTP/1.1" == shop.calls[-1].line
            assert ([b"%d" % len(body)] if body else []) == shop.calls[-1].values(b"content-length")


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_bytes_are_unchanged_both_ways(site: Site, premises: Premises, framing: str) -> None:
    """Binary bodies, in chunks as in one length: the shop's echo is what was sent."""
    received: list[bytes] = []

    async def echo(call: Call) -> None:
        received.append((await call.message()).body)
        if framing == "length":
            await call.say(said(received[-1]))
        else:
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            await call.say(head + chunked(received[-1][:1], received[-1][1:70_001], received[-1][70_001:]))

    async with premises.open(echo), site.visitor() as visitor:
        if framing == "length":
            await visitor.say(site.request(b"POST /echo", body=BINARY))
        else:
            pieces = chunked(BINARY[:3], BINARY[3:100_000], BINARY[100_000:])
            await visitor.say(site.request(b"POST /echo", b"Transfer-Encoding: chunked") + pieces)
        answer = await visitor.answer()
    assert [BINARY] == received
    assert BINARY == answer.body
    assert (framing == "chunks") == (answer.values(b"transfer-encoding") == [b"chunked"])


async def test_compressed_bodies_stay_compressed(site: Site, premises: Premises) -> None:
    """Nothing is unpacked or packed: coding, length and bytes are the shop's, and Accept-Encoding the visitor's."""
    packed = gzip.compress(b"a" * 100_000)
    whole = said(packed, b"Content-Encoding: gzip", b'ETag: "x"')
    async with premises.open(says(whole)) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /gz", b"Accept-Encoding: br;q=1.0, gzip"))
        answer = await visitor.answer()
    assert (packed, [b"gzip"], [b'"x"']) == (
        answer.body,
        answer.values(b"content-encoding"),
        answer.values(b"etag"),
    )
    assert [b"br;q=1.0, gzip"] == shop.calls[0].values(b"accept-encoding")


async def test_head_tells_the_length_and_has_no_body(site: Site, premises: Premises) -> None:
    """And the connection goes on."""

    async def answer(call: Call) -> None:
        whole = said(b"x" * 1234, b"Content-Type: text/plain")
        await call.say(whole if call.line.startswith(b"GET") else whole[:-1234])

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"HEAD /page"))
        head = await visitor.answer(to_head=True)
        assert ([b"1234"], [b"text/plain"]) == (head.values(b"content-length"), head.values(b"content-type"))
        await visitor.say(site.request(b"GET /page"))
        assert 1234 == len((await visitor.answer()).body)


async def test_ranges_are_the_shops_affair(site: Site, premises: Premises) -> None:
    """Range and If-Range reach it; 206 and 416 come back with their fields."""

    async def answer(call: Call) -> None:
        await call.message()
        if call.values(b"range") == [b"bytes=2-5"]:
            await call.say(said(b"2345", b"Content-Range: bytes 2-5/10", status=b"206 Partial Content"))
        else:
            await call.say(said(b"", b"Content-Range: bytes */10", status=b"416 Range Not Satisfiable"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /video", b"Range: bytes=2-5", b'If-Range: "v1"'))
        part = await visitor.answer()
        assert (206, b"2345", [b"bytes 2-5/10"]) == (part.status, part.body, part.values(b"content-range"))
        assert [b'"v1"'] == shop.calls[0].values(b"if-range")
        await visitor.say(site.request(b"GET /video", b"Range: bytes=99-"))
        none = await visitor.answer()
        assert (416, b"", [b"bytes */10"]) == (none.status, none.body, none.values(b"content-range"))


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_a_status_without_body_keeps_the_connection(
    site: Site, premises: Premises, status: bytes
) -> None:
    """204 and 304 end with their head, which has the shop's fields."""
    whole = b"HTTP/1.1 " + status + b'\r\nETag: "v2"\r\n\r\n'
    async with premises.open(says(whole)) as shop, site.visitor() as visitor:
        for _ in range(2):
            await visitor.say(site.request(b"GET /page", b'If-None-Match: "v2"'))
            answer = await visitor.answer()
            assert (int(status[:3]), [b'"v2"']) == (answer.status, answer.values(b"etag"))
            assert [] == answer.values(b"transfer-encoding")
        assert 1 == shop.connections


@pytest.mark.parametrize(
    "whole",
    [
        said(b""),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    ],
    ids=["length-0", "no-chunks", "until-the-end"],
)
async def test_empty_answers(site: Site, premises: Premises, whole: bytes) -> None:
    """However the shop frames nothing, the visitor gets nothing, and can ask again."""

    async def answer(call: Call) -> None:
        await call.message()
        await call.say(whole)
        if b"close" in whole:
            call.writer.close()

    async with premises.open(answer), site.visitor() as visitor:
        for _ in range(2):
            await visitor.say(site.request(b"GET /nothing"))
            got = await visitor.answer()
            assert (200, b"") == (got.status, got.body)


async def test_empty_requests(site: Site, premises: Premises) -> None:
    """A POST of length 0 and one of no chunks are what the shop sees."""
    async with premises.open(says(said(b"ok"))) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"POST /a", b"Content-Length: 0"))
        await visitor.answer()
        await visitor.say(site.request(b"POST /b", b"Transfer-Encoding: chunked") + chunked())
        await visitor.answer()
    assert [[b"0"], []] == [call.values(b"content-length") for call in shop.calls]
    assert [[], [b"chunked"]] == [call.values(b"transfer-encoding") for call in shop.calls]
