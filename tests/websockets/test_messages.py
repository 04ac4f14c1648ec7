"""What two ends that speak the protocol say to each other through the gateway, with a library at both."""

from __future__ import annotations

import asyncio
import os

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from tests.contract.harness import Gateway
from tests.websockets.harness import make_front, until

pytestmark = pytest.mark.anyio

MIB = 1 << 20


def to(gateway: Gateway, path: str = "/lab/ws", **options: object) -> connect:
    """A client of the shop's echo."""
    return connect(gateway.url.replace("http", "ws") + path, max_size=None, proxy=None, **options)  # type: ignore[arg-type]


async def test_messages_come_back_as_they_were(gateway: Gateway) -> None:
    """Text as text, bytes as bytes, in their order; empty ones too."""
    messages: list[str | bytes] = ["", b"", "grüße, 世界 🌍", bytes(range(256)), "x" * 126, b"y" * 65_536]
    async with to(gateway) as socket:
        for message in messages:
            await socket.send(message)
        assert messages == [await socket.recv() for _ in messages]


async def test_a_message_in_fragments(gateway: Gateway) -> None:
    """Where a message is cut is between the two ends."""
    async with to(gateway) as socket:
        await socket.send(["one ", "two ", "three"])
        assert "one two three" == await socket.recv()


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_ten_mebibytes_each_way(gateway: Gateway, compression: str | None) -> None:
    """In one message, of bytes that cannot be compressed."""
    message = os.urandom(10 * MIB)
    async with to(gateway, compression=compression) as socket:
        await socket.send(message)
        async with asyncio.timeout(30):
            assert message == await socket.recv()


async def test_many_small_messages(gateway: Gateway) -> None:
    """None is lost, none overtakes another, though many are under way at once."""
    async with to(gateway) as socket:

        async def send() -> None:
            for number in range(2_000):
                await socket.send(str(number))

        sending = asyncio.create_task(send())
        async with asyncio.timeout(30):
            assert [str(number) for number in range(2_000)] == [await socket.recv() for _ in range(2_000)]
        await sending


async def test_a_ping_is_answered_by_the_shop(gateway: Gateway) -> None:
    """The pong carries the ping's bytes: the library checks that."""
    async with to(gateway) as socket:
        async with asyncio.timeout(5):
            assert await (await socket.ping(b"are you there?")) >= 0


async def test_the_sub_protocol_is_the_shop_s_choice(gateway: Gateway) -> None:
    """Of those that the visitor offers, or none."""
    async with to(gateway, subprotocols=[Subprotocol("soap"), Subprotocol("echo")]) as socket:
        assert "echo" == socket.subprotocol
    async with to(gateway) as socket:
        assert socket.subprotocol is None


async def test_compression_is_between_the_two_ends(gateway: Gateway) -> None:
    """What is offered and agreed on passes as it is; where it is not offered there is none."""
    async with to(gateway) as socket:
        assert [PerMessageDeflate] == [type(extension) for extension in socket.protocol.extensions]
        await socket.send("again and again " * 10_000)
        assert "again and again " * 10_000 == await socket.recv()
    async with to(gateway, compression=None) as socket:
        assert [] == list(socket.protocol.extensions)


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1009, 1011, 3000, 4999])
async def test_the_shop_s_close_reaches_the_visitor(gateway: Gateway, code: int) -> None:
    """With its code and its reason."""
    async with to(gateway) as socket:
        await socket.send(f"/close {code} because of that")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert (code, "because of that") == (socket.close_code, socket.close_reason)


async def test_the_visitor_s_close_reaches_the_shop() -> None:
    """With its code and its reason, and the shop's reply comes back."""
    closed: list[tuple[int | None, str | None]] = []

    async def handle(socket: ServerConnection) -> None:
        await socket.wait_closed()
        closed.append((socket.close_code, socket.close_reason))

    async with serve(handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        front = make_front(f"http://127.0.0.1:{port}")
        await front.start()
        async with connect(f"ws://127.0.0.1:{front.port}", proxy=None) as socket:
            await socket.close(CloseCode.GOING_AWAY, "home")
        await until(lambda: bool(closed))
        await front.stop()
    assert [(1001, "home")] == closed
    assert (1001, "home") == (socket.close_code, socket.close_reason)


async def test_cookies_and_headers_of_the_shop(gateway: Gateway) -> None:
    """Those of the 101 reach the visitor."""
    async with to(gateway, "/lab/ws?set-cookie=cart%3D7&x-shop=yes") as socket:
        assert socket.response is not None
        headers = socket.response.headers
        assert ["cart=7"] == headers.get_all("set-cookie")
        assert "yes" == headers["x-shop"]


async def test_the_shop_hears_of_the_visitor_as_with_any_request(gateway: Gateway) -> None:
    """``Origin`` and cookies pass unchanged; the gateway's own cookies and headers do not."""
    sent = {
        "Cookie": "cart=7; waitroom_pass_open=forged",
        "Waitroom-Visitor": "somebody",
        "X-Forwarded-For": "203.0.113.9",
    }
    async with to(gateway, additional_headers=sent, origin="https://other.example") as socket:
        got = await _headers(socket)
    assert "https://other.example" == got["origin"]
    assert "cart=7" == got["cookie"]
    assert "127.0.0.1" == got["x-forwarded-for"]
    assert "1.1 waitroom" == got["via"]
    assert "waitroom-visitor" not in got


async def _headers(socket: ClientConnection) -> dict[str, str]:
    await socket.send("/headers")
    lines = str(await socket.recv()).splitlines()
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}
