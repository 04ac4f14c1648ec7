"""The opening handshake, strict on both sides."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.websockets.conftest import BeforeOrigin
from tests.websockets.harness import ACCEPT, HELLO, KEY, opening, says, switching, until

pytestmark = pytest.mark.anyio


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()


async def test_the_handshake_reaches_the_origin_as_one(before: BeforeOrigin) -> None:
    """The Sec-WebSocket fields, Origin and the target pass unchanged; the hop's own fields are written anew, once."""
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(switching("Sec-WebSocket-Protocol: chat"))
        await echo(reader, writer)

    front, _ = await before(handle)
    fields = [
        "Sec-WebSocket-Protocol: soap, chat",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        "Origin: https://other.example",
        "Keep-Alive: 5",
    ]
    head, _, writer = await front.open(opening(*fields, target="/chat?room=1"))
    writer.close()
    assert 101 == status_of(head)
    (sent,) = heads
    assert sent.startswith(b"GET /chat?room=1 HTTP/1.1\r\n")
    for line in [*fields[:3], f"Sec-WebSocket-Key: {KEY}", "Connection: Upgrade", "Upgrade: websocket"]:
        name, value = line.split(": ")
        assert 1 == sent.count(f"\r\n{name.lower()}: {value}\r\n".encode())
    assert b"keep-alive" not in sent


async def test_the_visitor_gets_the_origin_s_headers_with_the_101(before: BeforeOrigin) -> None:
    """Cookies and fields of the origin pass, once each; what only the gateway may say does not."""
    front, _ = await before(
        says(
            switching(
                "Set-Cookie: a=1",
                "Set-Cookie: b=2",
                "X-Shop: yes",
                "Waitroom-Position: 1",
                "Content-Length: 0",
            )
        )
    )
    head, _, writer = await front.open()
    writer.close()
    fields = head.split(b"\r\n")[1:-2]
    expected = [
        b"sec-websocket-accept: " + ACCEPT.encode(),
        b"set-cookie: a=1",
        b"set-cookie: b=2",
        b"x-shop: yes",
        b"connection: Upgrade",
        b"upgrade: websocket",
    ]
    assert sorted(expected) == sorted(fields)


async def test_bytes_right_behind_the_101_belong_to_the_tunnel(before: BeforeOrigin) -> None:
    """An origin may speak first, in the same packet."""
    front, _ = await before(says(switching() + b"\x81\x05first", echo))
    _, reader, writer = await front.open()
    assert b"\x81\x05first" == await reader.readexactly(7)
    writer.write(HELLO)
    assert HELLO == await reader.readexactly(len(HELLO))
    writer.close()


async def test_bytes_right_behind_the_visitor_s_handshake_are_not_lost(before: BeforeOrigin) -> None:
    """A visitor in a hurry speaks before the 101 is there: the origin gets it, after the handshake."""
    front, _ = await before(says(switching(), echo))
    _, reader, writer = await front.open(opening() + HELLO)
    async with asyncio.timeout(5):
        assert HELLO == await reader.readexactly(len(HELLO))
    writer.close()


async def test_interim_answers_are_passed_over(before: BeforeOrigin) -> None:
    """A 103 before the 101 is not the answer."""
    front, _ = await before(says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + switching(), echo))
    head, _, writer = await front.open()
    writer.close()
    assert 101 == status_of(head)
    assert b"link:" not in head


