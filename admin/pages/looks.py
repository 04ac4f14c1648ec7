"""How the modes, and what limits admission, are shown: by a word, an icon and a tone, never by a colour alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from waitroom.line.rules import Mode
from waitroom.live.limits import Limit


class Tone(StrEnum):
    """How something is to be taken."""

    GOOD = "good"
    NOTE = "note"
    IDLE = "idle"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Look:
    """How one thing is shown."""

    label: str
    icon: str
    """Of ``templates/admin/icons.svg``."""
    tone: Tone
    means: str = ""


MODES = {
    Mode.AUTO: Look("Auto", "auto", Tone.GOOD, "Holds only when more come than rate and capacity allow."),
    Mode.QUEUE: Look("Queue", "queue", Tone.NOTE, "Holds every newcomer, and lets in at the rate."),
    Mode.PASS: Look("Pass", "pass", Tone.WARN, "Lets everyone through: the shop gets all of them."),
    Mode.PAUSE: Look("Paused", "pause", Tone.WARN, "Lets nobody in; newcomers get a place in line."),
    Mode.CLOSED: Look("Closed", "closed", Tone.IDLE, "Lets nobody in, and tells newcomers so."),
}
LIMITS = {
    Limit.REDIS: Look("Redis does not answer", "bad", Tone.BAD),
    Limit.OPENING: Look("The opening", "clock", Tone.NOTE),
    Limit.SOLD_OUT: Look("Sold out", "closed", Tone.WARN),
    Limit.PAUSED: Look("The pause", "pause", Tone.WARN),
    Limit.SCHEDULE: Look("The schedule", "clock", Tone.IDLE),
    Limit.CLOSED: Look("Closed", "closed", Tone.IDLE),
    Limit.PASSING: Look("Nothing: all pass", "pass", Tone.WARN),
    Limit.RECOVERING: Look("The line is coming back", "warn", Tone.WARN),
    Limit.IDLE: Look("Nothing", "check", Tone.GOOD),
    Limit.CAPACITY: Look("The capacity", "info", Tone.NOTE),
    Limit.ADAPTIVE: Look("The shop", "warn", Tone.WARN),
    Limit.SHARED: Look("The common rate", "info", Tone.NOTE),
    Limit.RATE: Look("The rate", "info", Tone.NOTE),
}
TONES = {
    Tone.GOOD: "check",
    Tone.NOTE: "info",
    Tone.IDLE: "closed",
    Tone.WARN: "warn",
    Tone.BAD: "bad",
}
"""The icon of each."""


def looks_json() -> str:
    """The same for the scripts of the pages."""
    modes = {mode: asdict(look) for mode, look in MODES.items()}
    limits = {limit: asdict(look) for limit, look in LIMITS.items()}
    return json.dumps({"modes": modes, "limits": limits, "tones": TONES})
