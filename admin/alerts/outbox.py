"""What is to be delivered, and what became of it: kept in the console's file, so that a restart loses nothing.

A message is taken out only when its channel has it (at least once; its id stays the same). Each channel's go out in the
order in which they came in.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from admin.alerts.events import Event
from admin.alerts.retries import Fate
from admin.alerts.tables import SCHEMA, Delivery, count_waiting, delivery_of
from admin.store import Store

MOST_WAITING = 10_000
"""Of one channel: then the oldest are dropped."""
MOST_LOGGED = 200
"""Notices of alerts that are kept to be looked at."""
MOST_DONE = 500
"""Of one channel, kept to be looked at."""
TAKEN_OUT = "the channel was taken out of the settings"
DROPPED = "dropped"
"""The fate of what there was no room for, or whose channel was gone."""


class Outbox:
    """The outbox of all channels. Each method raises :class:`~admin.store.StoreError` when the file cannot be used."""

    def __init__(self, store: Store, *, most_waiting: int = MOST_WAITING, most_done: int = MOST_DONE) -> None:
        self._store = store
        self._most_waiting = most_waiting
        self._most_done = most_done
        store.prepare(SCHEMA)

    def __repr__(self) -> str:
        return f"<Outbox in {self._store!r}>"

    async def open(self, channels: Mapping[str, str]) -> str:
        """Takes note of the channels that there are: names, and fingerprints of their addresses. A channel that was
        gone is there again where its address is another; what waits for one that is not there any more is given up.
        Returns the id of this site, which it keeps for ever."""

        def act(db: sqlite3.Connection) -> str:
            for name, address in channels.items():
                db.execute(
                    "INSERT INTO alert_channels (name, address) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET"
                    " gone = iif(address = excluded.address, gone, ''),"
                    " gone_at = iif(address = excluded.address, gone_at, NULL), address = excluded.address",
                    (name, address),
                )
            known = db.execute("SELECT channel FROM alert_deliveries UNION SELECT name FROM alert_channels")
            for name in {row[0] for row in known} - channels.keys():
                db.execute(
                    "UPDATE alert_deliveries SET fate = ?, is_done = 1, note = ? WHERE channel = ? AND is_done = 0",
                    (Fate.GIVEN_UP, TAKEN_OUT, name),
                )
                db.execute("DELETE FROM alert_channels WHERE name = ?", (name,))
            row = db.execute("SELECT id FROM alert_site").fetchone()
            if row is None:
                row = (secrets.token_hex(8),)
                db.execute("INSERT INTO alert_site (id) VALUES (?)", row)
            return str(row[0])

        return await self._store.run(act)

    async def put(
        self,
        events: Sequence[tuple[Event, Sequence[str]]],
        now: float,
        *,
        cursors: Mapping[str, str] | None = None,
        standings: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Takes in events, each with the names of its channels, and what has been read or concluded for them: all of
        it or nothing. An event that a channel has had is not taken twice. An empty standing is forgotten."""

        def act(db: sqlite3.Connection) -> None:
            gone = {row[0] for row in db.execute("SELECT name FROM alert_channels WHERE gone != ''")}
            touched: set[str] = set()
            for event, names in events:
                text = event.to_json().decode()
                if event.type.startswith("alert."):
                    _log(db, text)
                for name in names:
                    if name in gone:
                        _count_dropped(db, name, 1)
                        continue
                    touched.add(name)
                    db.execute(
                        "INSERT OR IGNORE INTO alert_deliveries (channel, event_id, event, fate, made_at, next_at)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        (name, event.id, text, Fate.WAITING, now, now),
                    )
            for name in touched:
                _drop_oldest(db, name, self._most_waiting)
            for room, entry in (cursors or {}).items():
                db.execute("INSERT OR REPLACE INTO alert_cursors (room, entry) VALUES (?, ?)", (room, entry))
            for (rule, room), standing in (standings or {}).items():
                db.execute(
                    "INSERT OR REPLACE INTO alert_standings (rule, room, standing) VALUES (?, ?, ?)"
                    if standing
                    else "DELETE FROM alert_standings WHERE rule = ? AND room = ?",
                    (rule, room, standing) if standing else (rule, room),
                )

        await self._store.run(act)

    async def first(self, channel: str) -> Delivery | None:
        """What a channel is to be given next."""

        def act(db: sqlite3.Connection) -> Delivery | None:
            while True:
                row = db.execute(
                    "SELECT * FROM alert_deliveries WHERE channel = ? AND is_done = 0 ORDER BY seq LIMIT 1",
                    (channel,),
                ).fetchone()
                if row is None or (delivery := delivery_of(row)) is not None:
                    return row and delivery
                # of another version: it must not hold up the others
                db.execute("DELETE FROM alert_deliveries WHERE seq = ?", (row["seq"],))
                _count_dropped(db, channel, 1)

        return await self._store.run(act)

    async def settle(self, delivery: Delivery, fate: Fate, note: str, *, now: float, wait: float) -> None:
        """What became of a try. Where the channel is gone, so is all that waits for it."""

        def act(db: sqlite3.Connection) -> None:
            kept = Fate.GIVEN_UP if fate is Fate.GONE else fate
            db.execute(
                "UPDATE alert_deliveries SET fate = ?, is_done = ?, note = ?, tries = tries + 1, tried_at = ?,"
                " next_at = ? WHERE seq = ? AND is_done = 0",
                (kept, fate is not Fate.WAITING, note, now, now + wait, delivery.seq),
            )
            if fate is Fate.GONE:
                db.execute(
                    "UPDATE alert_channels SET gone = ?, gone_at = ? WHERE name = ?",
                    (note, now, delivery.channel),
                )
                dropped = db.execute(
                    "UPDATE alert_deliveries SET fate = ?, is_done = 1 WHERE channel = ? AND is_done = 0",
                    (DROPPED, delivery.channel),
                ).rowcount
                _count_dropped(db, delivery.channel, dropped)
            if fate is not Fate.WAITING:
                _forget_done(db, delivery.channel, self._most_done)

        await self._store.run(act)

    async def note_test(self, channel: str, event: Event, fate: Fate, note: str, now: float) -> Delivery:
        """Keeps a test that was sent past the others. One that was delivered brings a channel back that was gone."""

        def act(db: sqlite3.Connection) -> Delivery:
            if fate is Fate.DELIVERED:
                db.execute("UPDATE alert_channels SET gone = '', gone_at = NULL WHERE name = ?", (channel,))
            kept = Fate.DELIVERED if fate is Fate.DELIVERED else Fate.GIVEN_UP
            row = db.execute(
                "INSERT INTO alert_deliveries"
                " (channel, event_id, event, fate, is_done, made_at, tries, next_at, tried_at, note)"
                " VALUES (?, ?, ?, ?, 1, ?, 1, ?, ?, ?) RETURNING *",
                (channel, event.id, event.to_json().decode(), kept, event.at, now, now, note),
            ).fetchone()
            _forget_done(db, channel, self._most_done)
            made = delivery_of(row)
            assert made is not None
            return made

        return await self._store.run(act)

    async def cursors(self, rooms: Iterable[str] | None) -> dict[str, str]:
        """Up to where the record of each room has been read. Others than ``rooms`` are forgotten."""

        def act(db: sqlite3.Connection) -> dict[str, str]:
            known = {row["room"]: row["entry"] for row in db.execute("SELECT * FROM alert_cursors")}
            for room in known.keys() - set(rooms or ()):
                db.execute("DELETE FROM alert_cursors WHERE room = ?", (room,))
                del known[room]
            return known

        return await self._store.run(act)

    async def standings(self) -> dict[tuple[str, str], str]:
        """The standings that were put, by rule and room."""
        rows = await self._store.run(lambda db: db.execute("SELECT * FROM alert_standings").fetchall())
        return {(row["rule"], row["room"]): row["standing"] for row in rows}


