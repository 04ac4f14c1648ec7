"""The opening handshake of a WebSocket, as who stands between must check it. Pure functions of headers.

What follows a handshake is no longer HTTP, so both sides must agree with us that there was one: an answer that only
looks like an upgrade would give a visitor a connection to the origin on which nobody reads requests any more.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import httptools

from waitroom.errors import BadRequestError, OriginProtocolError
from waitroom.proxy.fields import Header

UPGRADE: Final[tuple[Header, ...]] = ((b"connection", b"Upgrade"), (b"upgrade", b"websocket"))
"""What makes a message one of the handshake: these are hop-by-hop, so each hop writes them itself."""

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16
_VERSION: Final = b"13"


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client asked for."""

    key: bytes
    version: bytes
    protocols: frozenset[bytes]
    """The sub-protocols that it offers."""
    extensions: frozenset[bytes]
    """The names of the extensions that it offers."""

    @classmethod
    def of(cls, headers: Sequence[Header]) -> Handshake:
        """Read a client's handshake from its headers, names in lower case.

        Raises:
            BadRequestError: there is not exactly one ``Sec-WebSocket-Key`` with 16 bytes in base64 (RFC 6455 4.2.1).
        """
        keys = _values(headers, b"sec-websocket-key")
        if len(keys) != 1 or not _is_key(keys[0]):
            raise BadRequestError("A WebSocket handshake must have one Sec-WebSocket-Key of 16 bytes.")
        return cls(
            key=keys[0],
            version=b",".join(_values(headers, b"sec-websocket-version")),
            protocols=frozenset(_listed(_values(headers, b"sec-websocket-protocol"))),
            extensions=_extensions(headers),
        )

    @property
    def accept(self) -> bytes:
        """The ``Sec-WebSocket-Accept`` that shows that the other side has understood (RFC 6455 4.2.2)."""
        return b64encode(hashlib.sha1(self.key + _GUID, usedforsecurity=False).digest())

    def check(self, headers: Sequence[Header]) -> None:
        """Check the headers of a 101 as a client must (RFC 6455 4.1), names in lower case.

        Raises:
            OriginProtocolError: they do not answer this handshake.
        """
        protocols = _values(headers, b"sec-websocket-protocol")
        if self.version != _VERSION:
            self._refuse(f"of version {self.version[:20]!r}")
        if [value.lower() for value in _values(headers, b"upgrade")] != [b"websocket"]:
            self._refuse("without Upgrade: websocket")
        if b"upgrade" not in [option.lower() for option in _listed(_values(headers, b"connection"))]:
            self._refuse("without Connection: upgrade")
        if _values(headers, b"sec-websocket-accept") != [self.accept]:
            self._refuse("without the right Sec-WebSocket-Accept")
        if len(protocols) > 1 or not self.protocols.issuperset(protocols):
            self._refuse(f"for a sub-protocol that was not offered: {b', '.join(protocols)[:80]!r}")
        if not self.extensions >= _extensions(headers):
            self._refuse("with an extension that was not offered")

    def _refuse(self, why: str) -> None:
        raise OriginProtocolError(f"the origin accepted a WebSocket handshake {why}")


class _Fields:
    """The parser's callbacks."""

    def __init__(self) -> None:
        self.headers: list[Header] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))


def fields_of(head: bytes) -> list[Header]:
    """The headers of a 101, names in lower case. ``head`` ends with its empty line.

    Raises:
        OriginProtocolError: it is not the head of an answer that switches protocols.
    """
    fields = _Fields()
    try:
        httptools.HttpResponseParser(fields).feed_data(head)
    except httptools.HttpParserUpgrade:
        return fields.headers
    except httptools.HttpParserError as error:
        raise OriginProtocolError(f"the origin did not speak HTTP/1.1: {error}") from error
    raise OriginProtocolError("the origin answered 101 without an upgrade")


def _is_key(value: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(value, strict_mode=True)) == _KEY_BYTES
    except binascii.Error:
        return False


def _values(headers: Iterable[Header], wanted: bytes) -> list[bytes]:
    return [value.strip() for name, value in headers if name == wanted]


def _listed(values: Iterable[bytes]) -> list[bytes]:
    return [item.strip() for value in values for item in value.split(b",")]


def _extensions(headers: Iterable[Header]) -> frozenset[bytes]:
    listed = _listed(_values(headers, b"sec-websocket-extensions"))
    return frozenset(item.partition(b";")[0].strip() for item in listed)
