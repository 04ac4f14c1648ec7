"""What is told of hours, and what is not: no figure is one person's answer."""

from __future__ import annotations

from waitroom.feedback.buckets import BUCKETS
from waitroom.feedback.ledger import Answer, Hour
from waitroom.feedback.question import Kind, Where
from waitroom.feedback.report import report
from waitroom.feedback.survival import NOTHING, Stood

DAY = 24 * 20_000
"""The first hour of a day in UTC."""
LEAST = 5


def hour(number: int, *answers: Answer, stood: Stood | None = None) -> Hour:
    """An hour with these answers."""
    counts = {answer: answers.count(answer) for answer in answers}
    return Hour(number, (stood, *NOTHING[1:]) if stood else NOTHING, counts)


def csat(score: int, bucket: int = 0, where: Where = Where.LEFT) -> Answer:
    """An answer from 1 to 5."""
    return Answer(Kind.CSAT, where, bucket, score)


def test_hours_with_too_few_answers_are_told_together() -> None:
    """And what a day has too few of at its end is not told at all: not in the sum either."""
    hours = [
        hour(DAY, *[csat(5)] * 3),
        hour(DAY + 1, *[csat(1)] * 2),
        hour(DAY + 5, *[csat(3)] * 5),
        hour(DAY + 6, csat(1)),
        hour(DAY + 24, *[csat(2)] * 4),
    ]
    found = report(hours, Kind.CSAT, least=LEAST, running=DAY + 48)
    told = [(each.first - DAY, each.last - DAY, each.opinion and each.opinion.mean) for each in found.periods]
    assert [(0, 1, 3.4), (5, 5, 3.0), (6, 6, None), (24, 24, None)] == told
    assert {5: 3, 1: 2, 3: 5} == found.scores
    assert found.opinion is not None
    assert 10 == found.opinion.answers


def test_an_hour_that_runs_is_not_told() -> None:
    """Or whoever looks twice would see one answer come in. When people leave is told at once."""
    hours = [hour(DAY, *[csat(5)] * 50, stood=Stood(seconds=6000, left=1))]
    found = report(hours, Kind.CSAT, least=LEAST, running=DAY)
    assert (None, {}, ()) == (found.opinion, found.scores, found.periods)
    assert 1 == found.total.left
    assert 2 == len(found.points)


def test_what_was_told_is_told_again_the_same() -> None:
    """Whatever the hours after it bring."""
    hours = [hour(DAY + at, *[csat(1 + at % 5)] * (1 + at % 3)) for at in range(20)]
    before: tuple[object, ...] = ()
    for running in range(DAY, DAY + 21):
        found = report(
            [each for each in hours if each.number <= running], Kind.CSAT, least=LEAST, running=running
        )
        told = tuple(each for each in found.periods if each.opinion is not None)
        assert told[: len(before)] == before
        before = told
    assert len(before) >= 5


def test_lengths_of_waiting_with_too_few_answers_are_told_together() -> None:
    """All of them, so that what is missing cannot be worked out from the sum."""
    given = [csat(5)] * 6 + [csat(1, 4)] * 2 + [csat(2, 9)] * 3 + [csat(1, BUCKETS - 1)]
    found = report([hour(DAY, *given)], Kind.CSAT, least=LEAST, running=DAY + 1)
    assert [(0, 60, 6), (60, None, 6)] == [
        (each.begin, each.end, each.opinion.answers) for each in found.by_wait
    ]


def test_where_is_told_only_where_both_have_enough() -> None:
    """Of two parts, one is the sum less the other."""
    few = [csat(5)] * 9 + [csat(1, where=Where.INSIDE)]
    many = [csat(5)] * 9 + [csat(1, where=Where.INSIDE)] * 5
    assert {} == report([hour(DAY, *few)], Kind.CSAT, least=LEAST, running=DAY + 1).by_where
    found = report([hour(DAY, *many)], Kind.CSAT, least=LEAST, running=DAY + 1).by_where
    assert {Where.LEFT: 5.0, Where.INSIDE: 1.0} == {where: each.mean for where, each in found.items()}


def test_answers_to_another_question_are_not_mixed_in() -> None:
    """A 5 of five is no 5 of ten."""
    given = [csat(5)] * 9 + [Answer(Kind.NPS, Where.LEFT, 0, 10)] * 5
    found = report([hour(DAY, *given)], Kind.NPS, least=LEAST, running=DAY + 1)
    assert {10: 5} == found.scores
    assert report([hour(DAY, *given)], None, least=LEAST, running=DAY + 1).opinion is None
