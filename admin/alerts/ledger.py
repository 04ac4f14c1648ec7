"""What was delivered, what was not, and why: for people to look at."""

from __future__ import annotations

import sqlite3

from admin.alerts.events import Event
from admin.alerts.retries import Fate
from admin.alerts.tables import SCHEMA, ChannelStanding, Delivery, count_waiting, delivery_of, event_in
from admin.store import Store


class Ledger:
    """Looks at the outbox. Each method raises :class:`~admin.store.StoreError` when the file cannot be read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.prepare(SCHEMA)

    def __repr__(self) -> str:
        return f"<Ledger in {self._store!r}>"

    async def recent(self, *, most: int, channel: str = "", before: int | None = None) -> list[Delivery]:
        """The newest deliveries, of one channel or of all; ``before`` is the ``seq`` from which to go on."""

        def act(db: sqlite3.Connection) -> list[Delivery]:
            rows = db.execute(
                "SELECT * FROM alert_deliveries WHERE (? = '' OR channel = ?) AND (? IS NULL OR seq < ?)"
                " ORDER BY seq DESC LIMIT ?",
                (channel, channel, before, before, most),
            )
            return [found for row in rows if (found := delivery_of(row)) is not None]

        return await self._store.run(act)

    async def channels(self) -> dict[str, ChannelStanding]:
        """How each channel does."""

        def act(db: sqlite3.Connection) -> dict[str, ChannelStanding]:
            return {row["name"]: _standing(db, row) for row in db.execute("SELECT * FROM alert_channels")}

        return await self._store.run(act)

    async def alerts(self, *, most: int) -> list[Event]:
        """The newest notices of alerts, whoever was told."""
        rows = await self._store.run(
            lambda db: db.execute("SELECT event FROM alert_log ORDER BY seq DESC LIMIT ?", (most,)).fetchall()
        )
        return [event for row in rows if (event := event_in(row)) is not None]


def _standing(db: sqlite3.Connection, row: sqlite3.Row) -> ChannelStanding:
    name = row["name"]
    first = db.execute(
        "SELECT tries FROM alert_deliveries WHERE channel = ? AND is_done = 0 ORDER BY seq LIMIT 1", (name,)
    ).fetchone()
    last = db.execute(
        "SELECT note FROM alert_deliveries WHERE channel = ? AND tried_at IS NOT NULL ORDER BY tried_at DESC, seq DESC"
        " LIMIT 1",
        (name,),
    ).fetchone()
    delivered = db.execute(
        "SELECT max(tried_at) FROM alert_deliveries WHERE channel = ? AND fate = ?", (name, Fate.DELIVERED)
    ).fetchone()[0]
    return ChannelStanding(
        waiting=count_waiting(db, name),
        dropped=row["dropped"],
        gone=row["gone"],
        gone_at=row["gone_at"],
        note=last["note"] if last else "",
        tries=first["tries"] if first else 0,
        delivered_at=delivered,
    )
