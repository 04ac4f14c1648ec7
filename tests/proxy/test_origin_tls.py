"""An origin behind TLS, with certificates of an authority of the test's own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from waitroom.errors import OriginUnreachableError
from waitroom.proxy import Origin
from waitroom.proxy.address import tls_to_origin

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Authority:
    """Signs certificates, and is believed by ``tls``."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.file))
        self.tls = tls_to_origin(self.file)
        self.asked_for: list[str | None] = []
        """The names in SNI, in the order of the handshakes."""

    def serve(self, *names: str, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
        """The server's side, with a certificate for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = most
        self._ca.issue_cert(*names).configure_cert(context)
        context.sni_callback = lambda _socket, name, _context: self.asked_for.append(name)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for all tests of this file: keys take a while to make."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def no_complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The event loop has nothing to complain about."""
    yield
    assert [] == [record.getMessage() for record in caplog.records if record.name == "asyncio"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_certificate_of_the_authority_is_believed(
    start_shop: Any, start_gateway: Any, authority: Authority, version: ssl.TLSVersion
) -> None:
    """Requests go over kept connections, with the visitor's ``Host``."""
    shop = await start_shop(OK, tls=authority.serve("127.0.0.1", most=version))
    gateway = await start_gateway(shop.url, tls=authority.tls)
    for _ in range(20):
        assert (await gateway.get()).endswith(b"ok")
    assert shop.carried_by == [1] * 20
    assert b"\r\nhost: shop.example\r\n" in shop.heads[0].lower()


async def test_a_new_connection_is_not_thrown_away(
    start_shop: Any, start_gateway: Any, authority: Authority
) -> None:
    """The session tickets of TLS 1.3, which come unasked, are not taken for an answer to nobody."""
    shop = await start_shop(OK, tls=authority.serve("127.0.0.1"))
    gateway = await start_gateway(shop.url, tls=authority.tls, max_connections=64, max_idle=0)
    for _ in range(10):
        answers = await asyncio.gather(*(gateway.get() for _ in range(10)))
        assert all(answer.endswith(b"ok") for answer in answers)
    assert shop.connections <= 100


async def test_bodies_of_some_size(start_shop: Any, start_gateway: Any, authority: Authority) -> None:
    """Bodies larger than every buffer come through whole, both ways."""
    body = bytes(range(256)) * 16_384

    async def echo(reader: Any, writer: Any) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            got = await reader.readexactly(len(body))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(got))
            writer.write(got)
            await writer.drain()

    shop = await start_shop(echo, tls=authority.serve("127.0.0.1"))
    gateway = await start_gateway(shop.url, tls=authority.tls)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    for _ in range(2):
        assert (await gateway.ask(head + body)).endswith(b"\r\n\r\n" + body)
    assert shop.connections == 1


async def test_an_unknown_authority_is_a_502(
    start_shop: Any, start_gateway: Any, authority: Authority
) -> None:
    """A certificate that nobody vouches for is not believed, and the reason is told."""
    shop = await start_shop(OK, tls=authority.serve("127.0.0.1"))
    gateway = await start_gateway(shop.url)
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginUnreachableError)
    assert f"{shop.url}: its certificate is not accepted: " in str(gateway.outcomes[0])
    assert shop.heads == []


async def test_a_wrong_name_is_a_502(start_shop: Any, start_gateway: Any, authority: Authority) -> None:
    """A certificate for another name is not believed; not a byte of the request is sent."""
    shop = await start_shop(OK, tls=authority.serve("other.example"))
    gateway = await start_gateway(shop.url, tls=authority.tls)
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert "not valid for '127.0.0.1'" in str(gateway.outcomes[0])
    gateway = await start_gateway(shop.url, tls=authority.tls, server_name="shop.example")
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert "not valid for 'shop.example'" in str(gateway.outcomes[0])
    assert shop.heads == []


async def test_the_server_name_is_told_and_checked(
    start_shop: Any, start_gateway: Any, authority: Authority
) -> None:
    """With ``server_name`` the origin is told that name, and its certificate must have it."""
    shop = await start_shop(OK, tls=authority.serve("shop.internal"))
    gateway = await start_gateway(shop.url, tls=authority.tls, server_name="shop.internal")
    authority.asked_for.clear()
    assert (await gateway.get()).endswith(b"ok")
    assert authority.asked_for == ["shop.internal"]


async def test_plain_http_at_an_https_address_is_a_502(
    start_shop: Any, start_gateway: Any, authority: Authority
) -> None:
    """What does not speak TLS is unreachable, and the reason is told."""

    async def plain(reader: Any, writer: Any) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    shop = await start_shop(plain)
    gateway = await start_gateway(shop.url.replace("http:", "https:"), tls=authority.tls)
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginUnreachableError)
    assert "SSL" in str(gateway.outcomes[0])


async def test_a_silent_handshake_is_a_504(start_shop: Any, start_gateway: Any, authority: Authority) -> None:
    """The patience with a connection covers its handshake."""

    async def silent(reader: Any, writer: Any) -> None:
        await reader.read(-1)

    shop = await start_shop(silent)
    gateway = await start_gateway(shop.url.replace("http:", "https:"), tls=authority.tls, connect=0.3)
    assert (await gateway.get()).startswith(b"HTTP/1.1 504 ")


async def test_an_idle_connection_that_is_closed_is_replaced(
    start_shop: Any, start_gateway: Any, authority: Authority
) -> None:
    """An origin that closes a kept connection, without a word of goodbye too, costs the next nothing."""

    async def once(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        if len(goodbyes) % 2:
            writer.transport.abort()
        goodbyes.append(len(goodbyes))

    goodbyes: list[int] = []
    shop = await start_shop(once, tls=authority.serve("127.0.0.1"))
    gateway = await start_gateway(shop.url, tls=authority.tls)
    for count in range(1, 7):
        assert (await gateway.get("/")).endswith(b"ok")
        await gateway.until(lambda n=count: len(goodbyes) == n and "idle: 0," in repr(gateway.origin))


async def test_probes_tell_the_reason(start_shop: Any, authority: Authority) -> None:
    """Each address is asked by itself, and its own reason told; one that answers makes the origin ready."""
    good = await start_shop(OK, tls=authority.serve("127.0.0.1"))
    bad = await start_shop(OK, tls=authority.serve("other.example"))
    origin = Origin(bad.url, good.url, tls=authority.tls)
    assert 200 == await origin.probe()
    first, second = await origin.probe_each()
    assert (bad.url, good.url, 200) == (first.address, second.address, second.outcome)
    assert "not valid for '127.0.0.1'" in str(first.outcome)
    await origin.aclose()
