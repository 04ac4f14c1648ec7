"""`waitroom audit` and `waitroom record`: a real gateway's record, as it is and forged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from redis import Redis as BlockingRedis

CONFIG = """
redis_url = "{redis_url}"
secret = "a secret of the test itself"
console = false
origin = "http://127.0.0.1:9"
[[rooms]]
name = "drop"
paths = ["/drop/*"]
mode = "queue"
rate = 6000
[[rooms]]
name = "other"
paths = ["/other/*"]
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waitroom", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def gateway(tmp_path: Path, redis_url: str) -> Iterator[str]:
    """The address of a gateway in front of a shop that never answers."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    command = [sys.executable, "-m", "waitroom", "serve", "--config", "waitroom.toml", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


def visit(url: str) -> httpx.Client:
    """A visitor who is let in."""
    client = httpx.Client(base_url=url, headers={"accept": "application/json"}, trust_env=False)
    deadline = time.monotonic() + 20
    while client.get("/drop/").status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return client


def test_a_room_is_audited_and_a_forgery_found(gateway: str, tmp_path: Path, redis_url: str) -> None:
    """A right record exits 0 and says what was proved; an entry that nobody's script wrote, 1."""
    for _ in range(3):
        visit(gateway).close()
    settings = ("--config", "waitroom.toml")
    assert 0 == run("set", "drop", "mode=pause", "--why", "a count", *settings, folder=tmp_path).returncode

    right = run("audit", *settings, "--json", folder=tmp_path)
    assert (0, "") == (right.returncode, right.stderr)
    report = json.loads(right.stdout)
    assert (True, []) == (report["ok"], report["findings"])
    assert (3, True) == (report["rooms"]["drop"]["admitted"], report["rooms"]["drop"]["is_whole"])
    assert 0 == report["rooms"]["other"]["admitted"]
    words = run("audit", "--room", "drop", *settings, folder=tmp_path).stdout
    assert "ok    order: each lane was called in one unbroken row" in words
    assert "      3 let in" in words
    assert "room other" not in words

    told = run("record", "drop", *settings, folder=tmp_path).stdout.splitlines()
    assert "the room begins" in told[0]
    assert "changed: mode queue -> pause, by " in told[-1] and told[-1].endswith(" by command line: a count")
    exported = run("record", "drop", *settings, "--json", folder=tmp_path).stdout
    (tmp_path / "drop.jsonl").write_text(exported)
    assert 0 == run("audit", "--file", "drop.jsonl", folder=tmp_path).returncode

    with BlockingRedis.from_url(redis_url) as redis:
        epoch = int(redis.hget("waitroom:1:{drop}:room", "epoch") or 0)
        clock = int(time.time() * 1000)
        forged = {"type": "called", "lane": "general", "from": "3", "to": "4", "granted": "1", "late": "0"}
        forged |= {"inside": "4", "no_shows": "0", "issued": "4", "epoch": str(epoch), "clock": str(clock)}
        redis.xadd("waitroom:1:{drop}:log", forged)
    wrong = run("audit", *settings, "--json", folder=tmp_path)
    assert 1 == wrong.returncode
    report = json.loads(wrong.stdout)
    assert {"record", "door"} == {finding["promise"] for finding in report["findings"]}
    assert {"drop"} == {finding["room"] for finding in report["findings"]}
    assert "WRONG door: " in run("audit", *settings, folder=tmp_path).stdout


def test_a_part_of_a_record_is_audited_by_itself(gateway: str, tmp_path: Path) -> None:
    """What was exported from some moment on is judged from there."""
    settings = ("--config", "waitroom.toml")
    visit(gateway).close()
    time.sleep(0.1)
    since = datetime.now(UTC).isoformat()
    run("set", "drop", "rate=60", *settings, folder=tmp_path)
    visit(gateway).close()
    part = run("record", "drop", "--since", since, "--json", *settings, folder=tmp_path)
    (tmp_path / "part.jsonl").write_text(part.stdout)
    done = run("audit", "--file", "part.jsonl", folder=tmp_path)
    assert 0 == done.returncode, done.stdout + part.stdout
    assert "note  nothing is said of the time before the first entry" in done.stdout


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "x.jsonl:1: this is no record"),
        ("[1]\n", "x.jsonl:1: this is no JSON object"),
        ("nonsense\n", "x.jsonl: this is not JSON, a line each"),
        ('{"standing": {"room": 1}}\n', "x.jsonl:1: this is no record"),
    ],
)
def test_a_file_that_is_no_record_is_told(text: str, complaint: str, tmp_path: Path) -> None:
    """It is one line that says where, and exit 1."""
    (tmp_path / "x.jsonl").write_text(text)
    done = run("audit", "--file", "x.jsonl", folder=tmp_path)
    assert 1 == done.returncode
    assert done.stderr.startswith(f"waitroom: {complaint}") and 1 == done.stderr.count("\n")


def test_wrong_usage_is_told(tmp_path: Path, redis_url: str) -> None:
    """Unknown rooms, contradictions and moments that are none change nothing and say what is allowed."""
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    settings = ("--config", "waitroom.toml")
    assert "there is no room 'dorp'" in run("audit", "--room", "dorp", *settings, folder=tmp_path).stderr
    assert "there is no room 'dorp'" in run("record", "dorp", *settings, folder=tmp_path).stderr
    assert 2 == run("audit", "--file", "x", "--room", "drop", folder=tmp_path).returncode
    assert 2 == run("record", "drop", "--since", "yesteryear", *settings, folder=tmp_path).returncode


def test_a_room_that_has_not_begun_is_right(tmp_path: Path, redis_url: str) -> None:
    """Where nothing has happened nothing is wrong, and that is said."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    done = run("audit", "--config", "waitroom.toml", folder=tmp_path)
    assert (0, "room drop: nothing has happened yet\nroom other: nothing has happened yet\n") == (
        done.returncode, done.stdout,
    )  # fmt: skip
