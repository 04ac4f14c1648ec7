"""`waitroom support`: a code to a place, and help from the command line."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.support.code import support_code

CONFIG = """
redis_url = "{redis_url}"
secret = "a secret of the test itself"
origin = "http://127.0.0.1:9"
[[rooms]]
name = "drop"
timezone = "Europe/Riga"
"""


async def wait_in_line(redis_url: str) -> list[str]:
    """Four wait, and the second gives up; their codes."""
    async with Redis.from_url(redis_url) as redis:
        store = LineStore(redis, "drop")
        rules = Rules(rate=0.001, mode=Mode.QUEUE)
        await store.configure(rules.for_file(), source="file", who="configuration file")
        head = (await store.join(4)).head
        await store.leave(2)
    return [support_code("drop", head.epoch, "general", number) for number in range(1, 5)]


@pytest.fixture
def codes(tmp_path: Path, redis_url: str) -> list[str]:
    """A room in which four wait."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    return asyncio.run(wait_in_line(redis_url))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as the desk types it."""
    command = [sys.executable, "-m", "waitroom", "support", *arguments, "--config", "waitroom.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_a_place_is_shown_with_what_can_be_done(codes: list[str], tmp_path: Path) -> None:
    """In words for people, as JSON for programs."""
    shown = run(tmp_path, codes[1].lower())
    assert (0, "") == (shown.returncode, shown.stderr)
    assert f"ticket 2 of general in drop (code {codes[1]}) was given up" == shown.stdout.splitlines()[0]
    assert f"waitroom support {codes[1]} --restore" in shown.stdout
    waiting = json.loads(run(tmp_path, codes[3], "--json").stdout)
    assert ("waiting", 3, ["front"], "drop") == tuple(
        waiting[name] for name in ("state", "position", "actions", "room")
    )


def test_places_are_given_back_and_brought_forward(codes: list[str], tmp_path: Path) -> None:
    """With a reason, which the record keeps; what makes no sense is refused and exits 1."""
    back = run(tmp_path, codes[1], "--restore", "--why", "pressed the wrong button")
    assert (0, "ticket 2 of general in drop is given back: it waits for its turn again") == (
        back.returncode, back.stdout.splitlines()[0],
    )  # fmt: skip
    assert ": pressed the wrong button" in back.stdout
    front = run(tmp_path, codes[3], "--front", "--why", "a wheelchair")
    assert "ticket 4 of general in drop is called next" == front.stdout.splitlines()[0]
    again = run(tmp_path, codes[3], "--restore", "--why", "once more")
    assert (1, "") == (again.returncode, again.stdout)
    assert (
        "waitroom: ticket 4 of general in drop was called, and waits for the rate or for room\n"
        == again.stderr
    )
    record = subprocess.run(
        [sys.executable, "-m", "waitroom", "record", "drop", "--config", "waitroom.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert (
        "the support desk gives place 2 of general back, which was left: it waits for turn 2 again, by "
        in record
    )
    assert "the support desk brings place 4 of general to the front, when 0 had been called, by " in record
    audit = subprocess.run(
        [sys.executable, "-m", "waitroom", "audit", "--config", "waitroom.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert 0 == audit.returncode, audit.stdout
    assert "note  by the support desk: 1 given back, 1 brought to the front (" in audit.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--restore"], 2, "a reason is needed"),
        (["--lane", "vip"], 1, "no place in lane vip has the code"),
    ],
)
def test_wrong_usage(codes: list[str], tmp_path: Path, arguments: list[str], code: int, told: str) -> None:
    """Is told, and changes nothing."""
    answer = run(tmp_path, codes[1], *arguments)
    assert (code, "") == (answer.returncode, answer.stdout)
    assert told in " ".join(answer.stderr.replace("│", " ").split())


def test_a_slip_is_told(codes: list[str], tmp_path: Path) -> None:
    """A code that can be none, and one of no place."""
    assert "is no support code: it looks like 0065-7QK" in run(tmp_path, "U?").stderr
    slip = codes[1][:-1] + ("0" if codes[1][-1] != "0" else "1")
    assert f"no place has the code '{slip}'" in run(tmp_path, slip).stderr
