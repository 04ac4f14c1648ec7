"""What can be set for an event of a room: a sale with its opening, its end and its rates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from waitroom.line.rules import Mode
from waitroom.settings.duration import parse_duration
from waitroom.settings.kinds import LONGEST_SECONDS, Allowed, AnyDuration, broken
from waitroom.shaping.ramp import Ramp, RampError

_FIRST_YEAR, _LAST_YEAR = 2000, 2999
"""Beyond them a digit has been mistaken."""


def as_text(given: object) -> object:
    """A moment, a rate or a duration as a text, however it was written."""
    # TOML has moments of its own, and numbers
    if isinstance(given, datetime):
        return given.isoformat(sep=" ")
    return f"{given:g}" if isinstance(given, int | float) and not isinstance(given, bool) else given


def _moment(given: str) -> str:
    try:
        read = datetime.fromisoformat(given.strip())
    except ValueError:
        raise ValueError("not a moment") from None
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        raise broken(f"must be of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    if "T" not in given and ":" not in given:
        raise ValueError("a date without a time")
    return given.strip()


def _ramp(given: str) -> str:
    try:
        Ramp.parse(given)
    except RampError as error:
        raise broken(f"{error}; allowed: a rate, or a rate with its steps: {Ramp.HELP}") from error
    return given


def moment_or_duration(given: str) -> str:
    """The same text where it is one of both. Raises ``ValueError``."""
    try:
        seconds = parse_duration(given)
    except ValueError:
        return _moment(given)
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise broken("must not be longer than 365d")
    return given


Moment = Annotated[
    str,
    BeforeValidator(as_text),
    AfterValidator(_moment),
    Allowed(
        'a date and time of the room\'s timezone, such as "2026-12-01 10:00", or with an offset of its own'
    ),
]


class EventSettings(BaseModel):
    """An event of a room: a sale that opens, and may close, at a set time.

    Each event has a line of its own: when it begins, tickets of before are of an earlier life. Outside of its events a
    room is in its own ``mode``, so a room that sells only at its events has ``mode = "closed"``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"), Allowed('1 to 40 of a-z, 0-9 and "-"')
    ] = Field(
        description="The event's name, as it stands in the record and in the draw. Two events never share one."
    )
    opens: Moment = Field(description="When the door opens.")
    prequeue: AnyDuration = Field(
        default=0.0,
        description="For how long before the opening newcomers already get a place, and see a countdown. "
        '"0s": the line begins with the opening.',
    )
    draw: Annotated[bool, Allowed("true or false")] = Field(
        default=True,
        description="Put everyone who came before the opening in a random order that anyone can check: arrival order "
        "measures the network, not the wish to buy. false: first come, first served from the pre-queue on. Without a "
        "pre-queue there is nobody to draw.",
    )
    closes: Annotated[
        str | None,
        BeforeValidator(as_text),
        AfterValidator(lambda given: given if given is None else moment_or_duration(given)),
        Allowed('a date and time, or how long after the opening, such as "6h"'),
    ] = Field(default=None, description="When the event ends. Left out: when the next one begins, or never.")
    rate: Annotated[
        str | None,
        BeforeValidator(as_text),
        AfterValidator(lambda given: given if given is None else _ramp(given)),
        Allowed(f"a rate, or a rate with its steps: {Ramp.HELP}"),
    ] = Field(
        default=None,
        description="Admissions per minute from the opening on, with steps or ramps: "
        '"100", "100, then +50 every 5m to 600", "100, 300 after 10m, 600 after 1h". Left out: the room\'s rate.',
    )
    mode: Annotated[Literal[Mode.AUTO, Mode.QUEUE], Allowed('"auto" or "queue"')] = Field(
        default=Mode.AUTO, description="The room's mode during the event."
    )
