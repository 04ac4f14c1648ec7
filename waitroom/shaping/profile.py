"""The rates that are planned: what a schedule, or a plain rate, says of the future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MINUTE_MS = 60_000
_SAME_MS = 2_000
"""Times this close are the same: they are converted between clocks."""


class Step(NamedTuple):
    """From ``from_ms`` on, this many a minute; None: nobody, and it is not known until when."""

    from_ms: int
    rate_per_minute: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Rates one after the other, each until the next begins; before the first one nobody is admitted.

    Times are those of one clock, the room's where it is used with a room.
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Raises ``ValueError`` where the steps are not in order, or a rate is below nothing."""
        times = [step.from_ms for step in self.steps]
        if times != sorted(times) or any((step.rate_per_minute or 0) < 0 for step in self.steps):
            raise ValueError(f"not a profile: {self.steps}")

    @classmethod
    def steady(cls, rate_per_minute: float) -> Profile:
        """The same rate, always."""
        return cls((Step(0, rate_per_minute),))

    def rate_at(self, at_ms: float) -> float | None:
        """The rate at one moment; None where it stands still for nobody knows how long."""
        rate: float | None = 0.0
        for step in self.steps:
            if step.from_ms > at_ms:
                break
            rate = step.rate_per_minute
        return rate

    def stretches(self, from_ms: float) -> Iterator[tuple[float, float, float | None]]:
        """Every stretch of one rate from ``from_ms`` on: its beginning, its end and its rate.

        The last one ends at infinity, or is one that nobody knows the end of.
        """
        begins, rate = from_ms, self.rate_at(from_ms)
        for step in self.steps:
            if step.from_ms <= from_ms:
                continue
            if rate is None:
                break
            yield begins, step.from_ms, rate
            begins, rate = step.from_ms, step.rate_per_minute
        yield begins, float("inf"), rate

    def places_between(self, from_ms: float, to_ms: float) -> float:
        """How many are planned to be admitted between two moments."""
        return sum(
            (rate or 0.0) * max(min(end, to_ms) - begins, 0.0) / MINUTE_MS
            for begins, end, rate in self.stretches(from_ms)
        )

    def opens_ms(self, from_ms: float) -> float | None:
        """The first moment from ``from_ms`` on at which anybody is admitted; None where none is known."""
        return next((begins for begins, _, rate in self.stretches(from_ms) if rate), None)

    def is_like(self, other: Profile, from_ms: float) -> bool:
        """Whether both plan the same from ``from_ms`` on, but for what comes of converting times."""
        mine, others = list(self.stretches(from_ms)), list(other.stretches(from_ms))
        return len(mine) == len(others) and all(
            one[2] == two[2] and abs(one[0] - two[0]) <= _SAME_MS
            for one, two in zip(mine, others, strict=True)
        )
