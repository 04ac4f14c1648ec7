"""An origin that fails: the right status while nothing was sent, a visibly cut answer afterwards."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from waitroom.errors import OriginProtocolError, OriginTimeoutError, OriginUnreachableError
from waitroom.proxy import Origin, OriginTimeouts

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class OneShot:
    """Gives one answer a connection, then closes."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    async def __call__(self, reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.answer)
        await writer.drain()


async def _hold(reader: Any, writer: Any) -> None:
    await reader.read(-1)


async def test_a_refused_connection_is_a_502(start_gateway: Any) -> None:
    """Nobody listens at the origin's address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gateway = await start_gateway(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginUnreachableError)


async def test_an_unknown_name_is_a_502(start_gateway: Any) -> None:
    """The origin's name does not resolve."""
    gateway = await start_gateway("http://no-such-shop.invalid:80")
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"hello\r\n\r\n",
        b"HTTP/2.7 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000,
        OK + OK,
        OK + b"surplus",
    ],
)
async def test_what_is_no_answer_is_a_502(start_shop: Any, start_gateway: Any, answer: bytes) -> None:
    """What is not one HTTP/1.1 answer is not passed on, and its connection is dropped."""
    shop = await start_shop(OneShot(answer))
    gateway = await start_gateway(shop.url)
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginProtocolError)
    assert repr(gateway.origin).endswith("busy: 0, idle: 0, connecting: 0, waiting: 0>>")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    ],
)
async def test_an_answer_that_breaks_off_is_visibly_cut(
    start_shop: Any, start_gateway: Any, answer: bytes
) -> None:
    """Once the answer began, the visitor's connection ends without the answer's end."""

    async def break_off(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        # The half must have been passed on, or the answer would be a 502.
        await cut.wait()

    cut = asyncio.Event()
    shop = await start_shop(break_off)
    gateway = await start_gateway(shop.url)
    reader, writer = await gateway.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: s\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"half" in await reader.readuntil(b"half")
    cut.set()
    rest = await reader.read()
    assert b"0\r\n\r\n" not in rest
    assert gateway.outcomes == [None]
    writer.close()


async def test_silence_before_the_header_is_a_504(start_shop: Any, start_gateway: Any) -> None:
    """The header must come within ``response`` seconds; the connection is not waited for any longer."""
    shop = await start_shop(_hold)
    gateway = await start_gateway(shop.url, response=0.2)
    assert (await gateway.get()).startswith(b"HTTP/1.1 504 ")
    assert isinstance(gateway.outcomes[0], OriginTimeoutError)
    await gateway.until(lambda: shop.open == 0)


async def test_silence_after_the_header_cuts_the_answer(start_shop: Any, start_gateway: Any) -> None:
    """Each piece of the body must come within ``idle`` seconds."""

    async def stall(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        await reader.read(-1)

    shop = await start_shop(stall)
    gateway = await start_gateway(shop.url, idle=0.2)
    answer = await gateway.get()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"half")
    await gateway.until(lambda: shop.open == 0)


async def test_an_origin_that_takes_no_body_is_a_504(start_shop: Any, start_gateway: Any) -> None:
    """The origin must take more of the request's body within ``idle`` seconds."""

    async def refuse(reader: Any, writer: Any) -> None:
        await asyncio.sleep(30)

    shop = await start_shop(refuse)
    gateway = await start_gateway(shop.url, idle=0.3)
    reader, writer = await gateway.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 100000000\r\n\r\n")
    feeding = asyncio.create_task(_feed(writer))
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 504 ")
    feeding.cancel()
    writer.close()


async def _feed(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def test_a_slow_visitor_is_not_the_origins_fault(start_shop: Any, start_gateway: Any) -> None:
    """While the visitor is still sending, the origin's time does not run."""

    async def echo(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"!")
        writer.write(OK)
        await reader.read(1)

    shop = await start_shop(echo)
    gateway = await start_gateway(shop.url, response=0.2, idle=0.2, connect=0.2)
    reader, writer = await gateway.connect()
    writer.write(b"POST / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Length: 2\r\n\r\n.")
    await asyncio.sleep(0.7)
    writer.write(b"!")
    assert (await reader.read()).endswith(b"ok")
    writer.close()


async def test_an_error_of_the_shops_own_passes(start_shop: Any, start_gateway: Any) -> None:
    """An answer with status 500 or 503 is an answer."""
    shop = await start_shop(b"HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nbusy")
    gateway = await start_gateway(shop.url)
    answer = await gateway.get()
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 3\r\n")
    assert answer.endswith(b"busy")


async def test_a_probe_tells_the_status(start_shop: Any) -> None:
    """A probe asks for the head of / and returns the status, of whatever kind."""
    shop = await start_shop(b"HTTP/1.1 405 No\r\nContent-Length: 9\r\n\r\n")
    origin = Origin(shop.url)
    assert await origin.probe() == 405
    assert shop.heads[0].startswith(b"HEAD / HTTP/1.1\r\nhost: 127.0.0.1:")
    await origin.aclose()


async def test_a_probe_is_not_patient(start_shop: Any) -> None:
    """A probe of an origin that accepts and stays silent fails after ``probe`` seconds."""
    shop = await start_shop(_hold)
    origin = Origin(shop.url, timeouts=OriginTimeouts(probe=0.2))
    with pytest.raises(OriginTimeoutError):
        await origin.probe()
    await origin.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop",
        "shop:80",
        "http://",
        "http://shop/path",
        "http://shop?x",
        "http://u@shop",
        "http://shop:x",
    ],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    """An origin is scheme, host and port, nothing else."""
    with pytest.raises(ValueError, match=r"origin|[Pp]ort"):
        Origin(url)


def test_a_timeout_of_nothing_is_refused() -> None:
    """Every timeout is above zero, and the wrong one is named."""
    with pytest.raises(ValueError, match="'idle'"):
        OriginTimeouts(idle=0)
