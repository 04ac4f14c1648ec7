"""Many at once, on a small scale: the same that ``python -m loadtests.stampede`` does to a hundred thousand."""

from __future__ import annotations

import resource
from pathlib import Path

from loadtests.stampede.limits import Size, size_of
from loadtests.stampede.run import Run, joins, streams
from loadtests.stampede.visitors import pause_seconds

SCRIPT = Path(__file__).parents[2] / "templates/inline/waiting/hearing.js"


def nobody_is_troubled(run: Run, visitors: int) -> None:
    """Each has a place of their own, and keeps it."""
    assert visitors == run.places
    assert 0 == run.twice
    assert 0 == run.lost


def test_all_join_at_once() -> None:
    """Whoever comes in the rush is given a place of their own, and nobody is refused."""
    run = joins(600, 0.5)
    nobody_is_troubled(run, 600)
    assert {} == run.refused
    assert 600 == len(run.late_ms)


def test_all_streams_are_cut_at_once() -> None:
    """All come back to the places that they had, and not in the same moment."""
    run = streams(200, 60)
    nobody_is_troubled(run, 200)
    assert 200 == len(run.back_after)
    # of those with the server's retry alone, from 1 to 5 seconds
    assert run.back_after[-1] - run.back_after[0] > 2


def test_the_pauses_are_those_of_the_page() -> None:
    """The script draws its pause, longer each time; a plain stream keeps to the server's ``retry``."""
    assert "Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt)" in SCRIPT.read_text()
    assert "const FIRST_PAUSE = 5;" in SCRIPT.read_text()
    longest = [pause_seconds(scripted=True, attempt=each, retry_ms=0, chance=1) for each in range(7)]
    assert [5, 10, 20, 30, 30, 30, 30] == longest
    assert 2.5 == pause_seconds(scripted=True, attempt=0, retry_ms=4200, chance=0.5)
    assert 4.2 == pause_seconds(scripted=False, attempt=5, retry_ms=4200, chance=0.5)


def test_the_limit_of_open_files_is_told() -> None:
    """Streams that the workers could not hold are not played, and it is said why; who joins may
    wait to be accepted."""
    cut = size_of(100_000, files=20_000, workers=2, held=True)
    assert (37_050, 3) == (cut.visitors, cut.processes)
    assert "20,000 files" in cut.why
    assert "--workers 7" in cut.why
    assert Size(100_000, 8) == size_of(100_000, files=20_000, workers=7, held=True)
    assert Size(100_000, 8) == size_of(100_000, files=20_000, workers=2, held=False)
    assert Size(100_000, 2) == size_of(100_000, files=resource.RLIM_INFINITY, workers=2, held=True)
