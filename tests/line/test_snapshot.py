"""Positions from the snapshot are what counting one by one gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.line.bitmaps import bits
from waitroom.line.head import Head
from waitroom.line.snapshot import Snapshot, blank
from waitroom.line.store import View


@st.composite
def moments(draw: st.DrawFn) -> tuple[int, list[set[int]], set[int], Head, tuple[int, ...]]:
    """The first number of the bits, seen, used, the counters and the late ones of some room."""
    start = 8 * draw(st.integers(0, 1000))
    length = draw(st.sampled_from([0, 1, 9, 100, 5000, 9000]))
    numbers = st.integers(start, start + length)
    seen = [draw(st.sets(numbers, max_size=60)) for _ in range(4)]
    used = draw(st.sets(numbers, max_size=60))
    called = draw(st.integers(max(start - 1, 0), start + length + 10))
    late = draw(st.sets(st.integers(1, called), max_size=5)) if called else set()
    return start, seen, used, Head(epoch=1, issued=start + length, called=called), tuple(sorted(late))


@given(moment=moments(), later=st.integers(0, 50))
def test_counting_one_by_one_gives_the_same(
    moment: tuple[int, list[set[int]], set[int], Head, tuple[int, ...]], later: int
) -> None:
    """Waiting, ahead, late and used for every number near the ends, also with newer counters over older bits."""
    start, seen, used, head, late = moment
    snapshot = Snapshot(View(head, start, bits(used, start), tuple(bits(s, start) for s in seen), late, ()))
    present = set().union(*seen) - used
    edges = {n + d for n in (start, head.called, head.issued) for d in range(-9, 18)}
    for snapshot.head in (head, head._replace(called=head.called + later)):
        called = snapshot.head.called
        in_line = {n for n in present if n > called}
        assert len(in_line) + len(late) == snapshot.waiting
        for number in sorted(edges | set(sorted(present)[:50]) | set(late)):
            before = sum(n < number for n in late) + sum(n < number for n in in_line)
            # who joined since the bits were fetched counts as present
            before += max(number - 1 - max(head.issued, called), 0)
            assert before == snapshot.ahead(number)
            assert (number in used) == snapshot.is_used(number)
            assert (number in late) == snapshot.is_late(number)


def test_a_late_one_is_noted_once_and_in_order() -> None:
    """Before the next look at Redis tells of it."""
    snapshot = blank(Head(epoch=1, issued=9, called=9))
    for number in (7, 2, 7, 5):
        snapshot.add_late(number)
    assert (3, [0, 1, 2]) == (snapshot.waiting, [snapshot.ahead(number) for number in (2, 5, 7)])


@pytest.mark.parametrize(
    ("epoch", "number", "resolved", "lost"),
    [
        (7, 5, 5, False), (7, 40, 40, False), (7, 41, 41, True), (9, 5, 105, False), (9, 99, 199, False),
        (8, 5, None, True), (6, 5, None, False), (0, 5, None, False),
    ],
)  # fmt: skip
def test_which_life_a_ticket_is_of(epoch: int, number: int, resolved: int | None, lost: bool) -> None:
    """Its own number in this life, a moved one in a joined life, none in an earlier; a later one shows a loss."""
    snapshot = blank(Head(epoch=7, alias=9, offset=100, issued=40))
    assert (resolved, lost) == (snapshot.resolve(epoch, number), snapshot.may_be_lost(epoch, number))


def test_an_earlier_life_shows_a_loss_where_this_one_began_in_an_empty_redis() -> None:
    """And not where this one began with a reset."""
    assert blank(Head(epoch=7, fresh=7)).may_be_lost(6, 1)
    assert not blank(Head(epoch=7, fresh=0)).may_be_lost(6, 1)
