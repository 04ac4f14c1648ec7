"""A room as one worker runs it: what is asked of Redis, and when."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.line.desk import Spot
from waitroom.line.hands import Handing
from waitroom.line.head import Head
from waitroom.line.joins import Place
from waitroom.line.known_room import KnownRoom
from waitroom.line.memory import GENERAL
from waitroom.line.plan import NO_PLAN, Plan
from waitroom.line.redeeming import NO_TICKET, BroughtTicket, Entitlement, Redeemed
from waitroom.line.resting import Resting
from waitroom.line.rules import Rules
from waitroom.line.seeds import Seeds
from waitroom.line.ticket import Outcome
from waitroom.line.visits import MAX_FLUSH

BUSY_TICK_SECONDS = 0.2
"""Between two calls of ``advance`` while somebody waits: the grain in which the rate is kept."""
IDLE_TICK_SECONDS = 0.75
"""The same while nobody does: what ops staff change must be known everywhere within a second."""
VIEW_SECONDS = 1.0
"""Between two looks at the bits."""
STILL_VIEW_SECONDS = 5.0
"""The same where nobody stands in line, and nothing tells that this has changed."""
FLUSH_SECONDS = 2.0
"""Between two tellings of who was seen and who was active."""
RETRY_SECONDS = 0.5

logger = logging.getLogger("waitroom.line")


class Room(KnownRoom):
    """One room in one worker.

    ``run`` keeps it: it advances the line, looks at it, and flushes presence and renewals. Everything a
    visitor asks is answered from the snapshots of the lanes and from ``rules``. While Redis is away the last
    snapshots stand, ``down_since`` tells since when, and what was gathered is kept.
    """

    def __init__(
        self,
        name: str,
        redis: Redis,
        from_file: Rules,
        *,
        lanes: Sequence[str] = (GENERAL,),
        plan: Plan = NO_PLAN,
        seeds: Seeds | None = None,
    ) -> None:
        super().__init__(name, redis, from_file, lanes, plan, seeds or Seeds(()))
        self.busy_tick_seconds, self.idle_tick_seconds = BUSY_TICK_SECONDS, IDLE_TICK_SECONDS
        self._stopping = False
        self._listeners: list[Callable[[], None]] = []
        self._viewed = self._flushed = self._foreseen = -1e9
        self._stirs = -1

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls ``listener`` after each tick."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Brings the settings of the file to Redis and looks at the line for the first time."""
        await self._bring_rules()
        await self._look()
        self.look_ahead()

    async def run(self) -> None:
        """Keeps the room until :meth:`stop`. Never raises for a Redis that is away."""
        while not self._stopping:
            try:
                await self._tick()
                self.seen_at = time.monotonic()
                if self._viewed != self._foreseen or not self.is_still:
                    self._foreseen = self._viewed
                    self.look_ahead()
                if self.down_since is not None:
                    logger.warning("room %s: Redis is back", self.name)
                    self.down_since = None
                    # it may have lost its last second
                    for lane in self.lanes.values():
                        lane.presence.forget()
                busy = any(lane.is_busy for lane in self.lanes.values())
                pause = self.busy_tick_seconds if busy else self.idle_tick_seconds
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

    async def look(self) -> None:
        """Reads the room as it stands, at once, and changes nothing of it."""
        await self.regime.look()
        await self.opening.look()
        await self._look()
        self.opening.tell(self.lanes.values())
        self.seen_at = time.monotonic()
        self.look_ahead()

    async def join(self, lane: str = GENERAL) -> Place:
        """A place in a lane, and admission where nobody waits and the budget allows."""
        self._need_redis()
        return await self.lanes[lane].join()

    async def redeem(self, right: Entitlement, brought: BroughtTicket = NO_TICKET) -> Redeemed:
        """A place in the lane that somebody is entitled to, or the place that they have."""
        self._need_redis()
        return await self.lanes[right.lane].redeem(right, brought)

    async def claim(self, lane: str, number: int) -> Outcome:
        """Shows a ticket at the door."""
        self._need_redis()
        of = self.lanes[lane]
        outcome = await of.claim(number)
        if outcome is Outcome.STALE and of.head.drawn_count and of.order is None:
            # drawn just now: its turn is another than its number
            await self._learn_draw()
            outcome = await of.claim(number) if of.order is not None else Outcome.WAITING
        return outcome

    async def leave(self, lane: str, number: int) -> Outcome:
        """Gives a place up."""
        return await self.lanes[lane].leave(number)

    async def hand_over(self, spot: Spot, hand: int) -> Handing:
        """Hands a waiting place over to another device."""
        lane = self.lanes[spot.lane]
        done = await lane.store.hand_over(spot.number, lane.snapshot.turn_of(spot.number), hand)
        return self._handed(spot, hand, done)

    async def undo(self, spot: Spot, hand: int) -> Handing:
        """Gives a place back to who gave it up."""
        lane = self.lanes[spot.lane]
        done = await lane.store.undo(spot.number, lane.snapshot.turn_of(spot.number), hand)
        if done is Handing.DONE:
            await self._look()
        return self._handed(spot, hand, done)

    async def rest(self, spot: Spot, ms: int, times: int = 0) -> Resting:
        """Lets others pass a place, for so many milliseconds at most. ``times``: more time is asked for, and may have
        been so often."""
        lane = self.lanes[spot.lane]
        done = await lane.store.rest(spot.number, lane.snapshot.turn_of(spot.number), ms, times)
        await self._look()
        return done

    async def ready(self, spot: Spot) -> Resting:
        """Who let others pass is back."""
        lane = self.lanes[spot.lane]
        done = await lane.store.ready(spot.number, lane.snapshot.turn_of(spot.number))
        await self._look()
        return done

    async def finish(self, session: str) -> None:
        """Ends a session at the shop's word, here at once and elsewhere within a second."""
        self.visits.end([session])
        await self._store.finish(session)

    async def follow(self, old: Spot, lane: str, number: int) -> None:
        """Notes that whoever had the place ``old`` was given ``number`` of a lane."""
        await self.lanes[lane].store.follow(number, old)

    async def has_news(self, lane: str) -> bool:
        """Whether the last answer about a lane told of something that this worker has yet to read, and now has."""
        head = self.lanes[lane].head
        if head.version == 0 or self.regime.is_read(head):
            return False
        await self._read_rules(head)
        return True

    async def recall(self, lane: str, epoch: int, number: int) -> None:
        """Tells Redis of a genuine ticket that shows it forgot, or that this worker has not heard yet."""
        if await self.lanes[lane].recall(epoch, number):
            await self._look()

    async def change(self, changes: dict[str, str], *, who: str, why: str = "") -> None:
        """Changes live settings for all workers."""
        self.general.note(await self._store.configure(changes, source="live", who=who, why=why))
        await self._read_rules(self.head)

    async def flush(self) -> None:
        """Tells Redis who was seen and who was active."""
        for lane in self.lanes.values():
            await lane.flush()
        while idle := self.visits.take():
            try:
                await self._store.renew(idle)
            except LineUnavailableError:
                self.visits.put_back(idle)
                raise

    def _handed(self, spot: Spot, hand: int, done: Handing) -> Handing:
        if done is Handing.DONE:
            self.hands.learn(spot, hand + 1)
        return done

    def _need_redis(self) -> None:
        """While Redis is known to be away nobody waits for it to time out once more."""
        if self.is_away:
            raise LineUnavailableError(self.down_reason)

    async def _tick(self) -> None:
        before = self.head
        await self._tell_let_in()
        head = await self._advance()
        if self.regime.lacks(head):
            await self._bring_rules()
        elif not self.regime.is_read(head):
            await self._read_rules(head)
        if not self.opening.is_read(head, self.lanes.values()):
            await self._learn_draw()
        now = time.monotonic()
        new_slot = head.slot != before.slot
        if new_slot or now - self._flushed >= min(FLUSH_SECONDS, self.rules.presence_ms / 6000):
            self._flushed = now
            await self.flush()
        rests = self.is_still and head.stirs == self._stirs
        due = now - self._viewed >= (STILL_VIEW_SECONDS if rests else VIEW_SECONDS)
        if due or head.epoch != before.epoch or head.late != before.late:
            await self._look()

    async def _tell_let_in(self) -> None:
        """Tells Redis, now that it is back, of those who were let in without it."""
        alone = self.alone
        if alone is None:
            return
        if alone.untold_guests:
            await self._store.let_in((), alone.untold_guests)
            alone.untold_guests = 0
        while some := alone.untold[:MAX_FLUSH]:
            for name in {each.lane for each in some}:
                lane = self.lanes[name]
                numbers = [
                    lane.snapshot.resolve(each.epoch, each.number) for each in some if each.lane == name
                ]
                await lane.store.let_in([number for number in numbers if number is not None], 0)
            del alone.untold[: len(some)]

    async def _advance(self) -> Head:
        """One call moves all lanes; each lane in which somebody waits asks how far it has come."""
        handed = [of for lane in self.lanes.values() if (of := lane.handed(self.rules))]
        head = await self._store.advance(handed)
        self.general.note(head)
        self._follow_lanes()
        for lane in self.lanes.values():
            if lane is not self.general and (lane.is_busy or lane.head.epoch != head.epoch):
                lane.note(await lane.store.advance())
        return head

    async def _look(self) -> None:
        self._viewed, self._stirs, stirs = time.monotonic(), -1, -1
        for lane in self.lanes.values():
            view = await lane.look()
            stirs = view.head.stirs if stirs < 0 else stirs  # before the others are looked at
            self.hands.hear(view.head.epoch, view.handed)
            self.visits.end(session for session in view.ended if not self.visits.has_ended(session))
        await self.opening.follow_digest(self.head)
        self._stirs = stirs
        self.visits.forget_ended(2 * self.rules.session_ms / 1000)

    async def _learn_draw(self) -> None:
        await self.opening.learn(self.head, self.lanes.values())
        await self._look()

    async def _read_rules(self, head: Head) -> None:
        await self.regime.read(head)
        self._viewed = -1e9  # whom the support desk has called is told with the bits

    async def _bring_rules(self) -> None:
        head = await self.regime.bring(self.head)
        self._follow_lanes()
        self.general.note(head)
        await self._read_rules(self.head)
