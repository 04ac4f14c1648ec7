"""How several rooms divide what they share: weighted max-min fairness, pure.

D. Bertsekas and R. Gallager, "Data Networks" (2nd edition, 1992), section 6.5.2, by progressive filling: nobody gets
more than they want, and what one leaves is divided among the others by their weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """What a room wants of a common rate, in admissions a minute, and its weight next to the others (above 0)."""

    wanted: float
    weight: float = 1.0


def divide(rate: float, demands: Mapping[str, Demand]) -> dict[str, float]:
    """Each room's part of ``rate`` (admissions a minute).

    The parts never come to more than ``rate``. Where all want less than there is, the rest is divided by weight on top:
    a room that grows busy need not wait for the next division.
    """
    parts: dict[str, float] = {}
    left = rate
    hungry = dict(demands)
    while hungry:
        total = sum(demand.weight for demand in hungry.values())
        content = {
            name: demand for name, demand in hungry.items() if demand.wanted <= left * demand.weight / total
        }
        if not content:
            return parts | {name: left * demand.weight / total for name, demand in hungry.items()}
        for name, demand in content.items():
            parts[name] = demand.wanted
            del hungry[name]
        left -= sum(demand.wanted for demand in content.values())
    weights = sum(demand.weight for demand in demands.values())
    return {name: part + max(left, 0.0) * demands[name].weight / weights for name, part in parts.items()}
