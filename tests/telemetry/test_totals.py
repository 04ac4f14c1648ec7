"""What came to pass between two looks at the totals."""

from __future__ import annotations

from waitroom.telemetry.families import JOINS, NO_ROOM, REQUESTS, SHOP_ANSWERS
from waitroom.telemetry.totals import Counts, Totals, difference

HELD, OPEN = JOINS.field("general", "held"), JOINS.field("general", "open")
MEMBERS = JOINS.field("members", "held")


def at(seconds: float, since: float = 1, **counts: int) -> Totals:
    """Totals with a number of joins."""
    fields = {"held": HELD, "open": OPEN, "members": MEMBERS}
    return Totals({fields[name]: count for name, count in counts.items()}, "drop", seconds, since)


def test_a_rise_is_told_a_minute() -> None:
    """Counts that were not there before count from 0."""
    rise = difference(at(10, held=5), at(40, held=20, open=3))
    assert {HELD: 15, OPEN: 3} == rise.counts
    assert (30, 36.0) == (rise.seconds, rise.per_minute(JOINS))
    assert (30.0, 6.0, 0.0) == (
        rise.per_minute(JOINS, "general", "held"), rise.per_minute(JOINS, "general", "open"),
        rise.per_minute(JOINS, "members"),
    )  # fmt: skip


def test_a_new_beginning_is_no_fall() -> None:
    """After a loss of Redis, what was counted since then is the rise, even where it exceeds what was there before."""
    for before in (4, 1000):
        rise = difference(at(10, held=before), at(40, since=35, held=20))
        assert {HELD: 20} == rise.counts


def test_between_the_same_moment_there_is_no_rate() -> None:
    """Nor where the clock was set back."""
    for later in (10, 9):
        rise = difference(at(10, held=5), at(later, held=6))
        assert (0, None) == (rise.seconds, rise.per_minute(JOINS))


def test_what_only_rises_does_not_fall_a_little() -> None:
    """A Redis that lost its last second shows what was known until it is caught up with; one that lost everything
    begins anew."""
    before = at(10, held=5, open=2)
    assert {HELD: 5, OPEN: 2, MEMBERS: 1} == at(11, held=4, members=1).no_less_than(before).counts
    assert {HELD: 6, OPEN: 2} == at(11, held=6).no_less_than(before).counts
    assert {HELD: 1} == at(11, since=9, held=1).no_less_than(before).counts


def test_sums_go_by_whole_labels() -> None:
    """A lane whose name begins as another's is another lane."""
    counts = Counts({JOINS.field("a", "held"): 1, JOINS.field("ab", "held"): 2, REQUESTS.field("page"): 4})
    assert (3, 1, 2, 0) == (
        counts.of(JOINS), counts.of(JOINS, "a"), counts.of(JOINS, "ab", "held"), counts.of(JOINS, "ab", "open"),
    )  # fmt: skip
    assert [(("page",), 4)] == list(counts.each(REQUESTS))


def test_the_errors_are_those_of_the_shop() -> None:
    """Whoever left before the answer came says nothing of it; without requests there is no share."""
    outcomes = {"2xx": 5, "4xx": 1, "5xx": 1, "timeout": 1, "unreachable": 1, "broken": 1, "gone": 90}
    counts = Counts({SHOP_ANSWERS.field(name): count for name, count in outcomes.items()})
    assert 0.4 == counts.error_share
    assert Counts({SHOP_ANSWERS.field("gone"): 3}).error_share is None


def test_no_room_has_the_name_of_none() -> None:
    """It could not stand in a configuration."""
    assert not NO_ROOM.replace("-", "").isalnum()
