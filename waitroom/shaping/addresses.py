"""What is kept of an address: a keyed hash of it and of its network, of today only."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import blake2b, sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

PERIOD_MS = 86_400_000
"""A hash counts for a day at most: that of tomorrow cannot be linked with it."""
_DIGEST_BYTES = 12


class Whence(NamedTuple):
    """The two places that an address stands for, as bits of it."""

    address: bytes
    """All of an IPv4 address, the first 64 bits of an IPv6 one: what one subscriber has (RFC 6177)."""
    network: bytes
    """The first 24 bits of an IPv4 address, the first 48 of an IPv6 one."""


def whence(address: str) -> Whence | None:
    """The places of an address; None for what has none, such as the peer of a unix socket.

    An IPv4 address in an IPv6 one (``::ffff:192.0.2.1``) is that IPv4 address; a zone does not count.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    plain: IPv4Address | IPv6Address = getattr(parsed, "ipv4_mapped", None) or parsed
    bits = plain.packed
    if isinstance(plain, IPv4Address):
        return Whence(b"4" + bits, b"4" + bits[:3])
    return Whence(b"6" + bits[:8], b"6" + bits[:6])


def network_text(address: str) -> str:
    """The network of an address: /24 of IPv4, /48 of IPv6. Empty for what has none, as the peer of a unix socket."""
    if (place := whence(address)) is None:
        return ""
    bits = place.network[1:]
    if place.network[:1] == b"4":
        return str(ip_network((bits + b"\0", 24)))
    return str(ip_network((bits + bytes(10), 48)))


class Hasher:
    """Hashes places with a key of the room and the day, which only the holders of the secret can make.

    BLAKE2b keyed (RFC 7693 section 2.9). The hashes of two rooms, and of two days, have nothing in common.
    """

    def __init__(self, secret: str, room: str) -> None:
        self._root = hmac.digest(secret.encode(), b"waitroom.addresses:" + room.encode(), sha256)
        self._period = -1
        self._key = b""

    def __repr__(self) -> str:
        return "<Hasher>"

    def __call__(self, place: bytes, now_ms: int) -> str:
        """The name under which a place is counted: 16 letters, digits, ``-`` and ``_``."""
        period = now_ms // PERIOD_MS
        if period != self._period:
            self._period, self._key = period, hmac.digest(self._root, b"%d" % period, sha256)
        digest = blake2b(place, key=self._key, digest_size=_DIGEST_BYTES).digest()
        return urlsafe_b64encode(digest).decode()
