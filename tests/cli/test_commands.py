"""The command line as users type it: what it prints and how it exits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis

import waitroom


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "waitroom", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_version(tmp_path: Path) -> None:
    """`waitroom version` prints the version."""
    assert f"{waitroom.__version__}\n" == run("version", folder=tmp_path).stdout


@pytest.mark.parametrize(
    "command", ["serve", "check", "set", "demo", "verify-draw", "audit", "record", "verify-receipt"]
)
def test_help_teaches(command: str, tmp_path: Path) -> None:
    """Every command's help has an example that begins with the command itself."""
    done = run(command, "--help", folder=tmp_path)
    assert 0 == done.returncode
    assert f"waitroom {command} " in done.stdout.partition("Usage")[2].partition("\n")[2]


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    """It names file, line, setting, what was given and what is allowed; the exit code is 1."""
    (tmp_path / "w.toml").write_text('[[rooms]]\nname = "drop"\nrate = "fast"\n')
    for command in ("serve", "check"):
        done = run(command, "--config", "w.toml", folder=tmp_path)
        assert 1 == done.returncode
        assert done.stderr == (
            'waitroom: w.toml:3: rooms[0].rate (room "drop"): given "fast"; '
            "allowed: a number from 0 to 1000000 (admissions per minute)\n"
        )


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    """An unknown command or option is wrong usage, not a failure."""
    assert 2 == run("serv", folder=tmp_path).returncode
    assert 2 == run("serve", "--porrt", "1", folder=tmp_path).returncode


def test_check_reaches_redis_and_the_origin(tmp_path: Path, redis_url: str) -> None:
    """`check` says what is well and what is not, one line each, and leaves nothing behind."""
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\norigin = "http://127.0.0.1:9"\n')
    done = run("check", "--config", "w.toml", folder=tmp_path)
    assert 1 == done.returncode
    lines = done.stdout.splitlines()
    assert lines[0] == "ok    settings: 1 room(s): main"
    assert lines[1].startswith("ok    secret: none yet")
    assert lines[2].startswith("ok    redis: ")
    assert lines[3].startswith("doubt redis: appendonly is no")
    assert lines[4].startswith("WRONG origin: http://127.0.0.1:9: ")
    assert ["w.toml"] == [path.name for path in tmp_path.iterdir()]


def test_check_tells_what_is_doubtful(tmp_path: Path, redis_url: str) -> None:
    """It is allowed, so it alone makes nothing wrong."""
    text = f'redis_url = "{redis_url}"\norigin = "http://127.0.0.1:9"\n'
    text += '[[shaping.classes]]\nname = "pay"\npaths = ["/pay"]\n'
    (tmp_path / "w.toml").write_text(text)
    done = run("check", "--config", "w.toml", folder=tmp_path)
    assert "doubt shaping.classes: they do nothing without concurrency" in done.stdout.splitlines()


def test_check_tells_a_dead_redis(tmp_path: Path) -> None:
    """A Redis that does not answer is named as what is wrong."""
    (tmp_path / "w.toml").write_text('redis_url = "redis://127.0.0.1:9/0"\n')
    done = run("check", "--config", "w.toml", folder=tmp_path)
    assert 1 == done.returncode
    assert "WRONG redis: redis_url does not answer" in done.stdout


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            "rate=fast",
            "rate: 'fast' was given, allowed is a number from 0 to 1000000 (admissions per minute)",
        ),
        ("speed=3", "'speed=3' is not a change; write name=value with one of rate, capacity"),
        ("mode=shut", "mode: 'shut' was given, allowed is one of"),
        ("keep=30s", "entry (1m now) must not be longer than keep (30s)"),
        ("rate=1 rate=2", "rate is given twice"),
        ("adaptive.on=perhaps", "adaptive.on: 'perhaps' was given, allowed is true or false"),
        ("adaptive.least=-1", "adaptive.least: '-1' was given, allowed is a number from 0 to 1000000"),
        ("adaptive.latency=soon", "adaptive.latency: 'soon' was given, allowed is a duration"),
        ("adaptive.errors=2", "adaptive.errors: '2' was given, allowed is a number above 0, up to 0.5"),
        ("adaptive.most=5", "adaptive.most (none now) must not be below least (6)"),
        ("adaptive.ignore=/x", "'adaptive.ignore=/x' is not a change"),
    ],
)
def test_a_wrong_change_is_refused(change: str, complaint: str, tmp_path: Path, redis_url: str) -> None:
    """`set` checks what it is given as the file is checked."""
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\n')
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    done = run("set", "drop", *change.split(), "--config", "w.toml", folder=tmp_path)
    assert 1 == done.returncode
    assert complaint in done.stderr


