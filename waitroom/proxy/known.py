"""Heads of the shop's answers that have been read before.

To those who come together a shop says the same of the same page again and again, at least within a second. What the
parser made of such a head is remembered under its bytes: for the same head, followed by as many bytes, it would say the
same again. See docs/adr/0043-an-answer-s-fields-are-understood-once.md.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from waitroom.proxy.fields import Fields, Header

LONGEST_HEAD: Final = 2048
"""Of a head that is remembered, in bytes."""
MOST_HEADS: Final = 1024


class KnownHead(NamedTuple):
    """The head of an answer that came whole and in one piece, its end told by its length."""

    status: int
    headers: Fields
    keep_alive: bool
    body_at: int
    """Where the body begins."""
    size: int
    """Of the whole answer in bytes."""


class KnownHeads:
    """What one process remembers."""

    def __init__(self) -> None:
        self._heads: dict[bytes, KnownHead] = {}

    def __repr__(self) -> str:
        return f"<KnownHeads {len(self._heads)}>"

    def of(self, data: bytes) -> KnownHead | None:
        """What ``data`` begins with, if it is a whole answer with a head that is known."""
        known = self._heads.get(data[: data.find(b"\r\n\r\n", 0, LONGEST_HEAD) + 4])
        return known if known is not None and known.size == len(data) else None

    def learn(
        self, data: bytes, status: int, headers: list[Header], *, keep_alive: bool, body_bytes: int
    ) -> None:
        """Remember the head of a whole answer that is not in chunks. What hands a visitor a cookie is theirs alone, and
        will not come again."""
        body_at = data.find(b"\r\n\r\n", 0, LONGEST_HEAD) + 4
        # the first head in it is of an interim answer, where the lengths do not add up
        if body_at + body_bytes != len(data) or any(name == b"set-cookie" for name, _ in headers):
            return
        if len(self._heads) >= MOST_HEADS:
            self._heads.clear()
        self._heads[data[:body_at]] = KnownHead(status, Fields(headers), keep_alive, body_at, len(data))
