"""The one question, and what its answers come to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Which question is asked."""

    CSAT = "csat"
    """How the wait was, from 1 to 5."""
    NPS = "nps"
    """How likely one is to recommend the shop, from 0 to 10."""

    @property
    def scores(self) -> range:
        """What can be answered, from the worst to the best."""
        return range(1, 6) if self is Kind.CSAT else range(11)


class Where(StrEnum):
    """Where it was asked."""

    LEFT = "left"
    """On the page of those who gave their place up."""
    INSIDE = "inside"
    """After admission."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What some answers of one kind come to."""

    answers: int
    mean: float
    score: float
    """In percent. CSAT: the share of 4 and 5. NPS: the share of 9 and 10, less that of 0 to 6, from -100 to 100 (F.
    Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003)."""


def opinion(kind: Kind, counts: Mapping[int, int]) -> Opinion | None:
    """The opinion in answers that are counted by score; None where there are none."""
    answers = sum(counts.values())
    if not answers:
        return None
    mean = sum(score * count for score, count in counts.items()) / answers
    if kind is Kind.CSAT:
        good = sum(count for score, count in counts.items() if score >= 4)
        return Opinion(answers, mean, 100 * good / answers)
    promoters = sum(count for score, count in counts.items() if score >= 9)
    detractors = sum(count for score, count in counts.items() if score <= 6)
    return Opinion(answers, mean, 100 * (promoters - detractors) / answers)
