"""Who the visitor is, when other proxies stand in front of the gateway."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple

from waitroom.proxy.forwarded import elements

UNIX_PEER: Final = "unix"
"""The name under which a peer on a unix socket, which has no address, can be trusted."""

# What a host may be made of (RFC 3986 3.2.2), with its port. Anything else is not passed on.
_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]{1,255}")
_SCHEMES: Final = {b"http": "http", b"https": "https", b"ws": "http", b"wss": "https"}
# Addresses whose verdict is remembered. Visitors are many, so what is remembered is forgotten all at once.
_REMEMBERED: Final = 10_000


class Visitor(NamedTuple):
    """Whom a request is from: address, scheme (``http`` or ``https``) and the host that was asked for."""

    address: str
    scheme: str
    host: bytes
    """As a trusted proxy tells."""
    asked: bytes
    """As the request itself has it, which is what the shop sees."""


class TrustedProxies:
    """The proxies whose ``X-Forwarded-*`` headers are believed.

    Args:
        networks: addresses or networks in CIDR notation; ``unix`` for peers on a unix socket.

    Raises:
        ValueError: one of them is neither; the message names it.
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        parsed: list[IPv4Network | IPv6Network] = []
        self._unix = False
        for text in networks:
            if text == UNIX_PEER:
                self._unix = True
                continue
            try:
                parsed.append(ip_network(text, strict=False))
            except ValueError as error:
                raise ValueError(
                    f"trusted proxy {text!r} is neither an address, a network like 10.0.0.0/8, nor 'unix'"
                ) from error
        self._networks = tuple(parsed)
        self._verdicts: dict[str, bool] = {}

    def __repr__(self) -> str:
        names = [str(network) for network in self._networks] + [UNIX_PEER] * self._unix
        return f"<TrustedProxies [{', '.join(names)}]>"

    def believes(self, client: tuple[str, int] | None) -> bool:
        """Whether this peer of ours is a trusted proxy. ``None`` is a peer on a unix socket."""
        return self._unix if client is None else self._trusts(client[0])

    def visitor(
        self,
        client: tuple[str, int] | None,
        headers: Sequence[tuple[bytes, bytes]],
        *,
        scheme: str = "http",
    ) -> Visitor:
        """Find who is behind the trusted proxies.

        ``X-Forwarded-For`` is read from the right: each trusted address is passed over, the first other one
        is the visitor. Of ``X-Forwarded-Proto`` and ``-Host`` the last value counts, the nearest proxy's.
        ``Forwarded`` says the same in one field, and is read where none of them is there.

        Args:
            client: the peer of the connection, as in the ASGI scope.
            headers: those of the request, names in lower case.
            scheme: that of the connection itself.
        """
        address = UNIX_PEER if client is None else client[0]
        believed = self.believes(client)
        asked = b""
        chain: list[bytes] = []
        forwarded_host = b""
        forwarded: list[bytes] = []
        told_scheme = b""
        for name, value in headers:
            if name == b"host":
                asked = value
            elif not believed:
                continue
            elif name == b"forwarded":
                forwarded.append(value)
            elif name == b"x-forwarded-for":
                chain += value.split(b",")
            elif name == b"x-forwarded-proto":
                told_scheme = _last(value)
            elif name == b"x-forwarded-host":
                forwarded_host = _last(value)
        if forwarded and not (chain or told_scheme or forwarded_host):
            said = elements(forwarded)
            chain = [each[b"for"] for each in said if b"for" in each]
            if said:
                told_scheme, forwarded_host = said[-1].get(b"proto", b""), said[-1].get(b"host", b"")
        scheme = _SCHEMES.get(told_scheme.lower(), scheme)
        for hop in reversed(chain):
            found = _address(hop)
            if found is None:
                break
            address = found
            if not self._trusts(address):
                break
        host = forwarded_host if _HOST.fullmatch(forwarded_host) else asked
        return Visitor(address, scheme, host, asked)

    def _trusts(self, address: str) -> bool:
        if not self._networks:
            return False
        verdict = self._verdicts.get(address)
        if verdict is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[address] = self._within(address)
        return verdict

    def _within(self, address: str) -> bool:
        try:
            parsed = _unmapped(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def place_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the IPv6 network of 64 bits that one subscriber has."""
    return str(ip_network((address.partition("%")[0], 64), strict=False)) if ":" in address else address


def _last(value: bytes) -> bytes:
    return value.rpartition(b",")[2].strip()


def _unmapped(address: str) -> IPv4Address | IPv6Address:
    # A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1.
    parsed = ip_address(address.partition("%")[0])
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _address(hop: bytes) -> str | None:
    """The address in one entry of ``X-Forwarded-For``, its port left out; ``None`` when it is not one."""
    text = hop.strip().decode("latin-1")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(_unmapped(text))
    except ValueError:
        return None
