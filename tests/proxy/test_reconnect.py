"""A request whose kept-alive connection dies is sent again only if that is surely the same request."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from waitroom.errors import OriginError
from waitroom.proxy import Origin
from waitroom.proxy.address import tls_to_origin

pytestmark = pytest.mark.anyio


class Shop:
    """Hangs up on the first PUT, which comes on a kept-alive connection; takes any other."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._has_hung_up = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError), contextlib.closing(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"PUT"):
                    if not self._has_hung_up:
                        self._has_hung_up = True
                        return
                    self.bodies.append(await reader.readuntil(b"0\r\n\r\n"))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError), contextlib.closing(writer):
        while data := await reader.read(65_536):
            writer.write(data)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[Shop, Origin]]:
    """A shop by TLS, behind a network on which the second connection takes half a second."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    shop = Shop()
    server = await asyncio.start_server(shop.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    connections = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            await asyncio.sleep(0.5)
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, to_writer), _pump(to_reader, writer))

    network = await asyncio.start_server(carry, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{network.sockets[0].getsockname()[1]}"
    origin = Origin(url, tls=tls_to_origin(tmp_path / "ca.pem"))
    yield shop, origin
    await origin.aclose()
    network.close()
    server.close()
    await asyncio.sleep(0.05)


async def _ask(origin: Origin, method: str, pieces: Iterator[tuple[float, bytes, bool]]) -> list[Any]:
    """Forward a request whose body comes in pieces, each after so many seconds; returns what was answered."""
    answered: list[Any] = []

    async def receive() -> Any:
        for seconds, body, more in pieces:
            await asyncio.sleep(seconds)
            return {"type": "http.request", "body": body, "more_body": more}
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    async def send(message: Any) -> None:
        answered.append(message)

    headers = [(b"host", b"shop.example")]
    if method == "PUT":
        headers.append((b"transfer-encoding", b"chunked"))
    scope = {"type": "http", "method": method, "path": "/", "raw_path": b"/", "query_string": b""}
    await origin.forward(scope, receive, send, headers=headers, edit=lambda _, theirs: theirs)
    return answered


async def test_a_body_that_comes_between_two_connections_is_not_cut(site: tuple[Shop, Origin]) -> None:
    """What came of the body while there was no connection cannot be sent again: the request fails, visibly."""
    shop, origin = site
    await _ask(origin, "GET", iter(()))
    with pytest.raises(OriginError):
        await _ask(origin, "PUT", iter([(0.2, b"first-", True), (0.6, b"second", False)]))
    assert [] == shop.bodies


async def test_a_body_that_comes_later_is_sent_whole(site: tuple[Shop, Origin]) -> None:
    """An idempotent request of whose body nothing had come is sent again on the new connection."""
    shop, origin = site
    await _ask(origin, "GET", iter(()))
    answered = await _ask(origin, "PUT", iter([(1.2, b"first-", True), (0.1, b"second", False)]))
    assert 200 == answered[0]["status"]
    assert [b"6\r\nfirst-\r\n6\r\nsecond\r\n0\r\n\r\n"] == shop.bodies
