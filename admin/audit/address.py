"""What is kept of an address: its network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from waitroom.shaping.addresses import network_text


def network_of(address: str) -> str:
    """The network of an address: /24 of IPv4, /48 of IPv6. Empty for what is none, such as the peer of a unix socket.

    It tells an attack from a colleague, and it is no one's own: the log is kept for long.
    """
    return network_text(address)


def place_of(address: str) -> str:
    """By what attempts of an address are counted, in memory only: all of IPv4, the first 64 bits of IPv6, which is what
    one subscriber has (RFC 6177)."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    plain: IPv4Address | IPv6Address = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(plain) if isinstance(plain, IPv4Address) else str(ip_network((plain, 64), strict=False))
