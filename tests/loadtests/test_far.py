"""A crowd that was not played as it says is no measurement."""

from __future__ import annotations

from loadtests.far import Found, Plan

PLAN = Plan("localhost", 80, "drop", 1000, join_seconds=60, settle_seconds=30, seconds=60, ask_seconds=30)


def test_a_whole_crowd_has_no_shortfall() -> None:
    """A thousand who look every ten seconds and ask every thirty: 6,000 looks and 2,000 questions a minute."""
    assert [] == Found(looks=6_000, questions=2_000, worst_late_seconds=0.4).shortfalls(PLAN)


def test_a_thinned_crowd_is_told() -> None:
    """Fewer than nine of ten looks, or of ten questions, were another crowd."""
    found = Found(looks=2_200, questions=1_700, worst_late_seconds=0.4)
    assert [
        "only 37% of the looks were made",
        "only 85% of the questions were made",
    ] == found.shortfalls(PLAN)


def test_a_late_crowd_is_told() -> None:
    """Whoever asks seconds after it was due does not play what it says."""
    found = Found(looks=6_000, questions=2_000, worst_late_seconds=12.3)
    assert ["the latest was 12.3 s late"] == found.shortfalls(PLAN)


def test_the_processes_are_one_crowd() -> None:
    """What several found is summed up, and the latest of any is the latest."""
    one = Found(10.0, 70.0, 5, 2, {"HIT": 4, "MISS": 1}, 1, 0.5, [7])
    other = Found(10.2, 70.2, 6, 3, {"HIT": 6}, 0, 0.1, [9])
    assert Found(10.0, 70.2, 11, 5, {"HIT": 10, "MISS": 1}, 1, 0.5, [7, 9]) == Found.together([one, other])
