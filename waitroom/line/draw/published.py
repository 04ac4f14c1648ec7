"""All that is published of a room's draws: those to come, and those that were held."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from pydantic_core import to_json

from waitroom.line.draw.members import (
    VERSION,
    Issued,
    MalformedRecordError,
    Milliseconds,
    Published,
    Sha1,
    Sha256,
    Version,
    Word,
    read_json,
)
from waitroom.line.draw.record import DrawRecord, Finding


class AnnouncedDraw(Published):
    """What is published of one lane's draw before the opening."""

    version: Version = 1
    room: Word
    event: Word
    lane: Word
    opens_at: Milliseconds | None
    """When it is to be held; None where that is not set yet."""
    commitment: Sha256
    digest: Sha1
    """The running digest of all joins so far."""
    issued: Issued
    """The last number that was given out."""


@dataclass(frozen=True, slots=True)
class PublishedDraws:
    """What stands at ``/__waitroom/{room}/draw``, one entry for each lane; of several events the newest first."""

    announced: tuple[AnnouncedDraw, ...] = ()
    held: tuple[DrawRecord, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.announced or self.held)

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes that there is something of, each once."""
        names = [draw.lane for draw in self.held] + [draw.lane for draw in self.announced]
        return tuple(dict.fromkeys(names))

    def to_json(self) -> bytes:
        """As JSON text: ``version``, ``announced`` and ``held``."""
        return to_json({"version": VERSION, "announced": self.announced, "held": self.held})

    @classmethod
    def parse(cls, text: str | bytes) -> PublishedDraws:
        """What is in a JSON text: such a document, a list of records, or one record.

        Raises :class:`MalformedRecordError`.
        """
        match read_json(text):
            case {"held": held, **others}:
                announced = others.get("announced", [])
            case list(held):
                announced = []
            case record:
                return cls(held=(DrawRecord.read(record, "record"),))
        if not isinstance(announced, list) or not isinstance(held, list):
            raise MalformedRecordError("announced and held must be lists")
        return cls(
            tuple(AnnouncedDraw.read(each, f"announced[{i}]") for i, each in enumerate(announced)),
            tuple(DrawRecord.read(each, f"held[{i}]") for i, each in enumerate(held)),
        )

    def verify(self, noted: str | None = None) -> list[Finding]:
        """What is wrong with the records that are held, each for itself and with each other."""
        findings = [finding for record in self.held for finding in record.verify(noted)]
        for one, other in combinations(self.held, 2):
            if (one.room, one.event) != (other.room, other.event):
                continue
            if one.lane == other.lane and one != other:
                findings.append(Finding(one.event, one.lane, "twice", "there are two records of this draw"))
            if one.seed != other.seed:
                detail = f"the seed is another than that of lane {other.lane}, and an event has one"
                findings.append(Finding(one.event, one.lane, "seed", detail))
        return findings
