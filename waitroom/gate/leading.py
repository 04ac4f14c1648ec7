"""Addresses that visitors are led to."""

from __future__ import annotations

from urllib.parse import quote

from waitroom.gate.answers import Header

_IN_ADDRESSES = "/?&=#%:;,+@!$'()*~[]"
"""What an address may hold as it is, escapes among it (RFC 3986 section 2.2)."""


def local_target(target: str) -> str:
    r"""The address as one on this site: ``//host`` and ``/\host`` would lead a browser to another one.

    So would a tab or a line break between the slashes, which browsers drop (WHATWG URL, 4.4, step 3).
    """
    printable = "".join(character for character in target if character.isprintable())
    return "/" + printable.lstrip("/\\ ")


def leading_to(address: str) -> Header:
    """The header that leads a browser to an address: of what no address may hold, the escapes (RFC 3986 section 2)."""
    return b"location", quote(address, safe=_IN_ADDRESSES).encode()
