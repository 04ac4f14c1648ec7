"""The record of a draw that was held: all that is needed to recompute it."""

from __future__ import annotations

from typing import NamedTuple, Self

from pydantic import model_validator

from waitroom.line.draw.commitment import commitment, draw_key
from waitroom.line.draw.members import (
    Count,
    Milliseconds,
    Number,
    Published,
    Sha1,
    Sha256,
    Version,
    Word,
    read_json,
)
from waitroom.line.draw.permutation import Draw


class Finding(NamedTuple):
    """One thing that is wrong with a draw. ``check`` is a stable word; ``detail`` is for people."""

    event: str
    lane: str
    check: str
    detail: str


class DrawRecord(Published):
    """What is published of one lane's draw. Raises ``ValueError`` when a member is not what it must be."""

    version: Version = 1
    room: Word
    event: Word
    """Names the opening among those of the room."""
    lane: Word
    opened_at: Milliseconds
    """When it was drawn, in milliseconds since 1970 by the clock of Redis."""
    first: Number
    """The lowest ticket number that was drawn."""
    count: Count
    """How many were drawn."""
    commitment: Sha256
    """What had been published of the seed before."""
    seed: Sha256
    digest: Sha1
    """The running digest of all joins, as it stood at the opening."""
    key: Sha256

    @model_validator(mode="after")
    def _holds_a_draw(self) -> Self:
        _ = self.draw
        return self

    @classmethod
    def reveal(
        cls,
        seed: bytes,
        digest: str,
        *,
        room: str,
        event: str,
        lane: str,
        opened_at: int,
        first: int,
        count: int,
        committed: str | None = None,
    ) -> Self:
        """The record of a draw that is held now, its key worked out.

        ``committed`` is what had been published before; left out, what ``seed`` gives. Where the two differ, the
        record tells so when it is verified.
        """
        key = draw_key(seed, digest, room=room, event=event, lane=lane, first=first, count=count)
        return cls(
            room=room,
            event=event,
            lane=lane,
            opened_at=opened_at,
            first=first,
            count=count,
            commitment=commitment(seed) if committed is None else committed,
            seed=seed.hex(),
            digest=digest,
            key=key.hex(),
        )

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """The record in a JSON text. Raises :class:`MalformedRecordError`."""
        return cls.read(read_json(text), "record")

    def to_json(self) -> bytes:
        """The record as JSON text."""
        return self.model_dump_json().encode()

    @property
    def draw(self) -> Draw:
        """The order that follows from the key."""
        return Draw(bytes.fromhex(self.key), self.first, self.count)

    def place_of(self, number: int) -> int | None:
        """The place of a ticket among those drawn, from 1; None where it was not drawn."""
        draw = self.draw
        return draw.turn_of(number) - draw.first + 1 if number in draw else None

    def verify(self, noted: str | None = None) -> list[Finding]:
        """What is wrong with the record; nothing where all parts fit each other.

        ``noted`` is the commitment as somebody noted it before the opening. Without it the record is only checked
        against itself.
        """
        findings = []

        def wrong(check: str, detail: str) -> None:
            findings.append(Finding(self.event, self.lane, check, detail))

        seed = bytes.fromhex(self.seed)
        if noted is not None and noted != self.commitment:
            wrong("noted", "the commitment in the record is not the one that was noted before the opening")
        if commitment(seed) != self.commitment:
            wrong("commitment", "the seed is not the one that was committed to")
        if self._derived_key(seed) != self.key:
            wrong("key", "the key does not follow from the seed, the digest and who waited")
        return findings

    def _derived_key(self, seed: bytes) -> str:
        parts = {"room": self.room, "event": self.event, "lane": self.lane}
        return draw_key(seed, self.digest, **parts, first=self.first, count=self.count).hex()
