"""The header field ``Forwarded`` (RFC 7239): what each proxy says of whom it was asked by. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_PAIR: Final = re.compile(rb'[ \t]*([A-Za-z]{1,20})=("(?:[^"\\]|\\.){0,255}"|[^\s",;]{0,255})[ \t]*([;,]|$)')
_ESCAPED: Final = re.compile(rb"\\(.)")
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def elements(values: Iterable[bytes]) -> list[Mapping[bytes, bytes]]:
    """What each proxy said, the nearest one last, with names in lower case.

    What is malformed ends the reading of its field, and the element that it stands in says nothing.
    """
    found: list[Mapping[bytes, bytes]] = []
    for value in values:
        element: dict[bytes, bytes] = {}
        at = 0
        while match := _PAIR.match(value, at):
            name, given, end = match.groups()
            if given.startswith(b'"'):
                given = _ESCAPED.sub(rb"\1", given[1:-1])
            element[name.lower()] = given
            if end != b";":
                found.append(element)
                element = {}
            at = match.end()
            if not end:
                break
    return found


def element(*, address: str | None, host: bytes, scheme: str) -> bytes:
    """What this gateway says. ``address`` of None: the peer has none."""
    who = b"unknown" if address is None else address.encode("ascii")
    if b":" in who:
        who = b'"[%b]"' % who
    said = b"for=%b;proto=%b" % (who, scheme.encode("ascii"))
    if host:
        said += b";host=%b" % (host if _TOKEN.fullmatch(host) else b'"%b"' % host.replace(b'"', b""))
    return said
