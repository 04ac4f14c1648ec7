"""The visits of those whom the shop failed go on."""

from __future__ import annotations

from itertools import pairwise

from waitroom.line.losses import LONGEST_SECONDS, Losses

ENDED = ("ended",)
"""Visits that the shop has ended."""


class Clock:
    """Time that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def losses() -> tuple[Losses, Clock, list[tuple[float, str]]]:
    """With what was said to be active, and when."""
    clock, said = Clock(), list[tuple[float, str]]()
    lost = Losses(
        lambda session: said.append((clock.now, session)),
        lambda session: session in ENDED,
        monotonic=clock,
    )
    return lost, clock, said


def test_a_failure_is_activity() -> None:
    """At its end: what it took is made good."""
    lost, clock, said = losses()
    lost.failed("a")
    assert [(clock.now, "a")] == said
    assert "a" in lost and lost


def test_while_the_shop_is_away_the_visit_is_kept() -> None:
    """Said again every ten seconds, or four times in a session that is shorter."""
    for session_seconds, every in ((600.0, 10.0), (20.0, 5.0)):
        lost, clock, said = losses()
        lost.failed("a")
        for _ in range(600):
            clock.now += 0.5
            lost.keep(session_seconds)
        times = [at for at, _ in said]
        assert max(later - at for at, later in pairwise(times)) <= every
        assert len(said) <= 300 / every + 2


def test_when_it_answers_again_the_visit_has_its_full_time() -> None:
    """From then on it is kept no longer."""
    lost, clock, said = losses()
    lost.failed("a")
    clock.now += 3
    lost.answered()
    assert [(1000.0, "a"), (1003.0, "a")] == said
    clock.now += 100
    lost.keep(600)
    assert 2 == len(said) and not lost and "a" not in lost


def test_a_visit_is_not_kept_for_ever() -> None:
    """An hour after its visitor was last there it runs out like any; one who asks again is kept from then."""
    lost, clock, said = losses()
    lost.failed("gone")
    lost.failed("there")
    clock.now += LONGEST_SECONDS / 2
    lost.failed("there")
    clock.now += LONGEST_SECONDS / 2 + 1
    lost.keep(600)
    assert [(clock.now, "there")] == said[3:]
    assert "gone" not in lost


def test_a_visit_that_the_shop_ends_is_not_kept() -> None:
    """A word of the shop counts more than its failures."""
    lost, _, said = losses()
    lost.failed("a")
    lost.forget("a")
    lost.answered()
    assert 1 == len(said) and "a" not in lost


def test_a_visit_that_has_ended_comes_back_by_no_failure() -> None:
    """A request that was under way at its end may still fail."""
    lost, _, said = losses()
    lost.failed("ended")
    assert [] == said and not lost
