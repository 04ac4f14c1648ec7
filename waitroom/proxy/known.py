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
    size: int
    """Of the whole answer in bytes."""


class KnownHeads(dict[bytes, KnownHead]):
    """What one process remembers: heads that came at least twice, up to and with their empty line."""

    def __init__(self) -> None:
        super().__init__()
        self._met = [0] * MOST_HEADS
        """Of heads that came, their hashes, each at a place of its own: to keep the heads of a shop that never says the
        same again would cost more than it brings."""

    def learn(self, head: bytes, size: int, status: int, headers: list[Header], *, keep_alive: bool) -> None:
        """Take note of the head of an answer of ``size`` bytes; the second time, remember it. What hands a visitor a
        cookie is theirs alone, and will not come again."""
        hashed = hash(head)
        if self._met[hashed % MOST_HEADS] != hashed:
            self._met[hashed % MOST_HEADS] = hashed
        elif not any(name == b"set-cookie" for name, _ in headers):
            if len(self) >= MOST_HEADS:
                self.clear()
            self[head] = KnownHead(status, Fields(headers), keep_alive, size)
