"""What a rate means, before it is set: in words and as JSON, as ``waitroom plan`` and the console answer it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import ceil

from waitroom.rehearse.spoken import long
from waitroom.shaping.plan import Effect, Outlook, Situation


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, and what comes out."""

    now: Situation
    effect: Effect
    what_if: tuple[str, ...] = ()
    within: float | None = None
    enough: float | None = None
    """The rate a minute that ends the line ``within`` so many seconds; None: none does."""

    def to_json(self) -> str:
        """As JSON."""
        return json.dumps(self.members(), indent=2)

    def members(self) -> dict[str, object]:
        """What the JSON says."""
        now, before = self.now, self.effect.before
        told: dict[str, object] = {
            "waiting": now.waiting,
            "rate": now.rules.admission_rate,
            "capacity": now.rules.places,
            "no_shows": now.no_shows,
            "last_wait_seconds": before.last_seconds,
            "outlook": asdict(before),
        }
        if self.within is not None:
            told |= {"within_seconds": self.within, "rate_to_finish": self.enough}
        if self.what_if:
            told["what_if"] = {
                "changes": list(self.what_if),
                "outlook": asdict(self.effect.after),
                "stands_seconds": self.effect.stands_seconds,
                "saved_seconds": self.effect.saved_seconds,
            }
        return told

    def in_words(self) -> Iterator[str]:
        """Line by line."""
        now, rules, before = self.now, self.now.rules, self.effect.before
        last = "never enters" if before.last_seconds is None else f"waits {long(before.last_seconds)}"
        wait = f"the last of them {last}" if now.waiting else "nobody waits"
        yield f"{now.waiting:,} waiting, {_amount(before.outflow)} a minute enter: {wait}."
        if before.outflow < rules.admission_rate and rules.places and now.visit_seconds:
            yield (
                f"The rate of {rules.admission_rate:,g} is not reached: {rules.places:,} inside at once, each for "
                f"{long(now.visit_seconds)}, are {_amount(before.outflow)} a minute."
            )
        if rules.places and not now.visit_seconds:
            yield (
                f"The capacity of {rules.places:,} is not in this: "
                "how long one counts as inside is not known (--visit)."
            )
        if self.within is not None:
            yield f"To end within {long(self.within)}: {self._enough(self.within)}."
        if now.inflow:
            ends = "never ends" if before.ends_seconds is None else f"ends after {long(before.ends_seconds)}"
            yield f"With {_amount(now.inflow)} newcomers a minute the line {ends}."
        if before.load is not None:
            yield f"The shop then carries about {_amount(before.load)} visitors at once."
        if self.what_if:
            yield ""
            yield f"What if {', '.join(self.what_if)}?"
            yield from self._compared()

    def _enough(self, within: float) -> str:
        if self.enough is not None:
            # a little too fast ends in time
            return f"{ceil(self.enough - 1e-9):,} a minute"
        inside = self.now.waiting * (1 - self.now.no_shows) * self.now.visit_seconds / within
        return (
            f"no rate is enough, since the capacity of {self.now.rules.places:,} holds them; "
            f"it would take a capacity of {ceil(inside):,}"
        )

    def _compared(self) -> Iterator[str]:
        before, after = self.effect.before, self.effect.after
        yield _row("enter, a minute", _amount(before.outflow), _amount(after.outflow))
        yield _row("the last in line waits", long(before.last_seconds), long(after.last_seconds))
        yield _row("a newcomer waits", long(before.newcomer_seconds), long(after.newcomer_seconds))
        yield _row("the line has ended after", long(before.ends_seconds), long(after.ends_seconds))
        yield _row("the shop carries", _load(before), _load(after))
        if stands := self.effect.stands_seconds:
            yield (
                "  More are inside than the new capacity has places for. Nobody is thrown out, "
                f"and nobody enters for about {long(stands)}."
            )


def _row(title: str, before: str, after: str) -> str:
    return f"  {title:<26} {before:>12}  ->  {after:>12}"


def _load(outlook: Outlook) -> str:
    return "unknown" if outlook.load is None else _amount(outlook.load)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:,.1f}"
