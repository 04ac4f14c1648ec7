"""What holds admission back at a moment, and why: one sentence that says where to turn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from admin.pages.words import number
from waitroom.line.rules import Mode, Rules


class Tone(StrEnum):
    """How it is to be taken."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    NOTE = "note"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Limit:
    """What holds admission back."""

    kind: str
    """A stable word: away, closed, paused, opening, held, pass, open, capacity, capacity-measured, adaptive, shared,
    rate, stopped."""
    tone: Tone
    says: str
    """In a few words."""
    why: str
    """In a sentence."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a room decides it."""

    rules: Rules
    waiting: int
    inside: int
    """Those included who were called and are about to enter."""
    is_away: bool = False
    """Whether Redis is."""
    is_before_opening: bool = False
    is_held: bool = False
    """Whether tickets are awaited that bring back a line that Redis lost."""


def limit_of(now: Standing) -> Limit:
    """What holds admission back: of several things the one that must change first."""
    rules, waiting = now.rules, now.waiting
    line = f"{number(waiting)} {'waits' if waiting == 1 else 'wait'}"
    if now.is_away:
        return Limit("away", Tone.BAD, "Redis does not answer", "Nobody new is let in until it is back.")
    if rules.mode is Mode.CLOSED:
        return Limit("closed", Tone.IDLE, "Closed", f"Newcomers are told that the room is closed; {line}.")
    if rules.mode is Mode.PAUSE:
        return Limit(
            "paused", Tone.WARN, "Paused by hand", f"Nobody is let in until somebody resumes; {line}."
        )
    if rules.mode is Mode.PASS:
        return Limit(
            "pass", Tone.NOTE, "Nothing: all pass", "The line is off, and the shop gets everyone who comes."
        )
    if now.is_before_opening:
        return Limit(
            "opening", Tone.NOTE, "The opening", f"The doors are still shut; {line} for them to open."
        )
    if now.is_held:
        why = "Redis lost the line; admission waits a few seconds for the tickets to bring it back."
        return Limit("held", Tone.WARN, "The line is coming back", why)
    if rules.places and now.inside >= rules.places:
        return _full(now)
    if rules.admission_rate <= 0:
        return Limit("stopped", Tone.WARN, "The rate is 0", f"Nobody is let in at a rate of 0; {line}.")
    if not waiting:
        why = f"Nobody waits. Up to {number(rules.admission_rate)} a minute walk straight in."
        return Limit("open", Tone.GOOD, "Nothing: the door is open", why)
    if rules.admission_rate < rules.rate:
        return _less_than_set(rules)
    return Limit(
        "rate", Tone.NOTE, "The rate", f"Set to {number(rules.rate)} a minute, and the shop keeps up with it."
    )


def _full(now: Standing) -> Limit:
    rules = now.rules
    counted = f"{number(now.inside)} of {number(rules.places)} places are taken: one enters when one leaves."
    if rules.places < (rules.capacity or rules.places + 1):
        return Limit("capacity-measured", Tone.WARN, "What the shop carries", f"Measured, not set: {counted}")
    return Limit("capacity", Tone.NOTE, "The capacity", counted)


def _less_than_set(rules: Rules) -> Limit:
    given = f"{number(rules.admission_rate)} of {number(rules.rate)} a minute"
    if rules.admission_rate == rules.limit_rate:
        why = f"The shop answers more slowly or with errors, so it gets {given}."
        return Limit("adaptive", Tone.WARN, "What the shop carries", why)
    return Limit(
        "shared", Tone.NOTE, "The common rate", f"Other rooms use the shop too: this one gets {given}."
    )
