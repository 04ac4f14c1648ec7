"""``waitroom invite`` as ops staff type it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from redis import Redis as BlockingRedis

from waitroom.line.keys import room_keys


@pytest.fixture
def folder(tmp_path: Path, redis_url: str) -> Path:
    """A folder with a configuration and a file of members, and an empty Redis."""
    with BlockingRedis.from_url(redis_url) as client:
        client.flushall()
    (tmp_path / "w.toml").write_text(
        f'secret = "a secret for tests only"\nredis_url = "{redis_url}"\n'
        '[[rooms]]\nname = "drop"\nhosts = ["shop.example"]\n[rooms.lanes.members]\n'
    )
    (tmp_path / "members.csv").write_text("member,name\n42,Zoë\n43,Åsa\n")
    return tmp_path


def invite(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs one of the commands."""
    return subprocess.run(
        [sys.executable, "-m", "waitroom", "invite", *arguments, "--config", "w.toml"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    """What a file says."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What ``show`` says, by the word in front."""
    return {line[:9].strip(): line[9:] for line in done.stdout.splitlines()}


def noted(redis_url: str) -> list[dict[str, str]]:
    """The room's record."""
    with BlockingRedis.from_url(redis_url, decode_responses=True) as client:
        entries = cast(list[tuple[str, dict[str, str]]], client.xrange(room_keys("drop", ["general"])[5]))
        return [fields for _, fields in entries]


def test_links_from_members_to_a_revocation(folder: Path, redis_url: str) -> None:
    """Mint, look at one, revoke it, look again: with exit codes that a script can use."""
    done = invite(folder, "mint", "--lane", "members", "--members", "members.csv", "--out", "links.csv")
    assert (0, True) == (
        done.returncode,
        done.stdout.startswith("links.csv: 2 invitations to lane members of drop"),
    )
    first, second = rows(folder / "links.csv")
    assert ("42", "Zoë") == (first["member"], first["name"])
    for what in (first["link"], first["link"].partition("?i=")[2]):
        shown = invite(folder, "show", what)
        assert 0 == shown.returncode
        assert (first["invitation"], "members", "a member", "yes") == tuple(
            lines(shown)[word] for word in ("id", "lane", "for", "counts")
        )
    revoked = invite(folder, "revoke", first["invitation"], "--why", "sent to the wrong list")
    assert (0, "drop: 1 revoked, 0 were so before\n") == (revoked.returncode, revoked.stdout)
    assert ["sent to the wrong list"] == [
        entry["why"] for entry in noted(redis_url) if entry["type"] == "revoked"
    ]
    record = subprocess.run(
        [sys.executable, "-m", "waitroom", "record", "drop", "--config", "w.toml"],
        cwd=folder, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f"revoked: {first['invitation']}, by " in record.stdout
    assert record.stdout.rstrip().endswith(": sent to the wrong list")
    again = invite(folder, "show", first["link"])
    assert (1, "no: it is revoked") == (again.returncode, lines(again)["counts"])
    assert "yes" == lines(invite(folder, "show", second["link"]))["counts"]
    member = invite(folder, "revoke", "--member", "43")
    assert 0 == member.returncode
    assert "no: it is revoked" == lines(invite(folder, "show", second["link"]))["counts"]


def test_codes_and_a_word(folder: Path) -> None:
    """Codes are for typing; a word of one's own is for many."""
    done = invite(folder, "mint", "--lane", "members", "--count", "3", "--codes", "--out", "codes.csv")
    assert 0 == done.returncode
    for row in rows(folder / "codes.csv"):
        assert row["invitation"] == lines(invite(folder, "show", row["code"].lower()))["id"]
    word = invite(folder, "code", "SPRING24", "--lane", "members", "--uses", "2000", "--expires", "2d")
    assert (0, True) == (
        word.returncode,
        word.stdout.startswith("SPRING24: 2,000 places in lane members of drop until"),
    )
    assert "2,000; given so far: 0" == lines(invite(folder, "show", "spring24"))["places"]
    again = invite(folder, "code", "SPRING24", "--lane", "members", "--uses", "1")
    assert (1, True) == (again.returncode, "counts already" in again.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ("mint --lane members --out o.csv", 2, "say either --members FILE or --count N"),
        ("mint --lane members --out o.csv --count 1 --members members.csv", 2, "say either --members"),
        ("mint --lane vip --out o.csv --count 1", 1, "room 'drop' has no lane 'vip'"),
        ("mint --lane members --out o.csv --count 1 --room shop", 1, "there is no room 'shop'"),
        ("mint --lane members --out o.csv --count 1 --uses 0", 1, "uses: 0 (any number) is for members only"),
        (
            "mint --lane members --out o.csv --count 1 --expires soon",
            1,
            "expires: 'soon' was given, allowed is",
        ),
        ("mint --lane members --out o.csv --count 1 --begins 2026", 1, "begins: '2026' was given"),
        ("mint --lane members --out o.csv --count 1 --expires 2099-01-01T10:00", 1, "has no time zone"),
        ("mint --lane members --out o.csv --count 1 --base shop", 1, "base: 'shop' was given"),
        ("mint --lane members --out o.csv --members none.csv", 1, "none.csv: cannot be read: "),
        ("mint --lane members --out w.toml --count 1", 1, "w.toml: exists already"),
        (
            "code AB --lane members --uses 5",
            1,
            "code: 'AB' was given, allowed are 4 to 12 letters and digits",
        ),
        ("show nonsense", 1, "there is no such code"),
        ("show drop:members:x.y", 1, "the signature is not ours"),
        ("revoke Nonsense", 1, "'Nonsense' is no id of an invitation"),
    ],
)
def test_mistakes_are_one_line(folder: Path, arguments: str, code: int, complaint: str) -> None:
    """What was given, what is allowed; nothing is written."""
    before = sorted(path.name for path in folder.iterdir())
    done = invite(folder, *arguments.split())
    assert code == done.returncode
    assert complaint in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert before == sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("command", ["mint", "code", "show", "revoke"])
def test_help_teaches(folder: Path, command: str) -> None:
    """Every command's help has an example that begins with the command itself."""
    done = subprocess.run(
        [sys.executable, "-m", "waitroom", "invite", command, "--help"],
        cwd=folder, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f"waitroom invite {command} " in done.stdout.partition("Usage")[2].partition("\n")[2]
