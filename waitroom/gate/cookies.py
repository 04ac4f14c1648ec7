"""The gateway's two cookies, a ticket's and a pass's: there are no others."""

from __future__ import annotations

from collections.abc import Iterable

MAX_AGE_SECONDS = 86_400
"""How long a browser keeps them. Whether they still count is decided by what is signed in them."""

MOST_VALUES = 100
"""Of one name that are looked at: each may cost a signature check."""


def ticket_cookie(room: str) -> bytes:
    """The name of the cookie that holds a ticket."""
    return b"waitroom_ticket_" + room.encode()


def pass_cookie(room: str) -> bytes:
    """The name of the cookie that holds a pass."""
    return b"waitroom_pass_" + room.encode()


def read(jars: Iterable[bytes], name: bytes, *, own: str = "") -> list[str]:
    """The values of cookie ``name`` in the ``Cookie`` headers, as they come, those first that begin with ``own``: a
    neighbour domain may have set any number of the same name."""
    found: list[str] = []
    start = name + b"="
    for pairs in jars:
        at = pairs.find(start)
        while at >= 0:
            begin = at + len(start)
            end = pairs.find(b";", begin)
            text = pairs[begin : end if end >= 0 else None].rstrip()
            if text and pairs[:at].rstrip()[-1:] in (b"", b";"):
                found.append(text.decode("latin-1"))
            at = pairs.find(start, begin)
    found.sort(key=lambda text: not text.startswith(own))
    return found[:MOST_VALUES]


def write(name: bytes, value: str, *, secure: bool) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header."""
    return _header(name, value.encode(), MAX_AGE_SECONDS, secure=secure)


def clear(name: bytes, *, secure: bool) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header that takes the cookie away."""
    return _header(name, b"", 0, secure=secure)


def _header(name: bytes, value: bytes, max_age: int, *, secure: bool) -> tuple[bytes, bytes]:
    flags = b"; HttpOnly; SameSite=Lax; Secure" if secure else b"; HttpOnly; SameSite=Lax"
    return b"set-cookie", b"%b=%b; Path=/; Max-Age=%d%b" % (name, value, max_age, flags)
