"""The record of a room as a whole: filtered, taken away, audited; over the API."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import pytest
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from admin.records.audits import Audits, BusyError
from tests.admin.conftest import Client
from waitroom.cli.audit import audit_file
from waitroom.record.reading import RecordReader

pytestmark = pytest.mark.anyio

EVENTS = "/api/rooms/drop/events"


async def turn(console: Console) -> None:
    """Two people turn the dials."""
    room = console.live.rooms["drop"]
    await room.change({"rate": "300"}, who="Anna", why="more stock")
    await room.change({"mode": "pause"}, who="bert", why="payment is slow")
    await room.change({"mode": "queue"}, who="bert", why="it goes on")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=anna", ["more stock"]),
        ("who=BERT", ["it goes on", "payment is slow"]),
        ("text=slow", ["payment is slow"]),
        ("text=mode+pause", ["it goes on"]),
        ("who=bert&text=stock", []),
        ("type=planned&who=bert", []),
    ],
)
async def test_entries_are_found_by_who_and_by_words(
    client: Client, console: Console, query: str, found: list[str]
) -> None:
    """In any case; in the table as well."""
    await turn(console)
    viewer = client(Role.VIEWER)
    assert found == [event["why"] for event in (await viewer.get(f"{EVENTS}?{query}")).json()]
    table = csv.DictReader(io.StringIO((await viewer.get(f"{EVENTS}?{query}&format=csv")).text))
    assert found == [row["why"] for row in table]


async def test_the_whole_record_is_taken_away_and_audited_elsewhere(
    client: Client, console: Console, tmp_path: Path
) -> None:
    """It is the file that `waitroom audit --file` takes."""
    await turn(console)
    answer = await client(Role.VIEWER).get(f"{EVENTS}/export")
    assert "application/x-ndjson" == answer.headers["content-type"]
    assert 'attachment; filename="drop-record.jsonl"' == answer.headers["content-disposition"]
    file = tmp_path / "drop.jsonl"
    file.write_text(answer.text)
    report = audit_file(file)
    assert (True, 6) == (report.ok, report.audits[0].figures.entries)
    file.write_text(answer.text.replace("more stock", "more socks"))
    assert not audit_file(file).ok


async def test_a_long_record_is_whole(client: Client, console: Console) -> None:
    """Longer than what is sent at once."""
    room = console.live.rooms["drop"]
    for rate in range(1, 1004):
        await room.general.store.configure({"rate": str(rate)}, source="live", who="ada", why="")
    lines = (await client(Role.VIEWER).get(f"{EVENTS}/export")).text.splitlines()
    assert 1 + 3 + 1003 == len(lines)
    assert '"standing"' in lines[0] and '"began"' in lines[1] and "1002 -> 1003" in lines[-1]


async def test_an_audit_says_what_was_kept_and_what_was_not(
    client: Client, console: Console, redis: Redis
) -> None:
    """By the record alone: an entry that no script wrote shows."""
    await turn(console)
    viewer = client(Role.VIEWER)
    kept = (await viewer.get("/api/rooms/drop/audit")).json()
    assert (True, [], [], 0, 6) == (
        kept["ok"], kept["broken"], kept["findings"], kept["found"], kept["figures"]["entries"],
    )  # fmt: skip
    await redis.xadd(
        "waitroom:1:{late-sale}:log",
        {"type": "changed", "epoch": "1", "clock": "1", "who": "eve", "rate": "300 -> 9000"},
    )
    broken = (await viewer.get("/api/rooms/late-sale/audit")).json()
    assert not broken["ok"] and "record" in broken["broken"] and broken["found"] > 0
    assert "does not follow the one before it" in str(broken["findings"])


async def test_audits_are_made_one_at_a_time(console: Console) -> None:
    """Of the same room it is the same one; what was found is told again for ten seconds."""
    now = 1000.0
    audits = Audits(lambda: now)
    drop, late = (console.live.seen[name].record.reader for name in ("drop", "late-sale"))
    first = asyncio.create_task(audits.of(drop))
    same = asyncio.create_task(audits.of(drop))
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="room drop is being audited"):
        await audits.of(late)
    assert (await first) is (await same)
    now += 9
    assert (await first) is await audits.of(drop)
    now += 2
    assert (await first) is not await audits.of(drop)


async def test_a_room_in_which_nothing_has_happened_is_right(redis: Redis) -> None:
    """There is nothing to find."""
    made = await Audits().of(RecordReader(redis, "nowhere", ("general",)))
    assert ([], 0) == (made.audit.findings, made.audit.figures.entries)
