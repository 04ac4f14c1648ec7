"""What the console's file keeps of the past."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.history.history import History
from admin.history.resolution import COARSE, FINE, RESOLUTIONS
from admin.history.series import Span
from admin.store import Store
from tests.admin.history.test_points import seen

pytestmark = pytest.mark.anyio
NOW = 1_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A file of the test's own."""
    made = Store(tmp_path)
    yield made
    made.close()


def count(store: Store) -> int:
    """How many points are in the file."""
    return int(store.call(lambda db: db.execute("SELECT count(*) FROM history_1").fetchone()[0]))


async def test_points_come_back_as_they_were(store: Store) -> None:
    """Written or not yet; each room's and each resolution's apart."""
    history = History(store)
    at = int(NOW) - 10
    history.add("drop", FINE, seen(at, waiting=7.0, p99=0.25, limited_by="rate", target=None))
    await history.write(NOW)
    history.add("drop", FINE, seen(at + 1, waiting=8.0))
    history.add("other", FINE, seen(at, waiting=99.0))
    history.add("drop", COARSE, seen(at // 60 * 60, waiting=50.0))
    assert 1 == count(store)
    series = await history.series("drop", Span.QUARTER, NOW)
    begin = at - series.begin
    assert ([7.0, 8.0], [0.25, None]) == (series.waiting[begin : begin + 2], series.p99[begin : begin + 2])
    assert (["rate", "idle"], None) == (series.limited_by[begin : begin + 2], series.target[begin])
    assert [50.0] == (await history.series("drop", Span.EVENT, NOW)).waiting
    assert {None} == set((await history.series("nowhere", Span.QUARTER, NOW)).waiting)


async def test_it_outlives_the_console(store: Store, tmp_path: Path) -> None:
    """A console that is started anew finds what was written."""
    history = History(store)
    history.add("drop", COARSE, seen(int(NOW) // 60 * 60 - 60, waiting=5.0))
    await history.write(NOW)
    other = Store(tmp_path)
    assert [5.0] == (await History(other).series("drop", Span.EVENT, NOW)).waiting
    other.close()


async def test_what_is_too_old_is_dropped(store: Store) -> None:
    """Each resolution after its own time, so that the file does not grow without end; and what was dated by a clock
    that ran ahead."""
    history = History(store)
    for resolution in RESOLUTIONS:
        for age in (0, resolution.keep_seconds + 60, -resolution.keep_seconds - 60):
            history.add("drop", resolution, seen(resolution.begin(NOW - age)))
    await history.write(NOW)
    assert len(RESOLUTIONS) == count(store)


async def test_the_same_moment_is_kept_once(store: Store) -> None:
    """A clock that was set back writes over what it wrote."""
    history = History(store)
    for waiting in (1.0, 2.0):
        history.add("drop", FINE, seen(int(NOW) - 5, waiting=waiting))
        await history.write(NOW)
    assert 1 == count(store)
    assert 2.0 in (await history.series("drop", Span.QUARTER, NOW)).waiting


async def test_a_full_disk_costs_nothing_but_points(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """They wait until it can, the newest of them; the charts have them meanwhile, and nothing is raised."""
    history = History(store)
    store.call(lambda db: db.execute("PRAGMA max_page_count = 1"))
    at = int(NOW) - 800
    for second in range(700):
        history.add("drop", FINE, seen(at + second, waiting=1.0))
    await history.write(NOW)
    assert 0 == count(store)
    assert "the charts have gaps" in caplog.text
    assert "disk is full" in caplog.text
    assert 700 == (await history.series("drop", Span.QUARTER, NOW)).waiting.count(1.0)
    store.call(lambda db: db.execute("PRAGMA max_page_count = 100000"))
    history.add("drop", FINE, seen(at + 700, waiting=1.0))
    await history.write(NOW)
    assert 701 == count(store)


async def test_no_more_waits_than_there_is_room_for(store: Store) -> None:
    """The oldest points are lost."""
    history = History(store, most_waiting=10)
    store.call(lambda db: db.execute("PRAGMA query_only = ON"))
    for second in range(25):
        history.add("drop", FINE, seen(int(NOW) - 100 + second, waiting=float(second)))
        await history.write(NOW)
    found = [
        value for value in (await history.series("drop", Span.QUARTER, NOW)).waiting if value is not None
    ]
    assert [float(second) for second in range(15, 25)] == found


async def test_a_file_that_cannot_be_read_is_an_empty_past(store: Store) -> None:
    """What was seen since is drawn."""
    history = History(store)
    store.call(lambda db: db.execute("DROP TABLE history_1"))
    history.add("drop", FINE, seen(int(NOW) - 5, waiting=3.0))
    assert 3.0 in (await history.series("drop", Span.QUARTER, NOW)).waiting


async def test_a_locked_file_is_waited_for_elsewhere(store: Store, tmp_path: Path) -> None:
    """What is added meanwhile is written after it, and nothing twice."""
    history = History(store)
    at = int(NOW) - 100
    history.add("drop", FINE, seen(at))
    lock = sqlite3.connect(store.path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(history.write(NOW))
    await asyncio.sleep(0.2)
    history.add("drop", FINE, seen(at + 1))
    await history.write(NOW)  # one is under way
    assert not writing.done()
    lock.execute("ROLLBACK")
    lock.close()
    await writing
    assert 1 == count(store)
    await history.write(NOW)
    assert 2 == count(store)


async def test_since_when_an_event_runs_may_be_anything(store: Store) -> None:
    """Long past, or yet to come."""
    history = History(store)
    history.add("drop", COARSE, seen(COARSE.begin(NOW) - 600))
    for since in (-1e300, 0.0, NOW + 1e6, 1e300):
        series = await history.series("drop", Span.EVENT, NOW, since)
        assert len(series.waiting) <= 12
