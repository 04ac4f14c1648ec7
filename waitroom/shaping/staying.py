"""Who stays in line: a life table of those who wait, by how long they have stood there. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

AGES_S = (
    *range(0, 300, 20), *range(300, 600, 60), *range(600, 1200, 150), *range(1200, 2400, 300), 2400, 3600,
)  # fmt: skip
"""Where the ages begin that are learned apart, in seconds."""
_AGES_MS = tuple(1000.0 * age for age in AGES_S)
USUAL_BOUNCE = 0.1
"""Which share of newcomers looks in and goes, until that is measured."""
_BOUNCED_AT = AGES_S.index(60)
"""A closed page is missed once the presence window is over."""
_EARLY = AGES_S.index(120)
"""From here on it is taken that they leave as those do who have stood for a little less long; and a little less so."""
_CALMER = 0.85
_WORTH_EARLY, _WORTH_LATER = 10.0, 40.0
"""What is taken for usual counts as much as so many minutes of people standing."""
_ENOUGH = 100.0
_MEMORY_MS, _LONG_MEMORY_MS = 300_000.0, 1_800_000.0
_MOST_PER_MINUTE = 2.0
_UNSEEN_EARLY, _UNSEEN_LATER = 0.36, 0.01
"""The standard error of the share that leaves in a minute, of ages at which nobody was seen."""
_CHANGES = 0.15
"""By how much those who come next differ from those who were seen, relatively."""


class Age(NamedTuple):
    """What is known of those of one age."""

    leave_per_minute: float = 0.0
    """Which share of them leaves."""
    doubt: float = 0.0
    """The standard error of that share, as far as it is wrong for all ages alike."""
    chance: float = 0.0
    """And as far as it is wrong for each age apart."""


@dataclass(frozen=True, slots=True)
class Staying:
    """By age, what part of those who stand in line leaves it. There is one entry for each of :data:`AGES_S`."""

    ages: tuple[Age, ...]
    sums: tuple[tuple[float, float, float], ...]
    """Up to each age: the shares that leave, their common doubts, and the variances of those of each age apart."""

    @classmethod
    def of(cls, ages: Sequence[Age]) -> Staying:
        """With the sums that belong to it."""
        lost = doubt = variance = 0.0
        sums = [(0.0, 0.0, 0.0)]
        for age, begins, ends in zip(ages, _AGES_MS, _AGES_MS[1:], strict=False):
            minutes = (ends - begins) / MINUTE_MS
            lost += age.leave_per_minute * minutes
            doubt += age.doubt * minutes
            variance += (age.chance * minutes) ** 2
            sums.append((lost, doubt, variance))
        return cls(tuple(ages), tuple(sums))

    def leave(self, age_ms: float, then_ms: float) -> tuple[float, float]:
        """What part of those of one age will be gone at another, and the standard error of it."""
        lost, doubt, variance = self._up_to(age_ms)
        lost_then, doubt_then, variance_then = self._up_to(then_ms)
        stay = exp(lost - lost_then)
        off = (doubt_then - doubt) ** 2 + max(variance_then - variance, 0.0)
        return 1 - stay, stay * sqrt(off)

    def _up_to(self, age_ms: float) -> tuple[float, float, float]:
        at = bisect_right(_AGES_MS, age_ms) - 1
        minutes, (lost, doubt, variance) = (age_ms - _AGES_MS[at]) / MINUTE_MS, self.sums[at]
        age = self.ages[at]
        return (
            lost + age.leave_per_minute * minutes,
            doubt + age.doubt * minutes,
            variance + (age.chance * minutes) ** 2,
        )


NOBODY_LEAVES = Staying.of((Age(),) * len(AGES_S))


class LifeTable:
    """Learns it, from how many of the same people are there again some time later.

    Those who look in and go, phones that fall asleep and wake, and who gives up after a while: each shows at its age.
    A share below 0 tells that more come back at that age than leave.
    """

    def __init__(self) -> None:
        self._lost = [0.0] * len(AGES_S)
        self._stood = [0.0] * len(AGES_S)
        self._told = self._learned()

    @property
    def staying(self) -> Staying:
        """What is told: it follows what was learned smoothly."""
        return self._told

    def fade(self, ms: float) -> None:
        """Time passes: what was long ago counts less, and less still where much has been seen since."""
        short, long = exp(-ms / _MEMORY_MS), exp(-ms / _LONG_MEMORY_MS)
        for at, stood in enumerate(self._stood):
            keep = short if stood > _ENOUGH else long
            self._stood[at] *= keep
            self._lost[at] *= keep

    def add(self, age_ms: float, ms: float, before: float, after: float) -> None:
        """Of ``before`` people of that age, ``after`` are there ``ms`` later."""
        at = bisect_right(_AGES_MS, age_ms + ms / 2) - 1
        self._lost[at] += before - after
        self._stood[at] += (before + after) / 2 * ms / MINUTE_MS

    def follow(self, part: float) -> None:
        """What is told goes that part of its way to what was learned."""
        self._told = Staying.of(
            [
                Age(*(was + part * (now - was) for was, now in zip(old, new, strict=True)))
                for old, new in zip(self._told.ages, self._learned().ages, strict=True)
            ]
        )

    def _learned(self) -> Staying:
        ages: list[Age] = []
        for at, (lost, stood) in enumerate(zip(self._lost, self._stood, strict=True)):
            if at < _EARLY:
                worth, unseen = _WORTH_EARLY, _UNSEEN_EARLY if at == _BOUNCED_AT else _UNSEEN_LATER
                usual = 3 * USUAL_BOUNCE if at == _BOUNCED_AT else 0.0
            else:
                worth, usual, unseen = _WORTH_LATER, _CALMER * ages[-1].leave_per_minute, _UNSEEN_LATER
            share = (worth * usual + lost) / (worth + stood)
            share = min(max(share, -_MOST_PER_MINUTE), _MOST_PER_MINUTE)
            guess = unseen * worth / (worth + stood)
            chance = sqrt(abs(lost)) / (worth + stood)
            ages.append(Age(share, guess + _CHANGES * abs(share), chance))
        return Staying.of(ages)
