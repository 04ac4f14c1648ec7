"""How far a plan opens the door. Pure."""

from __future__ import annotations

from math import inf

from waitroom.line.plan import Plan
from waitroom.line.rules import Mode


def highest_rate(plan: Plan) -> float:
    """The highest rate a minute that a plan will set: infinite where it lets everyone through, 0 where it
    sets none."""
    return max(
        (_rate(step.changes.get("mode"), step.changes.get("rate")) for step in plan.steps), default=0.0
    )


def _rate(mode: str | None, rate: str | None) -> float:
    if mode == Mode.PASS:
        return inf
    return float(rate) if rate else 0.0
