"""A report as the API tells it."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from waitroom.feedback.buckets import begin_of, end_of
from waitroom.feedback.question import Kind, Opinion, Where
from waitroom.feedback.report import Period, Report
from waitroom.feedback.survival import Point, Stood

_Seconds = Field(description="From so long a wait on.")
_Until = Field(description="To so long a wait; null: or longer.")


class OpinionState(BaseModel):
    """What some answers come to."""

    answers: int
    mean: float
    score: float = Field(
        description="In percent: of csat the share of 4 and 5; of nps the share of 9 and 10, less that of 0 to 6."
    )

    @classmethod
    def of(cls, opinion: Opinion) -> OpinionState:
        """The state of an opinion."""
        return cls(answers=opinion.answers, mean=round(opinion.mean, 3), score=round(opinion.score, 1))


class PointState(BaseModel):
    """A point of the curve: it is a straight line between two of them."""

    seconds: int = Field(description="Who has waited for so long.")
    staying: float = Field(description="The share that is still there, had nobody been let in.")
    low: float = Field(description="With high: where it lies nineteen times in twenty.")
    high: float

    @classmethod
    def of(cls, point: Point) -> PointState:
        """The state of a point."""
        return cls(
            seconds=point.seconds,
            staying=round(point.staying, 4),
            low=round(point.low, 4),
            high=round(point.high, 4),
        )


class WaitState(BaseModel):
    """What came to pass in one bucket of waiting time."""

    from_seconds: int = _Seconds
    to_seconds: int | None = _Until
    stood_seconds: int = Field(description="How long all together stood in it.")
    left: int = Field(description="Gave their place up.")
    silent: int = Field(description="Were not seen any more, less those who came back.")
    entered: int = Field(description="Were let in; not those who hardly waited.")

    @classmethod
    def of(cls, bucket: int, stood: Stood) -> WaitState:
        """The state of a bucket."""
        return cls(from_seconds=begin_of(bucket), to_seconds=end_of(bucket), **_counts(stood))


class ByWaitState(OpinionState):
    """What those say who waited for about as long."""

    from_seconds: int = _Seconds
    to_seconds: int | None = _Until


class PeriodState(BaseModel):
    """Some hours of one day, as many as it took for enough answers."""

    begin: datetime
    end: datetime
    stood_seconds: int
    left: int
    silent: int
    entered: int
    opinion: OpinionState | None = Field(description="null: too few answers, or nobody was asked.")

    @classmethod
    def of(cls, period: Period) -> PeriodState:
        """The state of a period."""
        return cls(
            begin=datetime.fromtimestamp(period.begin, UTC),
            end=datetime.fromtimestamp(period.end, UTC),
            opinion=OpinionState.of(period.opinion) if period.opinion else None,
            **_counts(period.stood),
        )


class FeedbackState(BaseModel):
    """The feedback of a room. It has sums, and of no answer whose it was."""

    room: str
    kind: Kind | None = Field(description="Which question is asked; null: none.")
    least: int = Field(description="No opinion is told of fewer answers.")
    opinion: OpinionState | None
    scores: dict[int, int] = Field(description="How often each score was answered.")
    by_where: dict[Where, OpinionState] = Field(
        description="Empty where the answers of one of them are too few."
    )
    by_wait: list[ByWaitState]
    half_seconds: float | None = Field(
        description="After so long half are gone; null: the curve stays above."
    )
    curve: list[PointState]
    waits: list[WaitState]
    periods: list[PeriodState]

    @classmethod
    def of(cls, room: str, least: int, found: Report) -> FeedbackState:
        """The state of a report."""
        return cls(
            room=room,
            kind=found.kind,
            least=least,
            opinion=OpinionState.of(found.opinion) if found.opinion else None,
            scores=dict(sorted(found.scores.items())),
            by_where={where: OpinionState.of(each) for where, each in found.by_where.items()},
            by_wait=[
                ByWaitState(
                    from_seconds=each.begin, to_seconds=each.end, **OpinionState.of(each.opinion).model_dump()
                )
                for each in found.by_wait
            ],
            half_seconds=None if found.half_seconds is None else round(found.half_seconds, 1),
            curve=[PointState.of(point) for point in found.points],
            waits=[WaitState.of(bucket, stood) for bucket, stood in enumerate(found.table)],
            periods=[PeriodState.of(period) for period in found.periods],
        )


def _counts(stood: Stood) -> dict[str, int]:
    return {
        "stood_seconds": round(stood.seconds),
        "left": round(stood.left),
        "silent": round(stood.silent),
        "entered": round(stood.entered),
    }
