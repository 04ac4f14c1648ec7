"""A GiB goes through in either direction, and the gateway's memory does not grow."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, cast
from zlib import crc32

import pytest

from tests.transparency.shop import Premises
from tests.transparency.site import Site

MIB = 1 << 20
GROWTH_BYTES = 40 * MIB
BLOCK = bytes(range(256)) * (MIB // 256)
"""Sent again and again."""


def _send(connection: socket.socket, mib: int, *, in_chunks: bool) -> None:
    piece = b"%x\r\n%b\r\n" % (MIB, BLOCK) if in_chunks else BLOCK
    for _ in range(mib):
        connection.sendall(piece)
    if in_chunks:
        connection.sendall(b"0\r\n\r\n")


def _pieces(stream: BinaryIO, mib: int, *, in_chunks: bool) -> Iterator[bytes]:
    """The body that follows the head."""
    if not in_chunks:
        left = mib * MIB
        while left:
            piece = stream.read(min(left, MIB))
            assert piece, f"{left} bytes are missing"
            left -= len(piece)
            yield piece
        return
    while size := int(stream.readline(), 16):
        yield stream.read(size)
        assert b"\r\n" == stream.read(2)
    assert b"\r\n" == stream.readline()


def _check(pieces: Iterator[bytes], mib: int) -> None:
    """All of it came, and byte for byte."""
    total, checksum, expected = 0, 0, 0
    for piece in pieces:
        checksum = crc32(piece, checksum)
        total += len(piece)
    for _ in range(mib):
        expected = crc32(BLOCK, expected)
    assert (mib * MIB, expected) == (total, checksum)


def _headless(connection: socket.socket) -> tuple[bytes, BinaryIO]:
    stream = cast("BinaryIO", connection.makefile("rb", buffering=MIB))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        assert line, head
        head += line
    return head, stream


def _framing(mib: int, *, in_chunks: bool) -> bytes:
    return b"Transfer-Encoding: chunked" if in_chunks else b"Content-Length: %d" % (mib * MIB)


def _while_watched(site: Site, shop: Callable[[], None], visit: Callable[[], None]) -> None:
    """Run both sides; the most memory that the gateway ever holds is hardly more than what it held before."""
    before = site.rss_bytes()
    with ThreadPoolExecutor(2) as sides:
        for side in [sides.submit(shop), sides.submit(visit)]:
            side.result(timeout=60)
    assert site.rss_bytes("VmHWM") - before < GROWTH_BYTES


@pytest.mark.parametrize(
    ("mib", "in_chunks"), [(1024, False), (256, True)], ids=["1GiB-length", "256MiB-chunks"]
)
def test_a_download(site: Site, premises: Premises, mib: int, in_chunks: bool) -> None:
    """It arrives whole while the gateway holds a few pieces at a time."""

    def shop() -> None:
        with premises.accept() as connection:
            _headless(connection)[1].close()
            framing = _framing(mib, in_chunks=in_chunks)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + framing + b"\r\n\r\n")
            _send(connection, mib, in_chunks=in_chunks)

    def visit() -> None:
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(site.request(b"GET /film"))
            head, stream = _headless(connection)
            assert head.startswith(b"HTTP/1.1 200 ")
            with stream:
                _check(_pieces(stream, mib, in_chunks=in_chunks), mib)

    _while_watched(site, shop, visit)


@pytest.mark.parametrize(
    ("mib", "in_chunks"), [(1024, True), (256, False)], ids=["1GiB-chunks", "256MiB-length"]
)
def test_an_upload(site: Site, premises: Premises, mib: int, in_chunks: bool) -> None:
    """The same the other way."""

    def shop() -> None:
        with premises.accept() as connection:
            _, stream = _headless(connection)
            with stream:
                _check(_pieces(stream, mib, in_chunks=in_chunks), mib)
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def visit() -> None:
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(site.request(b"PUT /film", _framing(mib, in_chunks=in_chunks)))
            _send(connection, mib, in_chunks=in_chunks)
            head, stream = _headless(connection)
            stream.close()
            assert head.startswith(b"HTTP/1.1 204 ")

    _while_watched(site, shop, visit)
