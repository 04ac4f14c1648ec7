"""Brings one channel what waits for it, one message after the other. Each channel has a courier of its own, so that one
that is slow or dead delays no other."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress

from admin.alerts.channels import Channel
from admin.alerts.events import Event
from admin.alerts.outbox import Outbox
from admin.alerts.retries import Fate, Outcome, Result, decide
from admin.alerts.tables import Delivery
from admin.store import StoreError

LONGEST_SLEEP_SECONDS = 60.0
"""A clock that is set back delays nothing for longer."""
TROUBLE_SECONDS = 5.0
"""Between two tries to use the console's file, or after an error of our own."""

logger = logging.getLogger("waitroom.alerts")


class Courier:
    """The courier of one channel. ``source`` is the CloudEvents attribute, ``changed`` is told of each try."""

    def __init__(
        self,
        channel: Channel,
        outbox: Outbox,
        *,
        source: str,
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.channel = channel
        self._outbox = outbox
        self._source = source
        self._changed = changed
        self._clock = clock
        self._chance = chance
        self._woken = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Courier of {self.channel.settings.name}>"

    def wake(self) -> None:
        """There may be something to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until it is cancelled."""
        while True:
            self._woken.clear()
            try:
                wait = await self.step()
            except StoreError as error:
                logger.warning("channel %s waits: %s", self.channel.settings.name, error)
                wait = TROUBLE_SECONDS
            except Exception:
                logger.exception("channel %s could not be served", self.channel.settings.name)
                wait = TROUBLE_SECONDS
            if wait is None or wait > 0:
                longest = LONGEST_SLEEP_SECONDS if wait is None else min(wait, LONGEST_SLEEP_SECONDS)
                # not `wait_for`: before Python 3.12 it loses a cancellation that comes with the waking
                with suppress(TimeoutError):
                    async with asyncio.timeout(longest):
                        await self._woken.wait()

    async def step(self) -> float | None:
        """Tries to deliver what is first in line, where it is due. Returns in how many seconds to come again; None:
        nothing waits. Raises :class:`~admin.store.StoreError`."""
        first = await self._outbox.first(self.channel.settings.name)
        if first is None:
            return None
        if first.next_at > self._clock():
            return first.next_at - self._clock()
        outcome = await self._try(first.event)
        now = self._clock()
        decision = decide(
            outcome,
            tries=first.tries + 1,
            age=now - first.made_at,
            retry_for=self.channel.settings.retry_for,
            jitter=self._chance(),
        )
        self._log(first, outcome, decision.fate)
        await self._outbox.settle(first, decision.fate, outcome.note, now=now, wait=decision.wait)
        self._changed()
        return decision.wait

    async def test(self, event: Event) -> Delivery:
        """Sends an event at once, past those that wait, and keeps what came of it."""
        outcome = await self._try(event)
        fate = Fate.DELIVERED if outcome.result is Result.DELIVERED else Fate.GIVEN_UP
        kept = await self._outbox.note_test(
            self.channel.settings.name, event, fate, outcome.note, self._clock()
        )
        self._changed()
        if fate is Fate.DELIVERED:
            self.wake()
        return kept

    async def _try(self, event: Event) -> Outcome:
        try:
            return await self.channel.send(event, self._source)
        except Exception as error:
            # an error's text may hold the address
            logger.warning("channel %s: %s", self.channel.settings.name, type(error).__name__)
            return Outcome(Result.FAILED, f"could not be sent: {type(error).__name__}")

    def _log(self, delivery: Delivery, outcome: Outcome, fate: Fate) -> None:
        name, event = self.channel.settings.name, delivery.event
        if fate is Fate.GIVEN_UP:
            logger.error("channel %s: %s is given up: %s", name, event.id, outcome.note)
        elif fate is Fate.GONE:
            logger.error("channel %s wants nothing any more: %s", name, outcome.note)
        elif fate is Fate.WAITING and delivery.tries == 0:
            logger.warning("channel %s: %s was not delivered: %s", name, event.id, outcome.note)