def test_set_needs_a_room_that_exists(tmp_path: Path, redis_url: str) -> None:
    """An unknown room is refused with the names of those there are."""
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\n')
    done = run("set", "dorp", "rate=1", "--config", "w.toml", folder=tmp_path)
    assert "waitroom: there is no room 'dorp'; the rooms are drop\n" == done.stderr


def test_a_port_in_use_is_told(tmp_path: Path, redis_url: str) -> None:
    """A gateway that cannot listen says where and why."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n')
        done = run("serve", "--config", "w.toml", "--port", str(port), folder=tmp_path)
    assert 1 == done.returncode
    assert f"waitroom: cannot listen on 127.0.0.1 port {port}: Address already in use\n" == done.stderr


def test_set_is_checked_against_what_is_live(tmp_path: Path, redis_url: str) -> None:
    """Each change is checked together with those made before it, and told in the words of the settings."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\n')

    def change(*changes: str) -> subprocess.CompletedProcess[str]:
        return run("set", "drop", *changes, "--config", "w.toml", folder=tmp_path)

    assert "drop: keep 10m -> 30m\ndrop: entry 1m -> 20m\n" == change("keep=30m", "entry=20m").stdout
    assert "waitroom: entry (20m now) must not be longer than keep (10m)\n" == change("keep=10m").stderr
    assert "drop: entry 20m -> 9m\ndrop: keep 30m -> 10m\n" == change("entry=9m", "keep=10m").stdout
    assert "drop: message (none) -> Back soon.\n" == change("message=Back soon.").stdout
    assert "drop: adaptive.on False -> True\n" == change("adaptive.on=true").stdout
    assert "drop: adaptive.latency (none) -> 800ms\n" == change("adaptive.latency=800ms").stdout
    assert "drop: adaptive.most (none) -> 500\n" == change("adaptive.most=500").stdout
    assert "drop: adaptive.latency 800ms -> (none)\n" == change("adaptive.latency=").stdout


@pytest.mark.parametrize("changes", [("weight.members=1000",), ("weight.general=0", "weight.members=0")])
def test_the_general_lane_keeps_its_share(changes: tuple[str, ...], tmp_path: Path, redis_url: str) -> None:
    """Weights that would leave it less than `general_share` are refused while the room runs, too."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    lanes = f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\n[rooms.lanes.members]\nweight = 3\n'
    (tmp_path / "w.toml").write_text(lanes)
    refused = run("set", "drop", *changes, "--config", "w.toml", folder=tmp_path)
    done = run("set", "drop", "weight.members=5", "--config", "w.toml", folder=tmp_path)

    assert 1 == refused.returncode
    assert "less than its general_share of 0.1" in refused.stderr
    assert "drop: weight.members 3 -> 5\n" == done.stdout


def test_reset_asks_before(tmp_path: Path, redis_url: str) -> None:
    """The room's name must be typed; anything else changes nothing."""
    (tmp_path / "w.toml").write_text(f'redis_url = "{redis_url}"\n[[rooms]]\nname = "drop"\n')
    command = [sys.executable, "-m", "waitroom", "reset", "drop", "--config", "w.toml"]
    for typed, code, told in (("yes\n", 1, "Nothing was changed."), ("drop\n", 0, "the line begins anew")):
        done = subprocess.run(command, cwd=tmp_path, input=typed, capture_output=True, text=True, check=False)
        assert code == done.returncode
        assert told in done.stdout


def test_set_without_a_gateway_says_so(tmp_path: Path) -> None:
    """With an embedded Redis, nobody answers where no gateway runs."""
    (tmp_path / "w.toml").write_text('[[rooms]]\nname = "drop"\n')
    done = run("set", "drop", "rate=1", "--config", "w.toml", folder=tmp_path)
    assert f"waitroom: no gateway runs with data_dir {tmp_path / 'data'}\n" == done.stderr
