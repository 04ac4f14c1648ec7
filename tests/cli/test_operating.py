"""The commands of operators, over the console's API and straight at Redis: one says what the other says."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis

from admin.auth.roles import Role
from tests.admin.conftest import CONFIG, SECRET, Served, serving
from waitroom.cli import main
from waitroom.cli.operating.glyphs import big, short, sparkline
from waitroom.settings import load


@dataclass(frozen=True, slots=True)
class Desk:
    """A console that runs, and the folder of its configuration."""

    served: Served
    folder: Path

    def run(
        self, *words: str, by: str = "api", role: Role = Role.ADMIN, environ: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """A command's exit code and what it printed: ``by`` the API, or by the configuration file."""
        told, complained = io.StringIO(), io.StringIO()
        options = [] if by == "api" else ["--config", str(self.folder / "waitroom.toml")]
        api = {"WAITROOM_API": self.served.url, "WAITROOM_TOKEN": self.served.token(role)} | dict(
            environ or {}
        )
        code: object = 0
        with pytest.MonkeyPatch.context() as process, redirect_stdout(told), redirect_stderr(complained):
            process.setattr(sys, "argv", ["waitroom", *words, *options])
            for name, value in api.items() if by == "api" else ():
                process.setenv(name, value)
            try:
                main()
            except SystemExit as end:
                code = end.code
        return int(str(code or 0)), told.getvalue(), complained.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, scratch_url: str) -> Iterator[Desk]:
    """A site with two rooms."""
    folder = tmp_path_factory.mktemp("desk")
    with BlockingRedis.from_url(scratch_url) as redis:
        redis.flushall()
    config = folder / "waitroom.toml"
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=folder / "data")
    config.write_text(text + "\n[approval]\nrate_above = 5000\n")
    with serving(load(config, environ={})) as served:
        yield Desk(served, folder)


@pytest.mark.parametrize("by", ["api", "file"])
def test_a_room_is_turned_and_what_changed_is_told(desk: Desk, by: str) -> None:
    """In the words in which it was typed; `--why` and `--reason` are the same."""
    rate = {"api": "401", "file": "402"}[by]
    code, told, _ = desk.run("set", "drop", "keep=20m", f"rate={rate}", "--reason", "fast", by=by)
    assert (0, ["drop: keep 10m -> 20m", f"-> {rate}"]) == (
        code, [told.splitlines()[0], told.splitlines()[1][-6:]],
    )  # fmt: skip
    assert "drop: keep 20m -> 10m\n" == desk.run("set", "drop", "keep=10m", "--why", "a slip", by=by)[1]
    assert "drop: nothing is new\n" == desk.run("set", "drop", "keep=10m", by=by)[1]
    assert "drop: mode auto -> pause\n" == desk.run("pause", "drop", "--reason", "stock", by=by)[1]
    assert "drop: mode pause -> auto\n" == desk.run("resume", "drop", by=by)[1]
    assert "drop: nothing is new\n" == desk.run("resume", "drop", by=by)[1]


@pytest.mark.parametrize("by", ["api", "file"])
def test_a_mistake_is_one_line(desk: Desk, by: str) -> None:
    """With what is allowed, and exit code 1."""
    for words, complaint in (
        (("set", "drop", "rate=fast"), "rate: 'fast' was given, allowed is a number from 0 to 1000000"),
        (("set", "drop", "speed=1"), "rate, capacity, mode"),
        (("set", "drop", "rate"), "'rate' is not a change; write name=value"),
        (("set", "drop", "rate=1", "rate=2"), "rate is given twice"),
        (("watch", "dorp"), "here is no room 'dorp'; the rooms are drop, late-sale"),
    ):
        code, _, complained = desk.run(*words, by=by)
        assert (1, 1) == (code, complained.count("\n"))
        assert complained.startswith("waitroom: ")
        assert complaint in complained


def test_what_the_console_refuses_is_one_line(desk: Desk) -> None:
    """Whether it does not answer, does not know who asks, or does not let them."""
    for words, environ, complaint in (
        (("rooms",), {"WAITROOM_TOKEN": "wrt_forged"}, "This token is not known, is over, or was revoked."),
        (("rooms",), {"WAITROOM_TOKEN": ""}, "--api needs a token: set WAITROOM_TOKEN, or give --token"),
        (("rooms",), {"WAITROOM_API": "http://127.0.0.1:9"}, "http://127.0.0.1:9 does not answer: "),
        (("rooms",), {"WAITROOM_API": "nonsense"}, "nonsense does not answer: "),
        (("rooms",), {"WAITROOM_API": f"{desk.served.url}/nowhere"}, "Not Found"),
    ):
        code, _, complained = desk.run(*words, environ=environ)
        assert (1, 1) == (code, complained.count("\n")), complained
        assert complaint in complained
    code, _, complained = desk.run("reset", "drop", "--yes", role=Role.OPERATOR)
    assert "waitroom: This needs the role admin; token test operator has operator.\n" == complained


def test_what_needs_two_waits(desk: Desk) -> None:
    """The console says until when, and under which id; next to the file nobody else is needed."""
    code, told, _ = desk.run("set", "late-sale", "rate=6000")
    assert 0 == code
    assert told.startswith("late-sale: rate 300 -> 6000 waits for a second person until ")
    assert "late-sale: rate 300 -> 6000\n" == desk.run("set", "late-sale", "rate=6000", by="file")[1]


@pytest.mark.parametrize("by", ["api", "file"])
def test_rooms_are_shown(desk: Desk, by: str) -> None:
    """A line each, or as JSON; who only looks changes nothing of them."""
    code, told, _ = desk.run("rooms", by=by)
    assert 0 == code
    assert ["drop", "late-sale"] == [
        line.split()[0] for line in told.splitlines() if "sale" in line or "drop" in line
    ]
    rooms = json.loads(desk.run("rooms", "--json", by=by)[1])
    assert ["drop", "late-sale"] == [room["room"] for room in rooms]
    assert "paused" == rooms[1]["limited_by"]["by"]


@pytest.mark.parametrize("by", ["api", "file"])
def test_a_room_is_watched(desk: Desk, by: str) -> None:
    """Where nobody sees a screen, as a line each time that it is another."""
    code, told, complained = desk.run("watch", "late-sale", "--for", "2s", by=by)
    assert (0, "") == (code, complained)
    assert "late-sale pause: 0 waiting, 0 inside" in told.splitlines()[0]


@pytest.mark.parametrize("by", ["api", "file"])
def test_a_reset_can_be_had_over_both(desk: Desk, by: str) -> None:
    """And says which life of the line this is."""
    code, told, _ = desk.run("reset", "drop", "--yes", "--reason", "over", by=by)
    assert 0 == code
    assert told.startswith("drop: the line begins anew (epoch ")


@pytest.mark.parametrize(
    ("count", "told"),
    [(None, "–"), (0, "0"), (99_999, "99999"), (100_000, "100k"), (2_500_000, "2.5M")],
)
def test_numbers_are_short(count: float | None, told: str) -> None:
    """So that they can be large."""
    assert told == short(count)


def test_digits_are_large_and_curves_end_with_now() -> None:
    """Three lines a number; a curve has its highest value at the top, and the last ones only."""
    assert ["▀█  ▀▀█", " █  █▀▀", "▀▀▀ ▀▀▀ s"] == big("12s").splitlines()
    assert "▁▅█" == sparkline([900, 0, 5, 10], 3)
    assert ("▁▁", "") == (sparkline([0, 0], 5), sparkline([], 5))
