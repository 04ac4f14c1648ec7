"""Each scenario, run small as its manual says, against a real gateway and a real shop."""

from __future__ import annotations

import pytest

from loadtests.run import main, scenarios
from tests.loadtests.conftest import Run, Runs

PLAYED = ("sale", "build", "returns", "phones", "app", "bots", "inside", "sockets", "crowd", "wide")


@pytest.mark.parametrize("name", PLAYED)
def test_visitors_wait_and_enter_in_order(runs: Runs, name: str) -> None:
    """Every scenario holds visitors and lets them in, with no failure, nobody overtaken and no place lost."""
    run = runs.of(name)
    assert 0 == run.code, run.said
    assert run.verdict["passed"]
    assert run.figure("admitted") >= 1
    assert 0 == run.figure("failures")
    assert 0 == run.figure("overtaken")
    assert 0 == run.figure("lost")
    assert run.rows["WAIT", "in line"]["num_requests"] == run.figure("admitted")
    assert run.rows["GET", "waiting page"]["num_requests"] >= run.figure("admitted")


def test_the_flash_sale_buys(runs: Runs) -> None:
    """Who enters a flash sale looks around and buys; how long those waited who did not get in is told, too."""
    run = runs.of("sale")
    assert run.rows["POST", "/checkout"]["num_requests"] > 0
    assert _still_there(run) > 0


def test_admissions_are_held_against_the_rate(runs: Runs) -> None:
    """The room's rate is read while the run goes on, and the admissions come to about that."""
    assert 50 < runs.of("crowd").figure("rate_over") < 150


def test_positions_are_checked(runs: Runs) -> None:
    """The positions that visitors are told are held against who stood before them."""
    assert runs.of("crowd").figure("positions") <= 10


def test_who_returns_has_the_same_place(runs: Runs) -> None:
    """Return visitors open the page again, and phones ask where they stand: more often than there are visitors."""
    returns, phones = runs.of("returns"), runs.of("phones")
    assert returns.rows["GET", "waiting page"]["num_requests"] > returns.verdict["joined"]["returning"]
    assert phones.rows["GET", "/__waitroom/[room]/status"]["num_requests"] > 0


def test_the_share_of_bots_is_told(runs: Runs) -> None:
    """Bots that share an address meet the room's limit of joins; people are not refused, and get most of the places."""
    run = runs.of("bots")
    assert run.figure("bots") <= 90
    assert 0 == run.figure("refused")
    assert run.verdict["refused"]["bot"] > 0


def test_browsing_never_pauses(runs: Runs) -> None:
    """Those inside open page after page, many more than they joined."""
    run = runs.of("inside")
    assert run.rows["GET", "/lab/echo/inside"]["num_requests"] > 5 * run.figure("admitted")


def test_sockets_are_answered(runs: Runs) -> None:
    """Who was admitted opens a WebSocket with the pass, and the shop answers each message."""
    run = runs.of("sockets")
    assert run.rows["WS", "message"]["num_requests"] >= run.rows["WS", "open"]["num_requests"] > 0


def test_workers_play_one_crowd(runs: Runs) -> None:
    """With two workers the master judges what all their visitors saw."""
    run = runs.of("wide")
    assert 20 <= run.verdict["joined"]["waiter"]
    assert run.figure("admitted") + _still_there(run) <= run.verdict["joined"]["waiter"]


def test_every_scenario_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    """There are as many scenarios as are played here, and the list of them tells what each is."""
    assert 0 == main([])
    told = capsys.readouterr().out
    assert 9 == len(scenarios())
    assert all(name in told and text and text in told for name, text in scenarios().items())


def test_an_unknown_scenario_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name is wrong usage, and the right ones are told."""
    assert 2 == main(["flash_sail"])
    assert "flash_sale" in capsys.readouterr().err


def _still_there(run: Run) -> int:
    row = run.rows.get(("WAIT", "in line, still there at the end"))
    return int(row["num_requests"]) if row else 0
