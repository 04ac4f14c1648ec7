"""A crowd whose every wait is known, and the bits of the line that a gateway would have of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from waitroom.feedback.buckets import BOUNDS_SECONDS
from waitroom.line.census import Census
from waitroom.line.head import Head

START_MS = 1_000_000_000


class End(Enum):
    """How a wait ended."""

    ENTERED = auto()
    LEFT = auto()
    SILENT = auto()


@dataclass(frozen=True)
class Wait:
    """One wait, in milliseconds of the room clock."""

    joined: int
    ended: int
    end: End


def crowd(
    chance: random.Random, joins: int, over_ms: int, patience_ms: float, service_ms: float
) -> list[Wait]:
    """Waits that end by whichever comes first: patience, or being let in. A third of those who go say so."""
    waits = []
    for joined in sorted(chance.randrange(over_ms) for _ in range(joins)):
        patience, service = chance.expovariate(1 / patience_ms), chance.expovariate(1 / service_ms)
        end = End.ENTERED if service < patience else chance.choice((End.LEFT, End.SILENT, End.SILENT))
        waits.append(Wait(START_MS + joined, START_MS + joined + int(min(patience, service)), end))
    return waits


def census(waits: list[Wait], at: int, lag_ms: int = 0, *, base: int = 1, floor: int = 0) -> Census:
    """The bits at a moment; ticket numbers count from 1."""
    issued = sum(wait.joined <= at for wait in waits)
    present = used = left = 0
    for number in range(base, issued + 1):
        wait, bit = waits[number - 1], 1 << (issued - number)
        gone_at = wait.ended + (lag_ms if wait.end is End.SILENT else 0)
        if at < gone_at:
            present |= bit
        elif wait.end is not End.SILENT:
            used |= bit
            left |= bit if wait.end is End.LEFT else 0
    return Census(Head(epoch=1, issued=issued, clock=at, floor=floor, base=base), base, present, used, left)


def kaplan_meier(waits: list[Wait], until: int) -> Iterator[tuple[int, float]]:
    """The exact product-limit estimate at each bound in seconds; who waits at ``until`` is censored, who enters too."""
    spans = sorted(
        (min(wait.ended, until) - wait.joined, wait.ended <= until and wait.end is not End.ENTERED)
        for wait in waits
        if wait.joined < until
    )
    staying, at = 1.0, 0
    for bound in BOUNDS_SECONDS:
        while at < len(spans) and spans[at][0] <= bound * 1000:
            if spans[at][1]:
                staying *= 1 - 1 / (len(spans) - at)
            at += 1
        if len(spans) - at < 50:
            return
        yield bound, staying
