"""What the ticket's cookie holds beside the ticket, so that nothing of it needs a cookie of its own.

The value is ``ticket~language~mark=text~mark=text``; what is not there is left out at the end, or empty. No token has
``~`` in it. Nothing here is believed: each text carries its own signature, and is checked where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from waitroom.gate.cookies import read, ticket_cookie

SEPARATOR = "~"
"""Stands between the ticket and each of the others."""
MOST_CHARACTERS = 2048
"""Of one text. All together stay below what browsers keep of a cookie, 4096 bytes (RFC 6265bis section 5.6)."""
_CHOSEN = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_TEXT = re.compile(r"[A-Za-z0-9_.:-]+")


@dataclass(frozen=True, slots=True)
class Beside:
    """What there is of it; all may be empty."""

    language: str = ""
    """The tag of the language that the visitor has chosen. It may be any tag."""
    former: str = ""
    """A ticket that was taken back: only the support desk makes it count again."""
    invitation: str = ""
    claim: str = ""
    """What the shop has signed about a member, where it came by an address."""
    challenge: str = ""
    """The challenge that a browser without JavaScript was given."""
    form: str = ""
    """The key of a form that is kept: see :mod:`waitroom.gate.kept_forms`."""

    @classmethod
    def of(cls, headers: Iterable[tuple[bytes, bytes]], room: str) -> Beside:
        """What a request brings: of each the first that may be one."""
        jars = jars_of(headers)
        if not jars:
            return NOTHING_BESIDE
        values = [value.split(SEPARATOR)[1:] for value in read(jars, ticket_cookie(room))]
        language = next((parts[0] for parts in values if parts and _CHOSEN.fullmatch(parts[0])), "")
        return cls(language, *((_texts(values, mark) or ("",))[0] for mark in MARKS))

    def written(self) -> str:
        """What stands behind the ticket."""
        texts = [self.language] + [
            f"{mark}={text}" for mark in MARKS if (text := str(getattr(self, mark))) and _fits(text)
        ]
        return SEPARATOR + SEPARATOR.join(texts) if any(texts) else ""


MARKS = tuple(field.name for field in fields(Beside))[1:]
"""The names of the texts, as the cookie has them, but for the language, which has none."""
NOTHING_BESIDE = Beside()


def jars_of(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """The ``Cookie`` headers that may have anything beside a ticket."""
    return [value for name, value in headers if name == b"cookie" and b"~" in value]


def texts_beside(jars: Iterable[bytes], room: str, mark: str) -> list[str]:
    """All texts of one mark, in the order of :func:`~waitroom.gate.cookies.read`."""
    return _texts([value.split(SEPARATOR)[1:] for value in read(jars, ticket_cookie(room))], mark)


def _texts(values: Iterable[list[str]], mark: str) -> list[str]:
    start = f"{mark}="
    return [
        part[len(start) :]
        for parts in values
        for part in parts[1:]
        if part.startswith(start) and _fits(part[len(start) :])
    ]


def _fits(text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and _TEXT.fullmatch(text) is not None
