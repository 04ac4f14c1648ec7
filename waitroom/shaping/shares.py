"""What a lane is given of a room's admissions, now and later: other lanes run empty. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

_STEP_MS = 15_000.0
_GROWTH = 1.2
_STEPS = 36
"""Three hours and more."""
_SAME = 0.01


class Share(NamedTuple):
    """From ``from_ms`` after now on, this part of what the room admits."""

    from_ms: float
    part: float


Shares = tuple[Share, ...]
"""One after the other; the first begins now."""
ALWAYS: Shares = (Share(0.0, 1.0),)


class Standing(NamedTuple):
    """A lane as it stands."""

    weight: float
    waiting: float
    inflow_per_minute: float
    """How many come to stay."""
    fading_per_minute: float = 0.0
    """By which share of itself the inflow gets less in a minute."""


def shares_ahead(lanes: Sequence[Standing], per_minute: Callable[[float, float], float]) -> list[Shares]:
    """For each lane what it is given while somebody stands in it, as those of the others come and are admitted.

    Whoever stands in a lane is served by its weight; a lane that nobody stands in takes no more than what comes to it,
    and the others share the rest: max-min fairness (Bertsekas and Gallager, "Data Networks", 1992, section 6.5).
    ``per_minute`` tells what the room admits a minute between two moments after now, in milliseconds.
    """
    if len(lanes) == 1:
        return [ALWAYS]
    waiting = [lane.waiting for lane in lanes]
    inflow = [lane.inflow_per_minute for lane in lanes]
    shares: list[list[Share]] = [[] for _ in lanes]
    at, step = 0.0, _STEP_MS
    for _ in range(_STEPS):
        rate, minutes = per_minute(at, at + step), step / MINUTE_MS
        given = _divide(lanes, waiting, inflow, rate, minutes)
        for own, (part, _) in zip(shares, given, strict=True):
            if not own or abs(own[-1].part - part) > _SAME:
                own.append(Share(at, part))
        waiting = [
            max(stood + (came - taken) * minutes, 0.0)
            for stood, came, (_, taken) in zip(waiting, inflow, given, strict=True)
        ]
        inflow = [
            came * max(1 - lane.fading_per_minute * minutes, 0.0)
            for came, lane in zip(inflow, lanes, strict=True)
        ]
        at, step = at + step, step * _GROWTH
    return [tuple(own) for own in shares]


def _divide(
    lanes: Sequence[Standing], waiting: Sequence[float], inflow: Sequence[float], rate: float, minutes: float
) -> list[tuple[float, float]]:
    """Of each lane: what part it is given if somebody stands in it, and how many a minute it really takes."""
    wanted = [stood / minutes + came for stood, came in zip(waiting, inflow, strict=True)]
    taken = [0.0] * len(lanes)
    rest, hungry = rate, {at for at, lane in enumerate(lanes) if lane.weight > 0}
    while hungry:
        weight = sum(lanes[at].weight for at in hungry)
        content = {at for at in hungry if wanted[at] * weight <= rest * lanes[at].weight}
        if not content:
            break
        for at in content:
            taken[at] = wanted[at]
            rest -= wanted[at]
        hungry -= content
    weight = sum(lanes[at].weight for at in hungry)
    given = []
    for at, lane in enumerate(lanes):
        if at in hungry:
            taken[at] = rest * lane.weight / weight
            given.append((lane.weight / weight * (rest / rate if rate > 0 else 1.0), taken[at]))
            continue
        # what it would be given if more stood in it
        part = lane.weight / (weight + lane.weight) if lane.weight > 0 else 0.0
        if rate > 0:
            part = max(part * (rest + taken[at]), taken[at]) / rate
        given.append((part, taken[at]))
    return given
