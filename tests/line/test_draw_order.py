"""The opening draw: each number has one turn, and each turn one number."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from tests.line.draw_vector import KEY, TURNS
from waitroom.line.draw import Draw

SOME_KEY = bytes.fromhex(KEY)
LARGE = [9_973, 65_536, 65_537, 1_000_000, 9_999_991, 10_000_000, 2**32]


@pytest.mark.parametrize(("first", "count"), TURNS)
def test_the_frozen_vector(first: int, count: int) -> None:
    """A published draw gives the same order for ever."""
    draw, turns = Draw(SOME_KEY, first, count), TURNS[first, count]
    assert turns == {number: draw.turn_of(number) for number in turns}


def test_every_turn_is_given_once() -> None:
    """The turns of those drawn are their numbers in another order, whatever their count."""
    for count in range(301):
        draw = Draw(SOME_KEY, 11, count)
        drawn = range(11, 11 + count)
        turns = [draw.turn_of(number) for number in drawn]
        assert list(drawn) == sorted(turns)
        assert list(drawn) == [draw.number_at(turn) for turn in turns]


@pytest.mark.parametrize("count", LARGE)
def test_a_turn_leads_back_to_its_number(count: int) -> None:
    """In a large draw too, both ways, and no two of a sample share a turn."""
    draw = Draw(SOME_KEY, 1_000, count)
    chosen = random.Random(count)
    sample = {chosen.randrange(1_000, 1_000 + count) for _ in range(2_000)} | {1_000, 999 + count}
    turns = {draw.turn_of(number) for number in sample}
    assert len(sample) == len(turns)
    assert all(turn in draw for turn in turns)
    assert sample == {draw.number_at(turn) for turn in turns}
    assert turns == {draw.turn_of(draw.number_at(turn)) for turn in turns}


@pytest.mark.parametrize("count", [0, 1, 2, 97, 10_000_000])
def test_those_who_were_not_drawn_keep_their_number(count: int) -> None:
    """Before the first and behind the last, the turn is the number."""
    draw = Draw(SOME_KEY, 100, count)
    for number in (1, 99, 100 + count, 101 + count, 10**12):
        assert number not in draw
        assert (number, number) == (draw.turn_of(number), draw.number_at(number))


def test_the_order_begins_without_the_rest() -> None:
    """The first few of ten million cost what they cost."""
    draw = Draw(SOME_KEY, 1, 10_000_000)
    assert [1, 2, 3, 4, 5] == [draw.turn_of(number) for number in islice(draw.order(), 5)]


def test_what_is_remembered_changes_nothing() -> None:
    """A draw that was used equals a new one, and answers alike."""
    used, new = Draw(SOME_KEY, 1, 97), Draw(SOME_KEY, 1, 97)
    order = list(used.order())
    assert used == new
    assert hash(used) == hash(new)
    assert order == [new.number_at(turn) for turn in reversed(range(1, 98))][::-1]


@pytest.mark.parametrize(
    ("key", "first", "count"),
    [
        (b"", 1, 5),
        (bytes(31), 1, 5),
        (bytes(33), 1, 5),
        (bytes(32), 0, 5),
        (bytes(32), -1, 5),
        (bytes(32), 1, -1),
        (bytes(32), 1, 2**32 + 1),
        (bytes(32), 2**53 - 5, 5),
    ],
)
def test_a_draw_that_cannot_be_is_refused(key: bytes, first: int, count: int) -> None:
    """A key of another length, or numbers that a browser could not work with."""
    with pytest.raises(ValueError, match=r"not|cannot"):
        Draw(key, first, count)
