"""A room as one worker runs it: the line in Redis, kept in view, and told who is there."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from waitroom.errors import LineUnavailableError
from waitroom.line.head import Head, Known
from waitroom.line.joins import Joins, Place
from waitroom.line.presence import Presence
from waitroom.line.rules import Rules
from waitroom.line.snapshot import Snapshot, blank
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome
from waitroom.line.visits import Visits

BUSY_TICK_SECONDS = 0.2
"""Between two calls of ``advance`` while somebody waits: the grain in which the rate is kept."""
IDLE_TICK_SECONDS = 0.5
VIEW_SECONDS = 1.0
"""Between two looks at the bits."""
FLUSH_SECONDS = 2.0
"""Between two tellings of who was seen and who was active."""
RETRY_SECONDS = 0.5
HEARD_OF_MS = 3_000
"""By this age a number is known to every worker that reaches Redis."""
RECALL_MS = 3_600_000
"""For so long after Redis lost everything may tickets bring their line back."""
RECALLED_TICKET_MS = 12 * 3_600_000
"""So old may they be."""
BLINK_SECONDS = 2.0
"""A Redis that is away for less is not worth telling visitors of."""

logger = logging.getLogger("waitroom.line")


class Room:
    """One room in one worker.

    ``run`` keeps it: it advances the line, looks at it, and flushes presence and renewals. Everything a
    visitor asks is answered from ``snapshot`` and ``rules``; only a join, a claim and a leave go to Redis.
    While Redis is away the last snapshot stands, ``down_since`` tells since when, and what was gathered
    is kept.
    """

    def __init__(self, name: str, store: LineStore, from_file: Rules) -> None:
        self.name = name
        self.store = store
        self.rules = from_file
        self.snapshot = blank()
        self.presence = Presence()
        self.visits = Visits()
        self.down_since: float | None = None
        self.down_reason = ""
        self._from_file = from_file
        self._live: Rules | None = None
        self._version = -1
        self._brought = False
        self._stopping = False
        self._joins = Joins(store.join)
        self._recalling = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._viewed = self._flushed = -1e9
        self._clock = (0, 0.0)

    def __repr__(self) -> str:
        down = "" if self.down_since is None else ", Redis is away"
        return f"<Room {self.name}: {self.rules.mode}, {self.snapshot!r}{down}>"

    @property
    def is_away(self) -> bool:
        """Whether Redis has been away for long enough that visitors should know."""
        return self.down_since is not None and time.monotonic() - self.down_since > BLINK_SECONDS

    @property
    def clock_ms(self) -> int:
        """The room clock now, by which tokens are dated: Redis's, carried on by a monotonic clock."""
        clock, at = self._clock
        return clock + int((time.monotonic() - at) * 1000) if clock else int(time.time() * 1000)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls ``listener`` after each tick."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Brings the settings of the file to Redis and looks at the line for the first time."""
        await self._bring_rules()
        await self._look()

    async def run(self) -> None:
        """Keeps the room until :meth:`stop`. Never raises for a Redis that is away."""
        while not self._stopping:
            try:
                await self._tick()
                if self.down_since is not None:
                    logger.warning("room %s: Redis is back", self.name)
                    self.down_since = None
                    # it may have lost its last second
                    self.presence.forget()
                busy = self.snapshot.waiting or self.snapshot.head.late
                pause = BUSY_TICK_SECONDS if busy else IDLE_TICK_SECONDS
            except LineUnavailableError as error:
                if self.down_since is None:
                    logger.warning("room %s: %s", self.name, error)
                    self.down_since = time.monotonic()
                self.down_reason = str(error)
                pause = RETRY_SECONDS
            except Exception:
                # one bad tick must not end the room for everyone in it
                logger.exception("room %s: a tick failed", self.name)
                pause = RETRY_SECONDS
            for listener in self._listeners:
                listener()
            await asyncio.sleep(pause)

    def stop(self) -> None:
        """Lets :meth:`run` end. It is cancelled besides; but a client may swallow a cancellation."""
        self._stopping = True

    async def join(self) -> Place:
        """A place in line, and admission where nobody waits and the budget allows."""
        self._need_redis()
        place = await self._joins.join()
        self._note(place.head)
        if not place.admitted:
            self.presence.saw(place.number)
        return place

    async def claim(self, number: int) -> Outcome:
        """Shows a ticket at the door."""
        self._need_redis()
        outcome, head = await self.store.claim(number)
        self._note(head)
        if outcome is Outcome.CALLED:
            self.snapshot.add_late(number)
        return outcome

    async def leave(self, number: int) -> Outcome:
        """Gives a place up."""
        outcome, head = await self.store.leave(number)
        self._note(head)
        return outcome

    async def finish(self, session: str) -> None:
        """Ends a session at the shop's word, here at once and elsewhere within a second."""
        self.visits.end([session])
        await self.store.finish(session)

    def is_forgotten(self, epoch: int, number: int, at: int) -> bool:
        """Whether a genuine ticket, given at room clock ``at``, shows that Redis forgot and should be told.

        A line that has run for an hour is not put behind an older one any more, and a ticket of yesterday brings
        no line back.
        """
        if not self.snapshot.may_be_lost(epoch, number):
            return False
        head, now = self.snapshot.head, self.clock_ms
        if epoch == head.epoch:
            # a number that another worker gave just now is only news that has not come here yet
            return at + HEARD_OF_MS < now
        settled = epoch < head.epoch and now - head.epoch * 1000 > RECALL_MS
        return not settled and at + RECALLED_TICKET_MS > now

    async def recall(self, epoch: int, number: int) -> None:
        """Tells Redis of a genuine ticket that shows it forgot, or that this worker has not heard yet."""
        async with self._recalling:
            if not self.snapshot.may_be_lost(epoch, number):
                return  # the ticket of another visitor brought it back meanwhile
            before = self.snapshot.head
            self._note(await self.store.restore(Known(epoch, number, -1, 0, self.clock_ms)))
            head = self.snapshot.head
            if (head.epoch, head.alias) != (before.epoch, before.alias):
                await self._look()

    async def change(self, changes: dict[str, str], *, who: str, why: str = "") -> None:
        """Changes live settings for all workers."""
        self._note(await self.store.configure(changes, source="live", who=who, why=why))
        await self._read_rules()

    async def flush(self) -> None:
        """Tells Redis who was seen and who was active."""
        while numbers := self.presence.take():
            try:
                await self.store.see(numbers)
            except LineUnavailableError:
                self.presence.put_back(numbers)
                raise
        while idle := self.visits.take():
            try:
                await self.store.renew(idle)
            except LineUnavailableError:
                self.visits.put_back(idle)
                raise

    def _need_redis(self) -> None:
        """While Redis is known to be away nobody waits for it to time out once more."""
        if self.is_away:
            raise LineUnavailableError(self.down_reason)

    async def _tick(self) -> None:
        before = self.snapshot.head
        head = await self.store.advance()
        self._note(head)
        if head.version == 0 or not self._brought:
            await self._bring_rules()
        elif head.version != self._version:
            await self._read_rules()
        now = time.monotonic()
        new_slot = head.slot != before.slot
        if new_slot or now - self._flushed >= min(FLUSH_SECONDS, self.rules.presence_ms / 6000):
            self._flushed = now
            await self.flush()
        if now - self._viewed >= VIEW_SECONDS or head.epoch != before.epoch or head.late != before.late:
            await self._look()

    async def _look(self) -> None:
        view = await self.store.view(max(self.snapshot.head.clock - 5_000, 0))
        self._viewed = time.monotonic()
        self.snapshot = Snapshot(view)
        self._note(view.head)
        self.visits.end(session for session in view.ended if not self.visits.has_ended(session))
        self.visits.forget_ended(2 * self.rules.session_ms / 1000)

    async def _read_rules(self) -> None:
        self.rules = self._live = await self.store.rules()
        self._version = self.snapshot.head.version

    async def _bring_rules(self) -> None:
        """The file's settings and, where Redis lost them, what operators had set since."""
        lost = self._live if self.snapshot.head.version == 0 else None
        head = await self.store.configure(self._from_file.to_redis(), source="file", who="configuration file")
        if lost is not None:
            head = await self.store.configure(
                lost.to_redis(), source="live", who="gateway", why="Redis lost the live settings"
            )
        self._note(head)
        await self._read_rules()
        self._brought = True

    def _note(self, head: Head) -> None:
        previous = self.snapshot.head
        overtaken = (
            head.clock < previous.clock if head.epoch == previous.epoch else head.epoch < previous.epoch
        )
        if overtaken and head.alias == previous.alias:
            return  # a later answer came first
        if head.epoch != previous.epoch:
            self._renumber(previous, head)
            self.snapshot = blank(head)
        elif head.alias != previous.alias:
            self.presence.forget()
        self.snapshot.head = head
        self.presence.enter_slot(head.slot)
        self._clock = (head.clock, time.monotonic())

    def _renumber(self, previous: Head, head: Head) -> None:
        """Another life of the line goes on: those who were seen have other numbers in it, or none."""
        if head.alias and head.alias == previous.epoch:
            self.presence.shift(head.offset)
        elif head.alias and head.alias == previous.alias:
            self.presence.shift(head.offset - previous.offset)
        elif previous.epoch:
            self.presence.drop()
