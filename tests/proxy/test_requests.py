"""What the origin is sent: the request as it came, framed anew."""

from __future__ import annotations

from typing import Any

import pytest

from waitroom.proxy.request import Framing, Request

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Till:
    """Reads as many bytes after the head as it is told to, then answers."""

    def __init__(self, ending: bytes) -> None:
        self.ending = ending
        self.head = b""
        self.body = b""

    async def __call__(self, reader: Any, writer: Any) -> None:
        self.head = await reader.readuntil(b"\r\n\r\n")
        self.body = await reader.readuntil(self.ending) if self.ending else b""
        writer.write(OK)
        await writer.drain()
        await reader.read(1)


async def test_the_target_is_sent_as_it_came(start_shop: Any, start_gateway: Any) -> None:
    """Escapes, doubled slashes and the query reach the origin byte for byte, with Host and our own fields."""
    shop = await start_shop(OK)
    gateway = await start_gateway(shop.url)
    await gateway.get("//a/%2e%2E/b%20c?q=%zz&r=a+b")
    lines = shop.heads[0].split(b"\r\n")
    assert lines[0] == b"GET //a/%2e%2E/b%20c?q=%zz&r=a+b HTTP/1.1"
    assert lines[1:] == [
        b"host: shop.example",
        b"x-forwarded-for: 127.0.0.1",
        b"x-forwarded-proto: http",
        b"x-forwarded-host: shop.example",
        b"forwarded: for=127.0.0.1;proto=http;host=shop.example",
        b"via: 1.1 waitroom",
        b"waitroom-room: drop",
        b"",
        b"",
    ]


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "PATCH", "PROPFIND"])
async def test_a_request_without_body_has_no_framing(
    start_shop: Any, start_gateway: Any, method: str
) -> None:
    """Where the visitor announced no body, neither do we."""
    shop = await start_shop(OK)
    gateway = await start_gateway(shop.url)
    assert (await gateway.get(method=method)).endswith(b"ok")
    assert b"content-length" not in shop.heads[0]
    assert b"transfer-encoding" not in shop.heads[0]


async def test_a_body_with_a_length_keeps_it(start_shop: Any, start_gateway: Any) -> None:
    """A length-framed body arrives with its length."""
    till = Till(b"=pear")
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    answer = await gateway.ask(
        b"POST /cart HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Length: 10\r\n\r\nfruit=pear"
    )
    assert answer.endswith(b"ok")
    assert b"\r\ncontent-length: 10\r\n" in till.head
    assert b"transfer-encoding" not in till.head
    assert till.body == b"fruit=pear"


async def test_a_chunked_body_stays_chunked(start_shop: Any, start_gateway: Any) -> None:
    """A body of unknown length arrives in chunks of our own, its extensions and trailers gone."""
    till = Till(b"0\r\n\r\n")
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    answer = await gateway.ask(
        b"POST / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"6;a=b\r\nfruit=\r\n4\r\npear\r\n0\r\nX: y\r\n\r\n"
    )
    assert answer.endswith(b"ok")
    assert b"\r\ntransfer-encoding: chunked\r\n" in till.head
    assert b"content-length" not in till.head
    assert till.body == b"a\r\nfruit=pear\r\n0\r\n\r\n"


async def test_an_empty_chunked_body_is_ended(start_shop: Any, start_gateway: Any) -> None:
    """A chunked body of nothing still has its last chunk."""
    till = Till(b"0\r\n\r\n")
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    answer = await gateway.ask(
        b"PUT / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    assert answer.endswith(b"ok")
    assert till.body == b"0\r\n\r\n"


async def test_expect_is_answered_here(start_shop: Any, start_gateway: Any) -> None:
    """A visitor who waits for 100 Continue gets it; the origin is sent no Expect."""
    till = Till(b"=pear")
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(
        b"POST / HTTP/1.1\r\nHost: s\r\nConnection: close\r\n"
        b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"fruit=pear")
    assert (await reader.read()).endswith(b"ok")
    writer.close()
    assert b"expect" not in till.head.lower()


@pytest.mark.parametrize(
    ("headers", "framing"),
    [
        ([(b"host", b"s")], Framing.NONE),
        ([(b"content-length", b"0")], Framing.NONE),
        ([(b"content-length", b"7")], Framing.LENGTH),
        ([(b"transfer-encoding", b"chunked")], Framing.CHUNKED),
        ([(b"x-content-length", b"7")], Framing.NONE),
    ],
)
def test_the_headers_tell_the_framing(headers: list[tuple[bytes, bytes]], framing: Framing) -> None:
    """The framing follows from the headers for the origin alone."""
    scope = {"method": "POST", "raw_path": b"/", "query_string": b""}
    assert framing is Request.build(scope, headers).framing


@pytest.mark.parametrize(
    ("target", "header"),
    [
        (b"/a b", (b"x", b"y")),
        (b"/\r\nX: y", (b"x", b"y")),
        (b"/", (b"x", b"y\r\nContent-Length: 9")),
        (b"/", (b"x\n", b"y")),
        (b"/", (b"x", b"y\rz")),
        (b"/", (b"x", b"y\0z")),
    ],
)
def test_nothing_is_smuggled_in(target: bytes, header: tuple[bytes, bytes]) -> None:
    """A line break, a NUL, or a space in the target is refused, wherever it came from."""
    scope = {"method": "GET", "raw_path": target, "query_string": b""}
    with pytest.raises(ValueError, match="line break"):
        Request.build(scope, [header])
