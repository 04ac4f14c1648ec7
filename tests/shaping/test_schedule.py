"""When a room opens and closes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from waitroom.line.plan import NO_PLAN, Step, StepKind
from waitroom.line.rules import Mode
from waitroom.shaping.ramp import Ramp
from waitroom.shaping.schedule import Event, Schedule, ScheduleError, moment

MINUTE = 60_000


def at(text: str) -> int:
    """Milliseconds since 1970 of a moment in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-12-01 10:00", "UTC", "2026-12-01 10:00"),
        ("2026-12-01 10:00", "Europe/Riga", "2026-12-01 08:00"),
        ("2026-07-01T10:00:30", "Europe/Riga", "2026-07-01 07:00:30"),
        ("2026-07-01 10:00+05:30", "Europe/Riga", "2026-07-01 04:30"),
        ("2026-07-01 10:00Z", "Europe/Riga", "2026-07-01 10:00"),
        # the day before, and the day of, the change to summer time: the same time of day, 23 hours apart
        ("2027-03-27 12:00", "Europe/Riga", "2027-03-27 10:00"),
        ("2027-03-28 12:00", "Europe/Riga", "2027-03-28 09:00"),
        ("2026-10-25 04:30", "Europe/Riga", "2026-10-25 02:30"),
    ],
)
def test_a_moment_is_read_in_its_time_zone(text: str, zone: str, utc: str) -> None:
    """Summer time or not follows from the date; an offset that is written wins."""
    assert at(utc) == moment(text, zone)


def test_a_moment_that_the_change_to_summer_time_leaves_out_is_refused() -> None:
    """Half past three does not come that night."""
    with pytest.raises(
        ScheduleError, match="there is no 2027-03-28 03:30 in Europe/Riga: the clocks go forward"
    ):
        moment("2027-03-28 03:30", "Europe/Riga")


def test_a_moment_that_comes_twice_is_refused() -> None:
    """And the error says how to write the one that is meant; so written, both are read."""
    with pytest.raises(ScheduleError) as refused:
        moment("2026-10-25 03:30", "Europe/Riga")

    assert (
        "2026-10-25 03:30 comes twice in Europe/Riga, as the clocks go back: "
        "write 2026-10-25 03:30+03:00 or 2026-10-25 03:30+02:00"
    ) == str(refused.value)
    assert at("2026-10-25 00:30") == moment("2026-10-25 03:30+03:00", "Europe/Riga")
    assert at("2026-10-25 01:30") == moment("2026-10-25 03:30+02:00", "Europe/Riga")


def event(name: str, begins: int, opens: int, closes: int | None = None) -> Event:
    """An event with its times in minutes."""
    return Event(name, begins * MINUTE, opens * MINUTE, None if closes is None else closes * MINUTE)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (
            [event("a", 10, 20, 60), event("b", 50, 70)],
            "'b' begins at 1970-01-01 00:50 UTC, before 'a' closes",
        ),
        ([event("b", 50, 70), event("a", 10, 60)], "'b' begins at 1970-01-01 00:50 UTC, before 'a' opens"),
        ([event("a", 10, 20, 20)], "'a' closes before it opens"),
        ([event("a", 10, 20, 30), event("a", 50, 60, 70)], "two events are named 'a'"),
    ],
)
def test_events_that_stand_in_each_others_way_are_refused(events: list[Event], why: str) -> None:
    """Two at once could not both have the room."""
    with pytest.raises(ScheduleError, match=why):
        Schedule.of(events)


def test_times_that_overlap_are_told_in_the_zone_of_the_room() -> None:
    """As they stand in its file, with the zone named."""
    with pytest.raises(
        ScheduleError, match=r"'b' begins at 1970-01-01 03:50 EET, before 'a' closes at 1970-01-01 04:00"
    ):
        Schedule.of([event("a", 10, 20, 120), event("b", 110, 130)], "Europe/Helsinki")


def test_events_may_follow_at_once_and_in_any_order() -> None:
    """One that has no end of its own ends when the next begins."""
    schedule = Schedule.of([event("b", 60, 70), event("a", 10, 20, 60)])

    assert ["a", "b"] == [one.name for one in schedule.events]


def commit(name: str) -> str:
    """A commitment that can be told."""
    return f"of {name}"


def test_an_event_comes_to_steps() -> None:
    """Its line begins, the door opens, the rate climbs, and at the end the room is as it is outside of its events."""
    sale = Event(
        "sale", 10 * MINUTE, 30 * MINUTE, 90 * MINUTE, Ramp.parse("100, then +50 every 5m to 200, 900 after 2h"),
        Mode.QUEUE, is_drawn=True,
    )  # fmt: skip

    plan = Schedule.of([sale]).plan(mode=Mode.CLOSED, rate=300, commit=commit, now_ms=0)

    assert (
        Step(10 * MINUTE, StepKind.BEGIN, "sale", {"mode": "queue", "rate": "100"}, 30 * MINUTE, "of sale"),
        Step(30 * MINUTE, StepKind.OPEN, "sale"),
        Step(35 * MINUTE, StepKind.SET, "sale", {"rate": "150"}),
        Step(40 * MINUTE, StepKind.SET, "sale", {"rate": "200"}),
        Step(90 * MINUTE, StepKind.SET, "sale", {"mode": "closed", "rate": "300"}),
    ) == plan.steps
    assert 30 * MINUTE == plan.steps[0].opens_ms


def test_a_room_without_events_has_an_empty_plan() -> None:
    """Nothing is planned, and nothing changes."""
    assert NO_PLAN == Schedule.of([]).plan(mode=Mode.AUTO, rate=5, commit=commit, now_ms=0)


def test_what_is_over_is_not_planned() -> None:
    """Of an event that runs every step is there, those that are past too; the plan is still the same one."""
    schedule = Schedule.of([event("a", 10, 20, 30), event("b", 40, 50), event("c", 90, 100)])
    plans = {
        now: schedule.plan(mode=Mode.AUTO, rate=5, commit=commit, now_ms=now * MINUTE) for now in (0, 60, 95)
    }

    assert {0: {"a", "b", "c"}, 60: {"b", "c"}, 95: {"c"}} == {
        now: {step.event for step in plan.steps} for now, plan in plans.items()
    }
    assert 1 == len({plan.name for plan in plans.values()})
    assert (
        plans[0].name
        != Schedule.of([event("a", 11, 20, 30)]).plan(mode=Mode.AUTO, rate=5, commit=commit, now_ms=0).name
    )


def test_a_ramp_ends_where_the_next_event_begins() -> None:
    """An event without an end of its own sets no rates in the one that follows it."""
    first = Event("first", 0, 1000, None, Ramp.parse("100, 300 after 1m, 600 after 1h"))
    second = Event("second", 120_000, 180_000, None, Ramp.parse("10"))
    plan = Schedule.of([first, second]).plan(mode=Mode.CLOSED, rate=600.0, commit=str, now_ms=0)

    assert [("first", 61_000, "300")] == [
        (step.event, step.at_ms, step.changes["rate"]) for step in plan.steps if step.kind is StepKind.SET
    ]
