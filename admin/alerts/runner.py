"""Alerts and outgoing events of a site, as the console runs them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from admin.alerts.channels import Channel, channel_of
from admin.alerts.channels.envelope import UNNAMED
from admin.alerts.courier import TROUBLE_SECONDS, Courier
from admin.alerts.events import TEST, Event, wants_rooms
from admin.alerts.following import Following
from admin.alerts.ledger import Ledger
from admin.alerts.outbox import Outbox
from admin.alerts.reading import Reading
from admin.alerts.tables import ChannelStanding, Delivery
from admin.alerts.watch import Watch
from admin.feedback.telling import FeedbackTelling
from admin.store import Store, StoreError
from waitroom.errors import WaitroomError
from waitroom.settings import NotifySettings, Settings, alert_rules
from waitroom.tasks import run_together

TEST_EVERY_SECONDS = 3.0
"""Between two tests of one channel."""


logger = logging.getLogger("waitroom.alerts")


class TooSoonError(WaitroomError):
    """A channel was tested a moment ago."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as it is now."""

    settings: NotifySettings
    address: str
    """As far as it is no secret."""
    fault: str
    """Why it can never work as it is set; empty where nothing is known to be wrong."""
    standing: ChannelStanding


class Alerts:
    """Watches the rooms, follows their records, and tells the channels. Never slows anything else: it has tasks of its
    own, and each channel a courier.

    ``readings`` gives the rooms as they are; the files of ``settings`` must have been read.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        redis: Redis,
        readings: Callable[[], Sequence[Reading]],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        rooms = [room.name for room in settings.rooms]
        self._clock = clock
        self._channels: list[Channel] = [channel_of(each) for each in settings.notify]
        self._outbox = Outbox(store)
        self.ledger = Ledger(store)
        self.rules = alert_rules(settings.alerts)
        self.watch = Watch(
            self.rules,
            rooms,
            settings.notify,
            self._outbox,
            readings,
            put=self._wake,
            console=settings.sign_in.address or "",
            clock=clock,
        )
        self._following = (
            Following(redis, rooms, settings.notify, self._outbox, put=self._wake, clock=clock)
            if wants_rooms(settings.notify)
            else None
        )
        self._feedback = FeedbackTelling(
            redis, settings.rooms, settings.notify, self._outbox, store, put=self._wake, clock=clock
        )
        self._couriers: dict[str, Courier] = {}
        self._tested: dict[str, float] = {}
        self.changes = 0
        """Another number whenever something was put into the outbox, or tried."""
        self._opening = asyncio.Lock()
        self._is_open = False

    def __repr__(self) -> str:
        return f"<Alerts to {', '.join(each.settings.name for each in self._channels) or 'nobody'}>"

    async def run(self) -> None:
        """Watches, follows and tells until it is cancelled."""
        try:
            await self._begin()
            works = [
                self.watch.run(),
                self._feedback.run(),
                *(each.run() for each in self._couriers.values()),
            ]
            if self._following is not None:
                works.append(self._following.run())
            await run_together(*works)
        except Exception:
            logger.exception("alerts have ended, and nobody is told of anything")
        finally:
            await asyncio.gather(*(channel.close() for channel in self._channels), return_exceptions=True)

    async def test(self, name: str, *, who: str) -> Delivery:
        """Sends a test to a channel, at once and past all that waits for it; ``who`` asks for it. Raises ``KeyError``
        for a channel that there is not, :class:`TooSoonError`, and :class:`~admin.store.StoreError`."""
        channel = next((each for each in self._channels if each.settings.name == name), None)
        if channel is None:
            raise KeyError(name)
        now = self._clock()
        if 0 <= now - self._tested.get(name, -TEST_EVERY_SECONDS) < TEST_EVERY_SECONDS:
            raise TooSoonError(f"channel {name} was tested a moment ago; wait {TEST_EVERY_SECONDS:g} seconds")
        self._tested[name] = now
        await self.open()
        return await self._couriers[name].test(_test_event(name, who, now))

    async def channels(self) -> list[ChannelState]:
        """All channels as they are. Raises :class:`~admin.store.StoreError`."""
        standings = await self.ledger.channels()
        return [
            ChannelState(
                each.settings,
                each.address,
                each.fault,
                standings.get(each.settings.name, ChannelStanding()),
            )
            for each in self._channels
        ]

    async def open(self) -> None:
        """Takes note of the channels; once. Raises :class:`~admin.store.StoreError`."""
        async with self._opening:
            if self._is_open:
                return
            # an address is kept as a hash: whether it is another one is all that must be known
            addresses = {each.settings.name: _fingerprint(each.settings) for each in self._channels}
            site = await self._outbox.open(addresses)
            if self._following is None:
                await self._outbox.cursors(())
            self._couriers |= {
                each.settings.name: Courier(
                    each,
                    self._outbox,
                    source=each.settings.source or f"{UNNAMED}{site}",
                    changed=self._changed,
                    clock=self._clock,
                )
                for each in self._channels
            }
            self._is_open = True

    async def _begin(self) -> None:
        while True:
            try:
                return await self.open()
            except StoreError as error:
                logger.warning("alerts wait: %s", error)
                await asyncio.sleep(TROUBLE_SECONDS)

    def _changed(self) -> None:
        self.changes += 1

    def _wake(self) -> None:
        self._changed()
        for courier in self._couriers.values():
            courier.wake()


def _fingerprint(channel: NotifySettings) -> str:
    url = channel.url.get_secret_value() if channel.url else ""
    return hashlib.sha256(url.encode()).hexdigest()


def _test_event(channel: str, who: str, now: float) -> Event:
    return Event(
        id=f"test:{channel}:{secrets.token_hex(8)}",
        type=TEST,
        at=now,
        title=f"Test of the channel {channel}",
        text=f"This is a test, sent by {who} from the console of the waiting room. Nothing is wrong.",
        data={"channel": channel, "who": who},
    )
