"""What the help of the desk would come to, told before it is given. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from waitroom.line.desk import Fate
from waitroom.line.rules import Mode
from waitroom.settings import format_duration
from waitroom.support.place import Action, Found, Located

_SHUT = {
    Mode.PAUSE: "The room is paused: nobody is let in before it goes on.",
    Mode.CLOSED: "The room is closed: nobody is let in before it opens.",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action would do."""

    action: Action
    place: Located
    """Which has it then: of a place that waits, the one before it is given back."""
    text: str
    """What becomes of it."""
    others: str
    """What it means for those who wait behind; empty: nothing."""
    notes: tuple[str, ...] = ()
    """What is easily overlooked."""


def effects_of(
    found: Found, before: Found | None, *, mode: Mode, rate_per_minute: float | None
) -> tuple[Effect, ...]:
    """What each action that makes sense would do. ``before`` is the place that the holder of a waiting one had before;
    ``rate_per_minute`` is in force (None: everyone is let through)."""
    effects = []
    for action in found.actions:
        if action is Action.FRONT:
            effects.append(_front(found, mode, rate_per_minute))
        elif found.fate is not Fate.WAITING:
            effects.append(_given_back(found, found.went_to, mode, rate_per_minute))
        elif before is not None:
            effects.append(_given_back(before, found.place, mode, rate_per_minute))
    return tuple(effects)


def _front(found: Found, mode: Mode, rate: float | None) -> Effect:
    notes = [_SHUT[mode]] if mode in _SHUT else []
    if not found.is_present:
        notes.append(
            f"Its holder is not there just now: they have {_span(found)} to come, or it waits for its old turn again."
        )
    if found.position == 1:
        text = "It is the next one already: only the rate and the capacity stand before it."
        return Effect(Action.FRONT, found.place, text, "", tuple(notes))
    came = f"from position {found.position:,} " if found.position is not None else ""
    text = f"It goes {came}to the front: it is called next, within the room's rate."
    ahead = (found.position or 0) - 1
    who = f"Each of the {ahead:,} before it" if ahead > 1 else "Whoever is before it"
    return Effect(Action.FRONT, found.place, text, _cost(who, rate), tuple(notes))


def _given_back(found: Found, instead_of: Located | None, mode: Mode, rate: float | None) -> Effect:
    notes = (
        [f"{str(instead_of)[0].upper()}{str(instead_of)[1:]}, which its holder has now, is given up for it."]
        if (instead_of is not None)
        else []
    )
    if found.fate is Fate.CALLED:
        text = f"Its holder has {_span(found)} from now on to come in."
    elif found.is_turn_called:
        text = f"Its turn has been called: its holder may come in at once, and has {_span(found)} to do so."
    else:
        turn = f"turn {found.turn:,}" if found.turn is not None else "its turn"
        text = f"It waits for {turn} again, as if nothing had been."
    if mode in _SHUT:
        notes.append(_SHUT[mode])
    return Effect(Action.RESTORE, found.place, text, _cost("Each who waits behind it", rate), tuple(notes))


def _span(found: Found) -> str:
    return format_duration(found.keep_seconds) if found.keep_seconds else "the usual time"


def _cost(who: str, rate: float | None) -> str:
    if rate is None:
        return "Nobody waits for it: the room lets everyone through."
    if rate <= 0:
        return f"{who} waits for one more."
    seconds = 60 / rate
    longer = f"{seconds:.1f} s" if seconds < 60 else format_duration(round(seconds))
    return f"{who} waits for one more: {longer} at {rate:g} a minute."
