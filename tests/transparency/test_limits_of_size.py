"""Limits of size: just within, a request passes; just beyond, it is refused and its connection closed."""

from __future__ import annotations

import asyncio

import pytest

from tests.transparency.shop import Call, Premises, said, says
from tests.transparency.site import Site, chunked, request

pytestmark = pytest.mark.anyio

HEADER_BYTES, FIELDS, FIELD_BYTES, TARGET_BYTES, BODY_BYTES = 4096, 20, 1024, 512, 10_000
"""As the gateway of these tests has them."""


def _padded(size: int) -> bytes:
    """A request whose line and fields have so many bytes."""
    fields = [b"X-%d: " % number + b"p" * 900 for number in range(size // 1000)]
    missing = size - len(request(b"GET /", *fields, b"X: "))
    return request(b"GET /", *fields, b"X: " + b"p" * missing)


def _many(count: int) -> bytes:
    """A request of so many fields, Host among them."""
    return request(b"GET /", *(b"X-%d: 1" % number for number in range(count - 1)))


CASES = {
    "header-bytes": (_padded(HEADER_BYTES), _padded(HEADER_BYTES + 1), 431),
    "header-fields": (_many(FIELDS), _many(FIELDS + 1), 431),
    "field-bytes": (
        request(b"GET /", b"Cookie: " + b"c" * (FIELD_BYTES - len(b"Cookie"))),
        request(b"GET /", b"Cookie: " + b"c" * (FIELD_BYTES - len(b"Cookie") + 1)),
        431,
    ),
    "target-bytes": (
        request(b"GET /" + b"t" * (TARGET_BYTES - 1)),
        request(b"GET /" + b"t" * TARGET_BYTES),
        414,
    ),
    "query-bytes": (
        request(b"GET /?" + b"t" * (TARGET_BYTES - 2)),
        request(b"GET /?" + b"t" * (TARGET_BYTES - 1)),
        414,
    ),
    "body-length": (
        request(b"POST /", body=b"b" * BODY_BYTES),
        request(b"POST /", body=b"b" * (BODY_BYTES + 1)),
        413,
    ),
    "body-chunks": (
        request(b"POST /", b"Transfer-Encoding: chunked") + chunked(b"b" * 6000, b"b" * (BODY_BYTES - 6000)),
        request(b"POST /", b"Transfer-Encoding: chunked") + chunked(b"b" * 6000, b"b" * (BODY_BYTES - 5999)),
        413,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_just_within_it_passes(strict: Site, premises: Premises, name: str) -> None:
    """The shop gets it, and the connection goes on."""
    async with premises.open(says(said(b"ok"))) as shop, strict.visitor() as visitor:
        for _ in range(2):
            await visitor.say(CASES[name][0])
            assert b"ok" == (await visitor.answer()).body
        assert 2 == len(shop.calls)


@pytest.mark.parametrize("name", CASES)
async def test_just_beyond_it_is_refused(strict: Site, premises: Premises, name: str) -> None:
    """With the status that the settings' page says, once; nothing that follows is served."""
    _, beyond, status = CASES[name]
    async with premises.open(says(said(b"ok"))) as shop, strict.visitor() as visitor:
        await visitor.say(beyond + request(b"GET /next"))
        answer = await visitor.answer()
        assert (status, [b"close"]) == (answer.status, answer.values(b"connection"))
        assert [b"application/problem+json"] == answer.values(b"content-type")
        await visitor.ends()
        assert [] == [call.target for call in shop.calls if call.target == b"/next"]


async def test_a_length_beyond_is_refused_by_the_head(strict: Site, premises: Premises) -> None:
    """Before any of the body was sent, and without a 100."""
    async with premises.open(says(said(b"ok"))) as shop, strict.visitor() as visitor:
        await visitor.say(request(b"PUT /film", b"Expect: 100-continue", b"Content-Length: 10001"))
        assert 413 == (await visitor.answer()).status
        assert [] == visitor.interim
        assert [] == shop.calls


async def test_chunks_beyond_are_refused_on_the_way(strict: Site, premises: Premises) -> None:
    """An upload without end gets its 413 while it is still being sent; the shop is left with half a request."""
    broken = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.gone()
        broken.set()

    async with premises.open(answer), strict.visitor() as visitor:

        async def upload() -> None:
            visitor.writer.write(request(b"PUT /film", b"Transfer-Encoding: chunked"))
            while True:
                visitor.writer.write(chunked(b"b" * 1000)[:-5])
                await visitor.writer.drain()
                await asyncio.sleep(0.01)

        uploading = asyncio.create_task(upload())
        assert 413 == (await visitor.answer()).status
        async with asyncio.timeout(5):
            await broken.wait()
        uploading.cancel()
