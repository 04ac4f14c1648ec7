"""What is to be delivered is kept in a real file, and survives the console."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from admin.alerts.ledger import Ledger
from admin.alerts.outbox import MOST_LOGGED, Outbox
from admin.alerts.retries import Fate
from admin.store import Store
from tests.admin.alerts.conftest import an_event

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0


async def with_channels(
    store: Store, *names: str, most_waiting: int = 10_000, most_done: int = 500
) -> Outbox:
    """An outbox that knows these channels."""
    made = Outbox(store, most_waiting=most_waiting, most_done=most_done)
    await made.open(dict.fromkeys(names, "address"))
    return made


async def put(outbox: Outbox, numbers: Iterable[int], *channels: str) -> None:
    """Puts events of these numbers in."""
    await outbox.put([(an_event(number), channels) for number in numbers], NOW)


async def test_each_channel_has_its_own_in_order(store: Store) -> None:
    """What one has taken, the other still has to get."""
    outbox = await with_channels(store, "a", "b")
    await put(outbox, [1, 2], "a", "b")
    first = await outbox.first("a")
    assert first is not None
    assert an_event(1) == first.event
    await outbox.settle(first, Fate.DELIVERED, "", now=NOW, wait=0)
    heads = [await outbox.first(name) for name in ("a", "b", "c")]
    assert [an_event(2).id, an_event(1).id, None] == [head and head.event.id for head in heads]


async def test_a_failed_one_stays_first(store: Store) -> None:
    """With its tries, its next time and what was wrong."""
    outbox = await with_channels(store, "a")
    await put(outbox, [1, 2], "a")
    for wait in (2.0, 4.0):
        first = await outbox.first("a")
        assert first is not None
        await outbox.settle(first, Fate.WAITING, "500", now=NOW + 9, wait=wait)
    first = await outbox.first("a")
    assert first is not None
    assert (an_event(1).id, 2, NOW + 13, NOW + 9, "500") == (
        first.event.id, first.tries, first.next_at, first.tried_at, first.note,
    )  # fmt: skip


async def test_another_console_finds_all_of_it(store: Store) -> None:
    """The same site, the same messages, the same cursors and standings."""
    before = Outbox(store)
    site = await before.open({"a": "address"})
    await before.put(
        [(an_event(1), ["a"])], NOW, cursors={"drop": "5-0"}, standings={("errors", "drop"): "{}"}
    )
    store.close()
    again = Store(store.path.parent)
    after = Outbox(again)
    assert site == await after.open({"a": "address"})
    head = await after.first("a")
    assert an_event(1) == (head and head.event)
    assert {"drop": "5-0"} == await after.cursors(["drop"])
    assert {("errors", "drop"): "{}"} == await after.standings()
    assert {} == await after.cursors([])
    again.close()


async def test_the_same_event_is_not_taken_twice(store: Store) -> None:
    """Not even when it has been delivered."""
    outbox = await with_channels(store, "a")
    await put(outbox, [1, 1], "a")
    first = await outbox.first("a")
    assert first is not None
    await outbox.settle(first, Fate.DELIVERED, "", now=NOW, wait=0)
    await put(outbox, [1], "a")
    assert await outbox.first("a") is None


async def test_of_too_many_the_oldest_are_dropped_and_counted(store: Store) -> None:
    """The file does not grow for ever, and what is missing is told."""
    outbox = await with_channels(store, "a", most_waiting=5)
    await put(outbox, range(8), "a")
    first = await outbox.first("a")
    assert an_event(3).id == (first and first.event.id)
    standing = (await Ledger(store).channels())["a"]
    assert (5, 3) == (standing.waiting, standing.dropped)


async def test_what_is_done_is_kept_for_a_while(store: Store) -> None:
    """To be looked at, newest first, page by page."""
    outbox = await with_channels(store, "a", "b", most_done=3)
    await put(outbox, range(6), "a")
    await put(outbox, range(2), "b")
    while (first := await outbox.first("a")) is not None:
        await outbox.settle(first, Fate.DELIVERED, "", now=NOW, wait=0)
    ledger = Ledger(store)
    recent = await ledger.recent(most=10, channel="a")
    assert [an_event(number).id for number in (5, 4, 3)] == [each.event.id for each in recent]
    assert [4, 3] == [
        int(each.event.id.split(":")[1].split("-")[1])
        for each in await ledger.recent(most=10, channel="a", before=recent[0].seq)
    ]
    assert 5 == len(await ledger.recent(most=10))
    assert NOW == (await ledger.channels())["a"].delivered_at


async def test_a_channel_that_is_gone_takes_nothing_more(store: Store) -> None:
    """What waits is dropped, and counted. It is there again at another address, and after a test that arrived."""
    outbox = await with_channels(store, "a")
    ledger = Ledger(store)

    async def leave(number: int) -> None:
        await put(outbox, [number, number + 1], "a")
        first = await outbox.first("a")
        assert first is not None
        await outbox.settle(first, Fate.GONE, "410 Gone", now=NOW, wait=0)

    await leave(1)
    await put(outbox, [3], "a")
    assert await outbox.first("a") is None
    standing = (await ledger.channels())["a"]
    assert ("410 Gone", NOW, 0, 2) == (standing.gone, standing.gone_at, standing.waiting, standing.dropped)
    await outbox.open({"a": "address"})
    assert "410 Gone" == (await ledger.channels())["a"].gone
    await outbox.open({"a": "another"})
    assert "" == (await ledger.channels())["a"].gone
    await leave(4)
    await outbox.note_test("a", an_event(9), Fate.GIVEN_UP, "410 Gone", NOW)
    assert "410 Gone" == (await ledger.channels())["a"].gone
    await outbox.note_test("a", an_event(10), Fate.DELIVERED, "", NOW)
    assert "" == (await ledger.channels())["a"].gone


async def test_what_waits_for_a_channel_that_was_taken_out_is_given_up(store: Store) -> None:
    """It would wait for ever, and arrive out of place should the name come back."""
    outbox = await with_channels(store, "a", "b")
    await put(outbox, [1], "a", "b")
    await outbox.open({"b": "address"})
    await outbox.open({"a": "address", "b": "address"})
    assert await outbox.first("a") is None
    assert await outbox.first("b") is not None
    (kept,) = await Ledger(store).recent(most=5, channel="a")
    assert (Fate.GIVEN_UP, "the channel was taken out of the settings") == (kept.fate, kept.note)


async def test_alerts_are_kept_whoever_is_told(store: Store) -> None:
    """The newest of them."""
    outbox = await with_channels(store)
    await outbox.put([(an_event(n, type="alert.firing"), []) for n in range(MOST_LOGGED + 5)], NOW)
    await put(outbox, [1])
    kept = await Ledger(store).alerts(most=1000)
    assert MOST_LOGGED == len(kept)
    assert an_event(MOST_LOGGED + 4).id == kept[0].id


async def test_all_or_nothing(store: Store) -> None:
    """Where one part cannot be kept, no part is."""
    outbox = await with_channels(store, "a")
    with pytest.raises(sqlite3.IntegrityError):
        await outbox.put([(an_event(1), ["a"])], NOW, cursors={"drop": None})  # type: ignore[dict-item]
    assert await outbox.first("a") is None


def test_only_the_owner_may_read_it(store: Store) -> None:
    """There are names and reasons in it."""
    Outbox(store)
    assert 0o600 == Path(store.path).stat().st_mode & 0o777


async def test_what_cannot_be_read_holds_nothing_up(store: Store) -> None:
    """A message of another version is dropped, and counted."""
    outbox = await with_channels(store, "a")
    await put(outbox, [1, 2], "a")
    await outbox.put([(an_event(3, type="alert.firing"), [])], NOW)
    await store.run(lambda db: db.execute("UPDATE alert_deliveries SET event = '{}' WHERE seq = 1"))
    await store.run(lambda db: db.execute("UPDATE alert_log SET event = 'nonsense'"))
    ledger = Ledger(store)
    assert [an_event(2).id] == [each.event.id for each in await ledger.recent(most=5)]
    assert [] == await ledger.alerts(most=5)
    first = await outbox.first("a")
    assert an_event(2).id == (first and first.event.id)
    assert 1 == (await ledger.channels())["a"].dropped
