"""`waitroom privacy erase`: what is held about one person goes; what cannot go is said."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.privacy.marks import everything_in
from waitroom.forms.shelf import FormShelf
from waitroom.gate.tokens import Mint, Ticket
from waitroom.line.desk import Spot
from waitroom.line.hands import Handing
from waitroom.line.keys import RoomKeys
from waitroom.line.memory import Memory
from waitroom.line.redeeming import BroughtTicket, Entitlement
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.reminders.channels import Channel
from waitroom.reminders.kept import Kept
from waitroom.reminders.reminder import Contact, Place
from waitroom.shaping.members import Members
from waitroom.support.code import support_code

pytestmark = pytest.mark.anyio

SECRET = "a secret of the test itself"
CONFIG = """
redis_url = "{redis_url}"
secret = "{secret}"
origin = "http://127.0.0.1:9"
[[rooms]]
name = "drop"
lanes = {{ members = {{ weight = 2 }} }}
"""
LANES = ("general", "members")


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    """The command, as ops staff type it."""
    command = [sys.executable, "-m", "waitroom", "privacy", "erase", *arguments, "--config", "waitroom.toml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert code == done.returncode, (done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.fixture
async def store(redis: Redis, scratch_url: str, tmp_path: Path) -> LineStore:
    """A room in which everybody waits."""
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=scratch_url, secret=SECRET))
    store = LineStore(redis, "drop", memory=Memory(LANES))
    rules = Rules(rate=0, mode=Mode.QUEUE)
    await store.configure(rules.for_file(), source="file", who="configuration file")
    return store


async def holdings(redis: Redis, *marks: str) -> list[str]:
    """Where in Redis one of these marks is, but for the record."""
    return sorted(
        f"{place} {word}"
        for place, content in (await everything_in(redis)).items()
        for word in content.decode("latin-1").split(" ")
        if not place.endswith(":log") and word in marks
    )


async def test_a_place_goes_with_all_that_hangs_on_it(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """First it is only told, and nothing changes; with --yes it is given up, and no row of it is left."""
    joined = await store.join(6)
    epoch = joined.head.epoch
    assert Handing.DONE is await store.hand_over(3, 3, 0)
    await store.follow(3, Spot("general", 2))
    await store.rest(3, 3, 60_000)
    await redis.set(f"waitroom:1:{{drop}}:joins:exchanged:{epoch}:general:3", "1", ex=60)
    kept = Kept(redis, "drop", [SECRET], lasts_seconds=60)
    contact = Contact(Channel.MAIL, "anna@shop.example", "en")
    await kept.keep(Place(epoch, "general", 3), contact, is_near=False)
    shelf = FormShelf(redis, "drop", most=9, keep_seconds=60)
    assert await shelf.keep(f"{epoch}:general:3", b"sealed")
    marks = ("general:3", "general:3:1", "3")
    before = await holdings(redis, *marks)
    code = support_code("drop", epoch, "general", 3)
    told = await asyncio.to_thread(run, tmp_path, code)
    assert "Nothing is erased yet" in told
    assert "a wait or a visit that it stands for would end" in told
    for key in ("hands", "followed", "resting", "joins:exchanged", "reminder:", "forms:"):
        assert key in told
    assert before == await holdings(redis, *marks)
    done = await asyncio.to_thread(run, tmp_path, code, "--yes", "--why", "asked for")
    assert "it is given up" in done
    assert [] == await holdings(redis, "general:3", "general:3:1", f"{epoch}:general:3")
    assert [] == await redis.keys("*reminder*") + await redis.keys("*forms*")
    assert "nothing" in await asyncio.to_thread(run, tmp_path, code)
    # the others stand as before
    assert 0 == await redis.getbit("waitroom:1:{drop}:lane:general:used", 5)
    assert 1 == await redis.getbit("waitroom:1:{drop}:lane:general:used", 3)


async def test_a_visit_is_ended(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """By the visitor's own token, or as the shop knows it: the capacity goes back, and the pass counts no more."""
    await store.configure({"mode": "pass"}, source="live", who="test")
    joined = await store.join(2)
    await store.claim(1)
    await store.claim(2)
    epoch = joined.head.epoch
    sessions = RoomKeys.of("drop").sessions
    assert 2 == await redis.zcard(sessions)
    ticket = Mint(Ticket, [SECRET]).sign(Ticket("drop", epoch, "general", 1, 5))
    told = await asyncio.to_thread(run, tmp_path, "--token", ticket, "--yes")
    assert "it is given up" in told
    again = await asyncio.to_thread(run, tmp_path, "--visit", f"{epoch}:general:2", "--yes")
    assert "it is given up" in again
    assert 0 == await redis.zcard(sessions)
    assert "(stays: without it the pass would count again" in await asyncio.to_thread(
        run, tmp_path, "--visit", f"{epoch}:general:2"
    )


