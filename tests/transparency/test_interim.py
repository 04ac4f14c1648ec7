"""100 (Continue), 103 (Early Hints) and whatever else comes before an answer; trailers after it."""

from __future__ import annotations

import asyncio

import pytest

from tests.transparency.shop import Call, Premises, said, says
from tests.transparency.site import Site, chunked

pytestmark = pytest.mark.anyio

EXPECTS = b"Expect: 100-continue"


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_who_expects_100_gets_it(site: Site, premises: Premises, framing: str) -> None:
    """Once, before the body is sent; then the answer. The connection goes on."""
    async with premises.open(says(said(b"thanks"))) as shop, site.visitor() as visitor:
        for _ in range(2):
            fields = [b"Content-Length: 4"] if framing == "length" else [b"Transfer-Encoding: chunked"]
            await visitor.say(site.request(b"PUT /file", EXPECTS, *fields))
            assert b"HTTP/1.1 100 Continue\r\n\r\n" == await visitor.until(b"\r\n\r\n")
            await visitor.say(b"data" if framing == "length" else chunked(b"data"))
            assert b"thanks" == (await visitor.answer()).body
    assert [] == visitor.interim
    assert [[], []] == [call.values(b"expect") for call in shop.calls]


async def test_who_does_not_wait_for_100_is_served(site: Site, premises: Premises) -> None:
    """A client may send the body at once."""
    async with premises.open(says(said(b"thanks"))), site.visitor() as visitor:
        await visitor.say(site.request(b"PUT /file", EXPECTS, body=b"data"))
        assert b"thanks" == (await visitor.answer()).body


async def test_an_http_1_0_client_gets_no_100(site: Site, premises: Premises) -> None:
    """It does not know what that is (RFC 9110 section 10.1.1)."""
    async with premises.open(says(said(b"thanks"))), site.visitor() as visitor:
        request = site.request(b"POST /form", EXPECTS, body=b"data").replace(b"HTTP/1.1", b"HTTP/1.0")
        await visitor.say(request)
        assert b"thanks" == (await visitor.answer()).body
        assert [] == visitor.interim


async def test_an_early_answer_while_the_body_is_still_being_sent(site: Site, premises: Premises) -> None:
    """It arrives whole though the client sends on and on, and nothing hangs."""

    async def answer(call: Call) -> None:
        await call.reader.read(10)
        status = b"401 Unauthorized" if call.values(b"content-length") else b"413 Content Too Large"
        await call.say(said(b"no need" * 1000, b"Connection: close", status=status))
        await call.gone()

    async def upload(head: bytes, piece: bytes) -> int:
        async with site.visitor() as visitor:

            async def send() -> None:
                visitor.writer.write(head)
                while True:
                    visitor.writer.write(piece)
                    await visitor.writer.drain()

            sending = asyncio.create_task(send())
            got = await visitor.answer()
            assert b"no need" * 1000 == got.body
            # the gateway gives up on the body before long
            with pytest.raises(ConnectionError):
                async with asyncio.timeout(15):
                    await sending
            return got.status

    piece = b"z" * 65_536
    async with premises.open(answer) as shop:
        statuses = await asyncio.gather(
            upload(site.request(b"PUT /film", b"Content-Length: 90000000000"), piece),
            upload(site.request(b"PUT /film", b"Transfer-Encoding: chunked"), chunked(piece)[:-5]),
        )
    assert [401, 413] == list(statuses)
    assert 2 == len(shop.calls)


async def test_an_answer_instead_of_100(site: Site, premises: Premises) -> None:
    """A shop that refuses by the head alone: the visitor gets its answer, and no other request is mistaken for
    the body that never comes."""

    async def answer(call: Call) -> None:
        await call.say(said(b"log in first", status=b"401 Unauthorized"))

    async with premises.open(answer) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"PUT /file", EXPECTS, b"Content-Length: 60"))
        got = await visitor.answer()
        assert (401, b"log in first") == (got.status, got.body)
        visitor.writer.write(b"GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n" + b"x" * 100)
        await visitor.rest()
    assert [b"/file"] == [call.target for call in shop.calls]


async def test_early_hints_arrive_before_the_answer(site: Site, premises: Premises) -> None:
    """With their links, while the shop still works on the answer."""
    hinted = asyncio.Event()

    async def answer(call: Call) -> None:
        link = b"Link: </style.css>; rel=preload; as=style\r\n"
        await call.say(b"HTTP/1.1 103 Early Hints\r\n" + link + b"X-Other: 1\r\n\r\n")
        await hinted.wait()
        await call.say(said(b"page"))

    async with premises.open(answer), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        hint = await visitor.until(b"\r\n\r\n")
        assert b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload; as=style\r\n\r\n" == hint
        hinted.set()
        assert b"page" == (await visitor.answer()).body


async def test_other_interim_answers_do_no_harm(site: Site, premises: Premises) -> None:
    """100 and 102 of the shop are about its own connection; an HTTP/1.0 client is told no hints either."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    async with premises.open(says(interim + said(b"page"))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        assert b"page" == (await visitor.answer()).body
        assert [] == visitor.interim
    async with premises.open(says(hint + said(b"page"))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page").replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert b"page" == (await visitor.answer()).body
        assert [] == visitor.interim


async def test_trailers_arrive(site: Site, premises: Premises) -> None:
    """Those that the answer announces; a field that has a meaning in a head, or is the gateway's own, does not."""
    whole = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, Set-Cookie, Waitroom-Pass\r\n\r\n"
        b"4\r\npage\r\n0\r\nX-Sum: 42\r\nSet-Cookie: a=1\r\nWaitroom-Pass: p\r\nX-Other: 1\r\n\r\n"
    )
    async with premises.open(says(whole)) as shop, site.visitor() as visitor:
        for _ in range(2):
            await visitor.say(site.request(b"GET /page", b"TE: trailers"))
            head = (await visitor.until(b"\r\n\r\n")).lower()
            assert b"\r\ntrailer: x-sum\r\n" in head
            assert b"4\r\npage\r\n0\r\nx-sum: 42\r\n\r\n" == await visitor.until(b"\r\n\r\n")
        assert 1 == shop.connections