GOOD = switching()
WRONG_101 = {
    "another accept": switching(accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    "no accept": re.sub(rb"Sec-WebSocket-Accept: [^\r]*\r\n", b"", GOOD),
    "two accepts": switching(f"Sec-WebSocket-Accept: {ACCEPT}"),
    "no upgrade": GOOD.replace(b"Upgrade: websocket\r\n", b"", 1),
    "upgrade to something else": GOOD.replace(b"Upgrade: websocket", b"Upgrade: h2c"),
    "upgrade to two things": GOOD.replace(b"Upgrade: websocket", b"Upgrade: websocket, h2c"),
    "no connection": GOOD.replace(b"Connection: Upgrade\r\n", b""),
    "another connection": GOOD.replace(b"Connection: Upgrade", b"Connection: keep-alive"),
    "a sub-protocol that was not offered": switching("Sec-WebSocket-Protocol: chat"),
    "an extension that was not offered": switching("Sec-WebSocket-Extensions: permessage-deflate"),
    "a space before a colon": GOOD.replace(b"Upgrade: websocket", b"Upgrade : websocket"),
    "a folded line": GOOD.replace(b"Upgrade: websocket", b"Upgrade:\r\n websocket"),
    "a NUL": switching("X-Shop: a\0b"),
    "an older version": GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a header without end": GOOD[:-2] + b"X-Long: " + b"x" * 70_000,
    "interim answers without end": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3_000,
    "half a header": GOOD[:40],
    "nothing": b"",
}


@pytest.mark.parametrize("answer", WRONG_101.values(), ids=[name.replace(" ", "-") for name in WRONG_101])
async def test_a_wrong_101_is_a_502(before: BeforeOrigin, answer: bytes) -> None:
    """An origin that does not answer this very handshake never gets a tunnel, and its connection is dropped."""

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not answer.endswith(b"\r\n\r\n"):
            return
        await reader.read()

    front, origin = await before(says(answer, leave))
    assert 502 == status_of(await front.answer(opening("Connection: close")))
    await until(lambda: origin.open == 0)


async def test_two_sub_protocols_are_a_502(before: BeforeOrigin) -> None:
    """An origin must choose one of those that were offered."""
    front, _ = await before(says(switching("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b")))
    assert 502 == status_of(await front.answer(opening("Sec-WebSocket-Protocol: a, b", "Connection: close")))


async def test_a_101_to_another_version_is_a_502(before: BeforeOrigin) -> None:
    """Only version 13 is known to be what both sides mean."""
    front, _ = await before(says(switching()))
    assert 502 == status_of(await front.answer(opening("Connection: close", version="8")))


DECLINED = {
    "426": b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 3\r\n\r\nno!",
    "200 in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n",
    "403 to the end": b"HTTP/1.1 403 Forbidden\r\n\r\nno!",
}


@pytest.mark.parametrize("answer", DECLINED.values(), ids=[name.replace(" ", "-") for name in DECLINED])
async def test_another_answer_is_passed_on(before: BeforeOrigin, answer: bytes) -> None:
    """What is no 101 reaches the visitor as the answer to any request would."""

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"\r\nContent-Length" not in answer and b"chunked" not in answer:
            return
        await reader.read()

    front, origin = await before(says(answer, leave))
    got = await front.answer(opening("Connection: close", version="12"))
    assert status_of(answer) == status_of(got)
    assert b"no!" in got
    assert (b"sec-websocket-version: 13" in got) == (b"426" in answer)
    await until(lambda: origin.open == 0)


async def test_a_long_answer_to_a_handshake_is_streamed(before: BeforeOrigin) -> None:
    """Its size does not matter, nor how it is cut into pieces."""
    body = bytes(range(256)) * 8192

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(body), 50_000):
            writer.write(body[at : at + 50_000])
            await writer.drain()

    front, _ = await before(says(b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(body), write))
    got = await front.answer(opening("Connection: close"))
    assert body == got.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("key", ["", "short", "c2l4dGVlbiAgb2N0ZXRzLi4=", "!" * 24])
async def test_a_handshake_without_a_proper_key_is_a_400(before: BeforeOrigin, key: str) -> None:
    """The origin does not hear of it."""
    front, origin = await before(says(switching()))
    assert 400 == status_of(await front.answer(opening("Connection: close", key=key)))
    assert 0 == origin.connections


async def test_a_handshake_with_two_keys_is_a_400(before: BeforeOrigin) -> None:
    """Nobody could say which one the origin answers."""
    front, origin = await before(says(switching()))
    assert 400 == status_of(await front.answer(opening(f"Sec-WebSocket-Key: {KEY}", "Connection: close")))
    assert 0 == origin.connections