async def test_a_member_goes_with_the_place(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """By the shop's own key of them, which nobody but the command ever sees."""
    holder = Members("drop", [SECRET]).holder("anna@shop.example")
    members = LineStore(redis, "drop", "members", Memory(LANES))
    await members.redeem([(Entitlement("members", holder, "spring-1", 1, 2**33), BroughtTicket())])
    assert await holdings(redis, holder, f"h{holder}")
    done = await asyncio.to_thread(run, tmp_path, "--member", "anna@shop.example", "--yes")
    assert "it is given up" in done
    assert [] == await holdings(redis, holder, f"h{holder}", "members:1")


async def test_the_audit_log_says_that_and_not_whose(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """Who did it, when, why and how much: no code, no token, no key of a member."""
    joined = await store.join(2)
    code = support_code("drop", joined.head.epoch, "general", 1)
    await asyncio.to_thread(run, tmp_path, code, "--yes", "--why", "asked by mail")
    await asyncio.to_thread(run, tmp_path, "--member", "anna@shop.example", "--yes")
    with sqlite3.connect(tmp_path / "data" / "console.db") as db:
        rows = db.execute("SELECT who, action, about, after, why FROM audit ORDER BY id").fetchall()
    assert ["erase", "erase"] == [row[1] for row in rows]
    assert [{"by": "code", "erased": 0, "rooms": "drop"}, {"by": "member", "erased": 0, "rooms": "drop"}] == [
        json.loads(row[3]) for row in rows
    ]
    assert "asked by mail" == rows[0][4]
    assert code not in str(rows) and "anna" not in str(rows)


async def test_what_is_old_goes_for_everybody(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """Of the record and of the console's file; what is younger stays, and the record is still whole in itself."""
    await asyncio.to_thread(run, tmp_path, "--member", "nobody", "--yes")
    log = RoomKeys.of("drop").log
    for number in range(3):
        await store.configure({"rate": str(number + 1)}, source="live", who="test", why="test")
    entries = await redis.xlen(log)
    with sqlite3.connect(tmp_path / "data" / "console.db") as db:
        year = time.time() - 366 * 86_400
        db.execute(
            "INSERT INTO audit (at,who,action,outcome,about,before,after,why,network,status)"
            " VALUES (?,'a','b','done','','{}','{}','','',0)",
            (year,),
        )
    told = await asyncio.to_thread(run, tmp_path, "--all", "--older-than", "90d")
    assert "console.db, audit: 1 rows" in told and "record of drop: 0 entries" in told
    await asyncio.sleep(1.1)
    assert f"record of drop: {entries} entries" in await asyncio.to_thread(
        run, tmp_path, "--all", "--older-than", "1s"
    )
    done = await asyncio.to_thread(run, tmp_path, "--all", "--older-than", "1s", "--yes")
    assert "stay for 30d" in done
    assert 1 == await redis.xlen(log)
    await store.configure({"rate": "9"}, source="live", who="test")
    command = [sys.executable, "-m", "waitroom", "audit", "--config", "waitroom.toml"]
    audit = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert 0 == audit.returncode, audit.stdout


async def test_nobody_takes_away_more_than_is_told(redis: Redis, store: LineStore, tmp_path: Path) -> None:
    """The entry that says so pins the last that went: one more, and the audit finds that the beginning is missing."""
    log = RoomKeys.of("drop").log
    await store.configure({"rate": "1"}, source="live", who="test")
    await asyncio.sleep(0.01)
    await store.forget(int(time.time() * 1000), who="test", why="test")
    await store.configure({"rate": "2"}, source="live", who="test")
    command = [sys.executable, "-m", "waitroom", "audit", "--config", "waitroom.toml"]
    for taken, code in ((0, 0), (1, 1)):
        oldest: list[bytes] = [each[0] for each in await redis.xrange(log, count=1)]  # type: ignore[union-attr, misc]
        if taken:
            await redis.xdel(log, *oldest)
        audit = await asyncio.to_thread(
            subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )
        assert code == audit.returncode, audit.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("0065-7QK", "--member", "x"),
        ("--all",),
        ("--older-than", "1d"),
        ("0065-7QK", "--older-than", "1d"),
    ],
)
async def test_what_is_meant_must_be_clear(
    store: LineStore, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """One person, or all with an age: everything else is wrong usage, and changes nothing."""
    assert "Usage" in await asyncio.to_thread(lambda: run(tmp_path, *arguments, code=2))


@pytest.mark.parametrize(
    "arguments", [("no code at all!",), ("--token", "drop:1:general:1:5.forged"), ("--visit", "x")]
)
async def test_what_is_nobodys_is_refused(
    store: LineStore, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """With a clear word."""
    assert "waitroom: " in await asyncio.to_thread(lambda: run(tmp_path, *arguments, "--yes", code=1))
