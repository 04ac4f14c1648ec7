"""The gateway's cookies."""

from __future__ import annotations

from collections.abc import Iterable

MAX_AGE_SECONDS = 86_400
"""How long a browser keeps them. Whether they still count is decided by what is signed in them."""


def ticket_cookie(room: str) -> bytes:
    """The name of the cookie that holds a ticket."""
    return b"waitroom_ticket_" + room.encode()


def pass_cookie(room: str) -> bytes:
    """The name of the cookie that holds a pass."""
    return b"waitroom_pass_" + room.encode()


def read(headers: Iterable[tuple[bytes, bytes]], *names: bytes) -> list[str]:
    """The values of cookies ``names``; empty where a cookie is not there. The first of a name counts."""
    found = dict.fromkeys(names, "")
    for header, value in headers:
        if header == b"cookie" and b"waitroom_" in value:
            for pair in value.split(b";"):
                name, _, text = pair.strip().partition(b"=")
                if name in found and not found[name]:
                    found[name] = text.decode("latin-1")
    return list(found.values())


def write(name: bytes, value: str, *, secure: bool) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header."""
    return _header(name, value.encode(), MAX_AGE_SECONDS, secure=secure)


def clear(name: bytes, *, secure: bool) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header that takes the cookie away."""
    return _header(name, b"", 0, secure=secure)


def _header(name: bytes, value: bytes, max_age: int, *, secure: bool) -> tuple[bytes, bytes]:
    flags = b"; HttpOnly; SameSite=Lax; Secure" if secure else b"; HttpOnly; SameSite=Lax"
    return b"set-cookie", b"%b=%b; Path=/; Max-Age=%d%b" % (name, value, max_age, flags)
