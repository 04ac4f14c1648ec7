"""How a room stands now, in the few figures that are kept and watched."""

from __future__ import annotations

from dataclasses import dataclass

from waitroom.line.memory import GENERAL
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.shaping.forecast import Estimate

NOW = Estimate(0, 0, 0)
"""Of those who need not wait."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A room at one moment."""

    waiting: int
    """Those in line who are present."""
    inside: int
    """Those included who were called and are about to enter."""
    target_per_minute: float | None
    """Admissions that are wanted: 0 where nobody may enter, None where everyone may."""
    newcomer_seconds: int | None
    """What a newcomer to the general lane is told of the wait; None: nobody knows."""


def standing_of(room: Room) -> Standing:
    """A room as it was seen last."""
    estimate = newcomers_wait(room, GENERAL)
    return Standing(
        waiting=room.waiting,
        inside=room.head.sessions + room.head.granted,
        target_per_minute=rate_in_force(room),
        newcomer_seconds=estimate and estimate.seconds,
    )


def rate_in_force(room: Room) -> float | None:
    """Admissions a minute that admission goes by now; None: everyone who comes."""
    mode = room.rules.mode
    if mode is Mode.PASS:
        return None
    moves = mode in (Mode.AUTO, Mode.QUEUE) and not room.rules.is_halted and not room.is_before_opening
    return room.rules.admission_rate if moves else 0.0


def newcomers_wait(room: Room, lane: str) -> Estimate | None:
    """What somebody who joined a lane now would be told; None: nothing."""
    of = room.lanes[lane]
    rules = room.rules
    is_free = rules.mode is Mode.AUTO and not rules.is_halted and not room.waiting and _is_open(room)
    if rules.mode is Mode.PASS or is_free:
        return NOW
    return wait_behind(room, lane, of.snapshot.ahead_of(of.head.issued + 1))


def wait_behind(room: Room, lane: str, ahead: int) -> Estimate | None:
    """What somebody with so many before them in a lane is told; None: nothing."""
    if room.rules.mode not in (Mode.AUTO, Mode.QUEUE) or room.rules.is_halted or room.awaits_draw:
        return None
    return room.lanes[lane].outlook.estimate(ahead)


def _is_open(room: Room) -> bool:
    """Whether there is a place for one more at once."""
    head, places = room.head, room.rules.places
    return head.tokens >= 1 and not 0 < places <= head.sessions + head.granted
