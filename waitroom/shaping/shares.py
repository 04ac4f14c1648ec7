"""What a lane is given of a room's admissions, now and later: other lanes run empty. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

ENDS_PER_MINUTE = 0.1
"""No crowd comes for ever: by this share of itself any inflow is taken to get less in a minute."""
_STEP_MS = 20_000.0
_GROWTH = 1.6
_STEPS = 10
"""An hour."""
_SPREAD = 1.5
_SAME = 0.01
_LEAST = 1e-6


class Share(NamedTuple):
    """From ``from_ms`` after now on, this part of what the room admits, and how far off that may be."""

    from_ms: float
    part: float
    doubt: float = 0.0


class Standing(NamedTuple):
    """A lane as it stands."""

    weight: float
    waiting: float
    inflow_per_minute: float


ALONE = (Share(0.0, 1.0),)


def shares_ahead(
    lanes: Sequence[Standing], per_minute: Callable[[float, float], float]
) -> list[tuple[Share, ...]]:
    """For each lane what it is given while somebody stands in it, as those of the others come and are admitted.

    Whoever stands in a lane is served by its weight; a lane that nobody stands in takes no more than what comes to it,
    and the others share the rest: max-min fairness (Bertsekas and Gallager, "Data Networks", 1992, section 6.5). The
    doubt is how much that differs from what it were if nobody came any more. ``per_minute`` tells what the room admits
    a minute between two moments after now, in milliseconds.
    """
    if len(lanes) == 1:
        return [ALONE]
    steps: list[tuple[float, float, float]] = []
    at, step = 0.0, _STEP_MS
    for _ in range(_STEPS):
        steps.append((at, step / MINUTE_MS, max(per_minute(at, at + step), _LEAST)))
        at, step = at + step, step * _GROWTH
    likely = _followed(lanes, steps, [lane.inflow_per_minute for lane in lanes])
    soon = _followed(lanes, steps, [0.0] * len(lanes))
    return [
        _joined(steps, *columns)
        for columns in zip(zip(*likely, strict=True), zip(*soon, strict=True), strict=True)
    ]


def _joined(
    steps: Sequence[tuple[float, float, float]], likely: Sequence[float], soon: Sequence[float]
) -> tuple[Share, ...]:
    """Steps in which a lane is given the same are one."""
    shares: list[Share] = []
    for (at, _, _), part, early in zip(steps, likely, soon, strict=True):
        doubt = abs(part - early) / _SPREAD
        if not shares or abs(part - shares[-1].part) + abs(doubt - shares[-1].doubt) > _SAME:
            shares.append(Share(at, part, doubt))
    return tuple(shares)


def _followed(
    lanes: Sequence[Standing], steps: Sequence[tuple[float, float, float]], inflow: list[float]
) -> list[list[float]]:
    """Step by step the part of each lane."""
    waiting = [lane.waiting for lane in lanes]
    parts = []
    for _, minutes, rate in steps:
        wanted = [stood / minutes + came for stood, came in zip(waiting, inflow, strict=True)]
        taken = _divide(lanes, wanted, rate)
        # whoever stands farther back than a lane now reaches is given what it would be
        parts.append(
            [
                (took if took < want else _divide(lanes, [*wanted[:at], inf, *wanted[at + 1 :]], rate)[at])
                / rate
                for at, (took, want) in enumerate(zip(taken, wanted, strict=True))
            ]
        )
        waiting = [max((want - took) * minutes, 0.0) for want, took in zip(wanted, taken, strict=True)]
        fade = exp(-ENDS_PER_MINUTE * minutes)
        inflow = [came * fade for came in inflow]
    return parts


def _divide(lanes: Sequence[Standing], wanted: Sequence[float], rate: float) -> list[float]:
    """How many a minute each lane takes."""
    taken = [0.0] * len(lanes)
    rest, hungry = rate, [at for at, lane in enumerate(lanes) if lane.weight > 0]
    while hungry:
        weight = sum(lanes[at].weight for at in hungry)
        content = [at for at in hungry if wanted[at] * weight <= rest * lanes[at].weight]
        for at in content or hungry:
            taken[at] = wanted[at] if content else rest * lanes[at].weight / weight
        if not content:
            break
        rest = max(rest - sum(wanted[at] for at in content), 0.0)
        hungry = [at for at in hungry if at not in content]
    return taken
