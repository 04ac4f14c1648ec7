"""`waitroom rehearse` and `waitroom plan` as users type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "waitroom", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_rehearsal_writes_its_report(tmp_path: Path) -> None:
    """Both files, and their paths with five figures on the terminal."""
    done = run("rehearse", "--visitors", "500", "--rate", "600", "--seed", "1", "--no-shows", "0.1", "--over", "5m",
               "--out", "report", folder=tmp_path)  # fmt: skip
    report = json.loads((tmp_path / "report" / "report.json").read_text())

    assert (0, "") == (done.returncode, done.stderr)
    assert (500, 0, 1) == (report["visitors"], report["overtakes"], report["settings"]["seed"])
    assert 8 == len([line for line in done.stdout.splitlines() if line.strip()])
    assert done.stdout.endswith("  report/report.html\n  report/report.json\n")
    assert "<!doctype html>" in (tmp_path / "report" / "report.html").read_text()


def test_a_rehearsal_starts_from_a_room_of_the_file(tmp_path: Path) -> None:
    """Its rules and lanes; what is given on the command line wins."""
    (tmp_path / "w.toml").write_text(
        '[[rooms]]\nname = "drop"\nrate = 1200\ncapacity = 900\nkeep = "5m"\n[rooms.lanes.members]\nweight = 2\n'
    )
    done = run("rehearse", "--config", "w.toml", "--visitors", "300", "--capacity", "700", "--seed", "1",
               "--lane", "members:2:0.5", "--over", "1m", "--arrivals", "steady", folder=tmp_path)  # fmt: skip
    report = json.loads((tmp_path / "rehearsal" / "report.json").read_text())
    settings = report["settings"]

    assert 0 == done.returncode, done.stderr
    assert (1200.0, 700, "5m") == (settings["rate"], settings["capacity"], settings["keep"])
    assert [("general", 150), ("members", 150)] == [
        (lane["name"], lane["visitors"]) for lane in report["lanes"]
    ]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--rate fast", "waitroom: rate: 'fast' is not a rate a minute; allowed: "),
        ("--capacity -3", "waitroom: capacity: '-3' was given, allowed is a whole number"),
        ("--keep 30s --entry 40s", "waitroom: entry: must not be longer than keep (30s)"),
        (
            "--mode closed",
            "waitroom: mode: 'closed' was given, allowed in a rehearsal is one of auto, queue, pause",
        ),
        ("--arrivals rush", "waitroom: arrivals: 'rush' was given, allowed is one of flash-sale"),
        ("--arrivals none.csv", "waitroom: none.csv: cannot be read: No such file or directory"),
        ("--lane members", "waitroom: lane: 'members' was given, allowed is name:weight:share"),
        ("--lane a:1:0.6 --lane b:1:0.6", "waitroom: lane: the shares of the visitors add up to 1.2"),
        ("--lane general:1:0.6", "waitroom: lane: 'general:1:0.6' was given; a share is from 0 to 1"),
        ("--lane A!:1:0.5", "waitroom: lanes"),
        ("--at soon", "waitroom: at: 'soon' was given, allowed is a time and changes of rate"),
        ("--out w.toml/x", "waitroom: out: w.toml/x cannot be written: "),
    ],
)
def test_a_wrong_rehearsal_is_refused(options: str, complaint: str, tmp_path: Path) -> None:
    """In one line that says what was given and what is allowed; nothing is written."""
    (tmp_path / "w.toml").write_text("")
    done = run("rehearse", "--visitors", "10", *options.split(), folder=tmp_path)

    assert 1 == done.returncode
    assert done.stderr.startswith(complaint)
    assert 1 == len(done.stderr.splitlines())
    assert not (tmp_path / "rehearsal").exists()


@pytest.mark.parametrize(
    "options",
    ["--crowd angry", "--no-shows 2", "--visitors 0", "--over 0s", "--room drop", "--patience soon"],
)
def test_wrong_usage_of_a_rehearsal(options: str, tmp_path: Path) -> None:
    """Exit code 2, as for every command."""
    assert 2 == run("rehearse", *options.split(), folder=tmp_path).returncode


def test_a_plan_answers_in_words(tmp_path: Path) -> None:
    """How long the last of 50,000 waits at 300 a minute, and what rate ends it in an hour."""
    done = run("plan", "--waiting", "50000", "--rate", "300", "--within", "1h", folder=tmp_path)

    assert (
        "50,000 waiting, 300 a minute enter: the last of them waits 2 h 47 min.\n"
        "To end within 60 min: 834 a minute.\n"
    ) == done.stdout


def test_a_plan_says_what_it_cannot_reckon_with(tmp_path: Path) -> None:
    """A capacity bounds the flow only where it is known how long a visitor stays; at a rate of 0 nobody enters."""
    done = run("plan", "--waiting", "500", "--rate", "0", "--capacity", "10", folder=tmp_path)

    assert (
        "500 waiting, 0 a minute enter: the last of them never enters.\n"
        "The capacity of 10 is not in this: how long one counts as inside is not known (--visit).\n"
    ) == done.stdout


def test_a_plan_answers_as_json(tmp_path: Path) -> None:
    """With the effect of a change."""
    done = run("plan", "--waiting", "900", "--rate", "30", "--within", "10m", "--what-if", "rate=60", "--json",
               folder=tmp_path)  # fmt: skip
    told = json.loads(done.stdout)

    assert (1800, 90) == (told["last_wait_seconds"], told["rate_to_finish"])
    assert (900, 900) == (told["what_if"]["outlook"]["last_seconds"], told["what_if"]["saved_seconds"])


@pytest.mark.parametrize(
    "options",
    ["", "--waiting 5 --within 0s", "--waiting 5 --what-if rate=x", "--waiting 5 --what-if speed=1", "--waiting -1",
     "--waiting 5 --room drop", "--waiting 5 --rate nan", "--waiting 5 --what-if rate=nan"],
)  # fmt: skip
def test_wrong_usage_of_a_plan(options: str, tmp_path: Path) -> None:
    """Exit code 2."""
    assert 2 == run("plan", *options.split(), folder=tmp_path).returncode


@pytest.mark.anyio
async def test_a_plan_reads_a_running_room(tmp_path: Path, redis: Redis, redis_url: str) -> None:
    """Who waits and at which rate; and it changes nothing."""
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\nrate = 5\n')
    store = LineStore(redis, "drop")
    await store.configure(Rules(rate=120.0, mode=Mode.QUEUE).to_redis(), source="live", who="test")
    await store.join(601)
    before = (await store.view(0)).head
    done = run("plan", "--config", "w.toml", "--what-if", "rate=240", "--json", folder=tmp_path)
    told = json.loads(done.stdout)

    assert (601 - before.admitted, 120.0) == (told["waiting"], told["rate"])
    assert told["what_if"]["outlook"]["last_seconds"] == told["last_wait_seconds"] / 2
    assert before == (await store.view(0)).head


def test_a_plan_of_a_room_that_does_not_run_says_so(tmp_path: Path) -> None:
    """Without a gateway there is nothing to read."""
    (tmp_path / "w.toml").write_text('[[rooms]]\nname = "drop"\n')
    done = run("plan", "--config", "w.toml", folder=tmp_path)

    assert f"waitroom: no gateway runs with data_dir {tmp_path / 'data'}\n" == done.stderr
