"""The gateway's cookies."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_AGE_SECONDS = 86_400
"""How long a browser keeps them. Whether they still count is decided by what is signed in them."""


LANGUAGE = "~"
"""Stands between a ticket and the language that its holder has chosen, in the ticket's cookie: so that a choice needs
no cookie of its own. No ticket has it in it."""
_CHOSEN = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")

MOST_VALUES = 100
"""Of one name that are looked at: each may cost a signature check."""


def ticket_cookie(room: str) -> bytes:
    """The name of the cookie that holds a ticket."""
    return b"waitroom_ticket_" + room.encode()


def pass_cookie(room: str) -> bytes:
    """The name of the cookie that holds a pass."""
    return b"waitroom_pass_" + room.encode()


def former_cookie(room: str) -> bytes:
    """The name of the cookie that holds a ticket that was taken back: only the support desk makes it count again."""
    return b"waitroom_left_" + room.encode()


def challenge_cookie(room: str) -> bytes:
    """The name of the cookie that holds a challenge."""
    return b"waitroom_challenge_" + room.encode()


def answer_cookie(room: str) -> bytes:
    """The name of the cookie that the challenge's page sets, with the solution."""
    return b"waitroom_answer_" + room.encode()


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


def chosen_language(headers: Iterable[tuple[bytes, bytes]], room: str) -> str:
    """The tag of the language that a visitor has chosen in a room; empty: none. It may be any tag."""
    start = ticket_cookie(room)
    jars = [value for name, value in headers if name == b"cookie" and LANGUAGE.encode() in value]
    for text in read(jars, start) if jars else ():
        _, _, chosen = text.partition(LANGUAGE)
        if _CHOSEN.fullmatch(chosen):
            return chosen
    return ""


def write(
    name: bytes, value: str, *, secure: bool, max_age_seconds: int = MAX_AGE_SECONDS
) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header."""
    return _header(name, value.encode(), max_age_seconds, secure=secure)


def clear(name: bytes, *, secure: bool) -> tuple[bytes, bytes]:
    """A ``Set-Cookie`` header that takes the cookie away."""
    return _header(name, b"", 0, secure=secure)


def _header(name: bytes, value: bytes, max_age: int, *, secure: bool) -> tuple[bytes, bytes]:
    flags = b"; HttpOnly; SameSite=Lax; Secure" if secure else b"; HttpOnly; SameSite=Lax"
    return b"set-cookie", b"%b=%b; Path=/; Max-Age=%d%b" % (name, value, max_age, flags)
