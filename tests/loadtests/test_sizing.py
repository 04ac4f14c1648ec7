"""The page about sizes has the sums of what was measured."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest

from loadtests.sizing import CROWDS, IN_ROOMS, Figures, filled, rooms, size, tables

PAGE = Path(__file__).parents[2] / "docs" / "sizing.md"
FIGURES = Figures(
    page_us=600,
    arrival_us=400,
    stream_ms=1.5,
    stream_kb=10,
    stream_redis_ms=0.06,
    far_ms=0.3,
    far_redis_ms=0.03,
    join_redis_us=200,
    redis_bytes=0.5,
    worker_mb=50,
    inside_us=130,
)


def test_the_page_is_what_the_sums_are() -> None:
    """Whoever measures anew writes the tables anew: ``python -m loadtests.sizing --write``."""
    page = PAGE.read_text()
    assert page == filled(page, tables(Figures.read()))


def test_every_crowd_is_in_it() -> None:
    """From ten thousand to ten million, on streams and behind a cache."""
    found = tables(FIGURES)
    for name in ("streams", "cached"):
        assert all(f"| {waiting:,} |" in found[name] for waiting in CROWDS)


def test_the_sums_can_be_done_by_hand() -> None:
    """60,000 who come in ten minutes: 100 a second of 1 ms each; then 1.5 ms a minute and 10 KB each."""
    found = size(FIGURES, 60_000, cached=False)
    assert pytest.approx(0.1) == found.arriving_cores
    assert pytest.approx(1.5) == found.waiting_cores
    assert ceil(1.6 / 0.5) == found.workers
    assert pytest.approx(0.6 + 4 * 0.05) == found.gigabytes
    assert 1 == found.machines
    assert pytest.approx(0.03) == found.redis_mb
    assert pytest.approx(0.02) == found.redis_joining_cores  # 100 joins a second of 200 µs
    assert pytest.approx(0.06) == found.redis_waiting_cores
    assert pytest.approx(0.08) == found.redis_cores
    assert pytest.approx(4 * 5 * 60_000 / 8 / 1e6) == found.redis_mb_per_second


def test_memory_can_be_what_machines_are_counted_by() -> None:
    """Where streams fill the memory before the cores, machines are by memory."""
    fat = replace(FIGURES, stream_kb=1_000)
    assert 8 == size(fat, 60_000, cached=False).machines
    assert size(fat, 60_000, cached=True).machines < 8


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("waiting", IN_ROOMS)
def test_no_room_has_more_than_half_a_core_of_redis(waiting: int, *, cached: bool) -> None:
    """So many rooms that joining and waiting together are half a core each at most; one fewer would be too few."""
    count, each = rooms(FIGURES, waiting, cached=cached)
    assert size(FIGURES, ceil(waiting / count), cached=cached) == each
    assert each.redis_cores <= 0.5
    assert size(FIGURES, ceil(waiting / (count - 1)), cached=cached).redis_cores > 0.5


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    """A table that has no place would be lost in silence."""
    with pytest.raises(ValueError, match="0 places for figures"):
        filled("# Sizes", tables(FIGURES))
