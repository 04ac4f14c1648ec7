"""The tables of alerts and outgoing events in the console's file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from admin.alerts.events import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS alert_deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event TEXT NOT NULL,
    fate TEXT NOT NULL,
    made_at REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL,
    tried_at REAL,
    note TEXT NOT NULL DEFAULT '',
    is_done INTEGER NOT NULL DEFAULT 0,
    UNIQUE (channel, event_id)
);
CREATE INDEX IF NOT EXISTS alert_deliveries_in_order ON alert_deliveries (channel, is_done, seq);
CREATE TABLE IF NOT EXISTS alert_channels (
    name TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    gone TEXT NOT NULL DEFAULT '',
    gone_at REAL,
    dropped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS alert_cursors (room TEXT PRIMARY KEY, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alert_standings (
    rule TEXT NOT NULL, room TEXT NOT NULL, standing TEXT NOT NULL, PRIMARY KEY (rule, room)
);
CREATE TABLE IF NOT EXISTS alert_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alert_site (id TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel. Times are seconds since 1970."""

    seq: int
    channel: str
    event: Event
    fate: str
    made_at: float
    tries: int
    next_at: float
    tried_at: float | None
    note: str
    """What was wrong with the last try."""


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """How a channel does."""

    waiting: int = 0
    dropped: int = 0
    """Messages for which there was no room, or which came after the channel was gone; all so far."""
    gone: str = ""
    """What the receiver said when it wanted nothing any more; empty: it is there."""
    gone_at: float | None = None
    note: str = ""
    """What was wrong with the last try, where something was."""
    tries: int = 0
    """Of the message that is first in line."""
    delivered_at: float | None = None
    """When the last one was delivered."""


def event_in(row: sqlite3.Row) -> Event | None:
    """The event that a row holds; None for one that this version cannot read."""
    try:
        return Event.from_json(row["event"])
    except ValueError:
        return None


def delivery_of(row: sqlite3.Row) -> Delivery | None:
    """A row of ``alert_deliveries``; None for one that this version cannot read."""
    event = event_in(row)
    return (
        None
        if event is None
        else Delivery(
            seq=row["seq"],
            channel=row["channel"],
            event=event,
            fate=row["fate"],
            made_at=row["made_at"],
            tries=row["tries"],
            next_at=row["next_at"],
            tried_at=row["tried_at"],
            note=row["note"],
        )
    )


def count_waiting(db: sqlite3.Connection, channel: str) -> int:
    """How many messages wait for a channel."""
    counted = db.execute(
        "SELECT count(*) FROM alert_deliveries WHERE channel = ? AND is_done = 0", (channel,)
    ).fetchone()
    return int(counted[0])
