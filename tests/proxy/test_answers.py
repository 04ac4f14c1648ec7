"""Every kind of answer that HTTP/1.1 has arrives as the origin gave it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.anyio


def _split(raw: bytes) -> tuple[bytes, list[bytes], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    # the gateway adds the date where the shop tells none
    return first, [field for field in fields if not field.startswith(b"date: ") or b" 2024 " in field], body


async def test_an_answer_with_a_length_passes_unchanged(start_shop: Any, start_gateway: Any) -> None:
    """Status, headers in their order and body arrive as sent; Date and Server are the origin's."""
    shop = await start_shop(
        b"HTTP/1.1 201 Created\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nServer: till/1\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: 4\r\n\r\n\x1f\x8b\x00\xff"
    )
    gateway = await start_gateway(shop.url)
    first, fields, body = _split(await gateway.get())
    assert first == b"HTTP/1.1 201 Created"
    assert fields == [
        b"date: Mon, 01 Jan 2024 00:00:00 GMT",
        b"server: till/1",
        b"set-cookie: a=1",
        b"set-cookie: b=2",
        b"content-encoding: gzip",
        b"content-length: 4",
        b"connection: close",
    ]
    assert body == b"\x1f\x8b\x00\xff"


async def test_a_chunked_answer_passes_with_its_trailer(start_shop: Any, start_gateway: Any) -> None:
    """The body arrives in chunks of our own; of the trailer, what was announced and may stand there."""
    shop = await start_shop(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum, Set-Cookie\r\n\r\n"
        b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nSum: 5\r\nOther: x\r\nSet-Cookie: a=b\r\nWaitroom-Command: done\r\n\r\n"
    )
    gateway = await start_gateway(shop.url)
    first, fields, body = _split(await gateway.get())
    assert first == b"HTTP/1.1 200 OK"
    assert sorted(fields) == [b"connection: close", b"trailer: sum", b"transfer-encoding: chunked"]
    assert body == b"5\r\nabcde\r\n0\r\nsum: 5\r\n\r\n"
    assert repr(gateway.origin).endswith("busy: 0, idle: 1, connecting: 0, waiting: 0>>")


async def test_an_answer_that_lasts_to_the_end_is_complete(start_shop: Any, start_gateway: Any) -> None:
    """A body with neither length nor chunks ends when the origin closes, and the connection with it."""

    async def close_after(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall there is")
        await writer.drain()

    shop = await start_shop(close_after)
    gateway = await start_gateway(shop.url)
    _, _, body = _split(await gateway.get())
    assert body == b"c\r\nall there is\r\n0\r\n\r\n"
    assert repr(gateway.origin).endswith("busy: 0, idle: 0, connecting: 0, waiting: 0>>")


@pytest.mark.parametrize("framing", [b"Content-Length: 12", b"Transfer-Encoding: chunked", b"X-No: length"])
async def test_head_has_no_body_and_keeps_the_connection(
    start_shop: Any, start_gateway: Any, framing: bytes
) -> None:
    """The answer to HEAD ends with its header, whatever length it tells, and the connection is used again."""
    shop = await start_shop(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
    gateway = await start_gateway(shop.url)
    for _ in range(2):
        first, _, body = _split(await gateway.get(method="HEAD"))
        assert first == b"HTTP/1.1 200 OK"
        assert body == b""
    assert shop.carried_by == [1, 1]


async def test_the_length_of_a_head_answer_is_kept(start_shop: Any, start_gateway: Any) -> None:
    """HEAD tells the length that GET would have."""
    shop = await start_shop(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
    gateway = await start_gateway(shop.url)
    assert b"content-length: 12\r\n" in await gateway.get(method="HEAD")


@pytest.mark.parametrize(
    ("status", "length"), [(b"204 No Content", []), (b"304 Not Modified", [b"content-length: 9"])]
)
async def test_a_status_without_body_may_tell_a_length(
    start_shop: Any, start_gateway: Any, status: bytes, length: list[bytes]
) -> None:
    """204 and 304 end with their header, and the connection is used again; only a 304 may have a length."""
    shop = await start_shop(b"HTTP/1.1 " + status + b"\r\nETag: x\r\nContent-Length: 9\r\n\r\n")
    gateway = await start_gateway(shop.url)
    for _ in range(2):
        first, fields, body = _split(await gateway.get())
        assert first == b"HTTP/1.1 " + status
        assert fields == [b"etag: x", *length, b"connection: close"]
        assert body == b""
    assert shop.carried_by == [1, 1]


async def test_interim_answers_are_not_the_answer(start_shop: Any, start_gateway: Any) -> None:
    """100 and 102 are passed over; of a 103 the links are passed on at once (RFC 8297)."""
    shop = await start_shop(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    )
    gateway = await start_gateway(shop.url)
    early, _, final = (await gateway.get()).partition(b"\r\n\r\n")
    assert early == b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>"
    first, fields, body = _split(final)
    assert first == b"HTTP/1.1 200 OK"
    assert fields == [b"content-length: 2", b"connection: close"]
    assert body == b"ok"


async def test_the_origins_imitations_of_ours_do_not_arrive(start_shop: Any, start_gateway: Any) -> None:
    """Waitroom-* headers and waitroom_* cookies of the origin are its own invention."""
    shop = await start_shop(
        b"HTTP/1.1 200 OK\r\nWaitroom-Position: 1\r\nSet-Cookie: waitroom_pass_drop=x\r\n"
        b"Set-Cookie: cart=1\r\n"
        b"Keep-Alive: timeout=5\r\nConnection: X-Own\r\nX-Own: 1\r\nContent-Length: 0\r\n\r\n"
    )
    gateway = await start_gateway(shop.url)
    _, fields, _ = _split(await gateway.get())
    assert fields == [b"set-cookie: cart=1", b"content-length: 0", b"connection: close"]