def _log(db: sqlite3.Connection, event: str) -> None:
    seq = db.execute("INSERT INTO alert_log (event) VALUES (?)", (event,)).lastrowid or 0
    db.execute("DELETE FROM alert_log WHERE seq <= ?", (seq - MOST_LOGGED,))


def _drop_oldest(db: sqlite3.Connection, channel: str, most: int) -> None:
    waiting = count_waiting(db, channel)
    if waiting > most:
        db.execute(
            "DELETE FROM alert_deliveries WHERE seq IN (SELECT seq FROM alert_deliveries WHERE channel = ?"
            " AND is_done = 0 ORDER BY seq LIMIT ?)",
            (channel, waiting - most),
        )
        _count_dropped(db, channel, waiting - most)


def _count_dropped(db: sqlite3.Connection, channel: str, count: int) -> None:
    db.execute("UPDATE alert_channels SET dropped = dropped + ? WHERE name = ?", (count, channel))


def _forget_done(db: sqlite3.Connection, channel: str, most: int) -> None:
    db.execute(
        "DELETE FROM alert_deliveries WHERE channel = ? AND is_done = 1 AND seq < (SELECT seq FROM alert_deliveries"
        " WHERE channel = ? AND is_done = 1 ORDER BY seq DESC LIMIT 1 OFFSET ?)",
        (channel, channel, most - 1),
    )