@pytest.mark.parametrize("field", ["Content-Length: 5", "Transfer-Encoding: chunked"])
async def test_a_handshake_with_a_body_is_a_400(before: BeforeOrigin, field: str) -> None:
    """A body could be taken for the first bytes of the tunnel, or the other way round."""
    front, origin = await before(says(switching()))
    assert 400 == status_of(await front.answer(opening(field) + b"5\r\nhello\r\n0\r\n\r\n"))
    assert 0 == origin.connections


@pytest.mark.parametrize(
    "request_",
    [opening().replace(b"GET", b"POST"), opening().replace(b"Upgrade: websocket", b"Upgrade: h2c")],
)
async def test_what_is_no_handshake_is_an_ordinary_request(before: BeforeOrigin, request_: bytes) -> None:
    """Without the wish to upgrade reaching the origin, which so has no reason to."""
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    front, _ = await before(handle)
    closing = request_.replace(b"Connection: Upgrade", b"Connection: Upgrade, close")
    assert 200 == status_of(await front.answer(closing))
    assert b"upgrade" not in heads[0].lower()


async def test_an_origin_that_says_nothing_is_a_504(before: BeforeOrigin) -> None:
    """It has as long as for any answer."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    front, origin = await before(silent, response=0.3)
    assert 504 == status_of(await front.answer(opening("Connection: close")))
    await until(lambda: origin.open == 0)


async def test_an_answer_that_stops_halfway_is_cut_off(before: BeforeOrigin) -> None:
    """The visitor sees that it is incomplete."""
    front, origin = await before(says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nhalf"), idle=0.3)
    got = await front.answer()
    assert b"\r\n\r\nhalf" == got[got.index(b"\r\n\r\n") :]
    await until(lambda: origin.open == 0)


async def test_a_visitor_who_leaves_early_frees_the_connection(before: BeforeOrigin) -> None:
    """The origin is not kept waiting for who has gone."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    front, origin = await before(silent)
    _, writer = await front.connect()
    writer.write(opening())
    await until(lambda: origin.open == 1)
    writer.close()
    await until(lambda: origin.open == 0)
    await until(lambda: front.running == 0)


async def test_a_kept_alive_connection_that_died_is_replaced(before: BeforeOrigin) -> None:
    """A handshake can be repeated where not a byte of an answer came."""
    served = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        head = await reader.readuntil(b"\r\n\r\n")
        if b"upgrade" in head:
            writer.write(switching())
            await reader.read()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await reader.readuntil(b"\r\n\r\n")

    front, _ = await before(handle)
    assert b"hi" in await front.answer(b"GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
    head, _, writer = await front.open()
    writer.close()
    assert 101 == status_of(head)
    assert 2 == served


async def test_an_open_tunnel_counts_as_a_connection(before: BeforeOrigin) -> None:
    """Where all connections are taken, a handshake waits for one, and goes on when one gets free."""
    front, origin = await before(says(switching(), echo), max_connections=2, connect=5)
    first, second = await front.open(), await front.open()
    third = asyncio.create_task(front.open())
    await asyncio.sleep(0.3)
    assert not third.done()
    first[2].close()
    head, _, writer = await third
    assert 101 == status_of(head)
    assert 3 == origin.connections
    for connection in (second[2], writer):
        connection.close()
    await until(lambda: origin.open == 0)
    assert "busy: 0" in repr(front.origin)


async def test_a_handshake_that_finds_no_connection_in_time_is_a_504(before: BeforeOrigin) -> None:
    """It is told so, and its place in the queue is given up."""
    front, _ = await before(says(switching(), echo), max_connections=1, connect=0.3)
    _, _, writer = await front.open()
    assert 504 == status_of(await front.answer(opening("Connection: close")))
    assert "waiting: 0" in repr(front.origin)
    writer.close()
