"""A run that does not keep its thresholds fails, and says which."""

from __future__ import annotations

from tests.loadtests.conftest import Runs


def test_a_threshold_that_is_not_kept_fails_the_run(runs: Runs) -> None:
    """The exit code is 1 and the table names what was measured, though no request failed."""
    run = runs.of("strict")
    assert 1 == run.code, run.said
    assert not run.verdict["passed"]
    assert run.verdict["figures"]["wait"]["failed"]
    line = next(line for line in run.said.splitlines() if line.startswith("95 in 100 waited"))
    assert line.endswith("FAILED")
    assert "at most 0 s" in line


def test_a_run_that_admits_nobody_fails(runs: Runs) -> None:
    """Before a door that stays closed all else is kept, and nothing was tried."""
    run = runs.of("shut")
    assert 1 == run.code, run.said
    failed = {key for key, figure in run.verdict["figures"].items() if figure["failed"]}
    assert {"admitted", "served"} == failed


def test_browsing_needs_nobody_to_wait(runs: Runs) -> None:
    """Where everyone is let in at once, browsing passes: the shop answered."""
    run = runs.of("open")
    assert 0 == run.code, run.said
    assert 0 == run.figure("admitted")
    assert run.figure("served") >= 1


def test_the_report_has_the_table(runs: Runs) -> None:
    """The HTML report of a run shows the verdicts above Locust's charts."""
    report = runs.of("strict").report
    assert 0 < report.find('id="waitroom"') < report.rfind('<div id="root">')
    assert '<tr class="failed"><td>95 in 100 waited up to</td>' in report
    assert 1 == report.count('id="waitroom"')


def test_too_few_files_are_told_before_the_run(runs: Runs) -> None:
    """A process that may not open so many files does not begin, and says what to do."""
    run = runs.of("few files")
    assert 0 != run.code
    assert "500 visitors need as many open files, and this process may have 256: raise the limit" in run.said
    assert "Traceback" not in run.said


def test_too_few_files_or_ports_for_many(runs: Runs) -> None:
    """The same for a crowd that is beyond what the system gives one process."""
    run = runs.of("few ports")
    assert 0 != run.code
    assert "--processes 5" in run.said


def test_a_wrong_threshold_is_wrong_usage(runs: Runs) -> None:
    """What is neither a number nor "off" stops the start, and is named."""
    run = runs.of("nonsense")
    assert 2 == run.code
    assert "--fail-wait" in run.said
    assert "'soon' is no number" in run.said
