"""What all routes of the console share."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from admin.alerts.looking import readings
from admin.alerts.runner import Alerts
from admin.approvals import Approvals
from admin.audit.log import AuditLog
from admin.auth.people import People
from admin.auth.tokens import Tokens
from admin.history.history import History
from admin.history.sampler import Sampler
from admin.invitations.batches import Batches
from admin.invitations.desk import Desk
from admin.keeping import Keeping
from admin.keys import Kept
from admin.live import LiveRooms
from admin.open_streams import OpenStreams
from admin.records.audits import Audits
from admin.rehearsals.rehearsals import Rehearsals
from admin.store import Store
from waitroom.assembly.line import desk_of, store_of
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings
from waitroom.support.desk import SupportDesk
from waitroom.telemetry.reading import Reader


@dataclass(frozen=True, slots=True)
class Console:
    """The settings of the site, its Redis, and what the console keeps itself."""

    settings: Settings
    redis: Redis = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    """Those of the site, newest first."""
    store: Store
    tokens: Tokens
    people: People
    audit: AuditLog
    keeping: Keeping
    live: LiveRooms
    sampler: Sampler
    kept: Kept
    """Answers to requests that had a key."""
    approvals: Approvals
    rehearsals: Rehearsals
    batches: Batches
    desk: Desk
    """Where invitations are minted."""
    alerts: Alerts
    support: SupportDesk
    """Where shoppers are helped."""
    audits: Audits = field(default_factory=Audits)
    """Of the rooms' records."""
    streams: OpenStreams = field(default_factory=OpenStreams)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the console is told to stop: streams end by it."""

    @classmethod
    def of(cls, settings: Settings, redis: Redis, secrets: Sequence[str]) -> Console:
        """The console of a site. Raises :class:`~admin.store.StoreError`."""
        store, live = Store(settings.data_dir), LiveRooms(settings, redis, secrets)
        batches = Batches(store)
        sampler = Sampler(live, Reader(redis, live.rooms), History(store))
        return cls(
            settings=settings,
            redis=redis,
            secrets=secrets,
            store=store,
            tokens=Tokens(store),
            people=People.of(settings.sign_in, store, secrets),
            audit=AuditLog(store),
            keeping=Keeping(store, settings.privacy.console_keep),
            live=live,
            sampler=sampler,
            kept=Kept(store),
            rehearsals=Rehearsals(settings.data_dir),
            approvals=Approvals(store, settings.approval.expires),
            batches=batches,
            desk=Desk(settings.data_dir, batches),
            support=desk_of(settings, redis),
            alerts=Alerts(settings, store, redis, lambda: readings(live, sampler)),
        )

    def room(self, name: str) -> RoomSettings | None:
        """The settings of a room, as the file has them."""
        return next((room for room in self.settings.rooms if room.name == name), None)

    def line(self, room: RoomSettings) -> LineStore:
        """The line of a room."""
        return store_of(room, self.redis)


def console_of(connection: HTTPConnection) -> Console:
    """The console that a request came to."""
    return cast(Console, connection.app.state.console)
