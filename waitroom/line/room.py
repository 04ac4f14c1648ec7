"""A room as one worker runs it: its lanes in Redis, and the rules that they share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from redis.asyncio import Redis

from waitroom.errors import EventHeldError, LineUnavailableError
from waitroom.line.desk import NOBODY_HELPED, Spot
from waitroom.line.drawn import draw_of
from waitroom.line.hands import Handing, Hands
from waitroom.line.head import Head
from waitroom.line.joins import Place
from waitroom.line.lane import Lane
from waitroom.line.memory import GENERAL, Memory, SaleEvent
from waitroom.line.plan import NO_PLAN, NOTHING_PLANNED, Plan, Planned, Step, as_stored
from waitroom.line.redeeming import NO_TICKET, BroughtTicket, Entitlement, Redeemed
from waitroom.line.resting import Resting
from waitroom.line.rules import Mode, Rules
from waitroom.line.seeds import Seeds
from waitroom.line.sight import Sights
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome
from waitroom.line.visits import Visits
from waitroom.shaping.promises import Hits

BUSY_TICK_SECONDS = 0.2
"""Between two calls of ``advance`` while somebody waits: the grain in which the rate is kept."""
IDLE_TICK_SECONDS = 0.5
VIEW_SECONDS = 1.0
"""Between two looks at the bits."""
FLUSH_SECONDS = 2.0
"""Between two tellings of who was seen and who was active."""
RETRY_SECONDS = 0.5
BLINK_SECONDS = 2.0
"""A Redis that is away for less is not worth telling visitors of."""

logger = logging.getLogger("waitroom.line")


class Room:
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
        self.name = name
        self.rules = from_file
        self.plan = plan
        self.event = SaleEvent()
        self.helped = NOBODY_HELPED
        self.hands = Hands()
        self.visits = Visits()
        self.down_since: float | None = None
        self.seen_at = time.monotonic()
        """When Redis last told how the room stands: a command that hangs has no error yet."""
        self.down_reason = ""
        self.busy_tick_seconds, self.idle_tick_seconds = BUSY_TICK_SECONDS, IDLE_TICK_SECONDS
        self.lanes: Mapping[str, Lane] = {}
        self._redis = redis
        self._memory = Memory(lanes)
        self._met: dict[str, Lane] = {}
        self._follow_lanes()
        self.general = self.lanes[GENERAL]
        self._store = self.general.store
        self._from_file = from_file
        self._plan_of_file = plan
        self._seeds = seeds or Seeds(())
        self._live: Rules | None = None
        self._planned: Planned = NOTHING_PLANNED
        self._version = -1
        self._brought = False
        self._stopping = False
        self._listeners: list[Callable[[], None]] = []
        self._viewed = self._flushed = -1e9
        self._drawing = (0, 0, 0)
        self._sights = Sights()

    def __repr__(self) -> str:
        down = "" if self.down_since is None else ", Redis is away"
        return f"<Room {self.name}: {self.rules.mode}, {list(self.lanes.values())!r}{down}>"

    @property
    def is_away(self) -> bool:
        """Whether Redis has been away for long enough that visitors should know."""
        return self.down_since is not None and time.monotonic() - self.down_since > BLINK_SECONDS

    @property
    def head(self) -> Head:
        """The counters of the room, with those of the general lane."""
        return self.general.head

    @property
    def waiting(self) -> int:
        """Present visitors in line, in all lanes that move."""
        weight = self.rules.weight_of
        return sum(lane.snapshot.waiting for name, lane in self.lanes.items() if weight(name) > 0)

    @property
    def opens_ms(self) -> int:
        """When the door opens, in milliseconds since 1970: of this event, or of the next one that is planned; 0: no
        opening lies ahead."""
        if self.head.opens:
            return self.head.opens
        begin = self.plan.next_begin
        return begin.opens_ms if begin and self.rules.mode is Mode.CLOSED else 0

    def share_of(self, lane: str) -> float:
        """What a lane is given of the admissions while somebody stands in each that is in use."""
        weights = self.rules.weight_of
        standing = [name for name, of in self.lanes.items() if of.snapshot.waiting or name == lane]
        total = sum(weights(name) for name in standing)
        return weights(lane) / total if total else 0.0

    @property
    def hits(self) -> Hits:
        """How the estimates of all lanes came out so far, as this worker has sampled them."""
        return sum((lane.outlook.hits for lane in self.lanes.values()), Hits())

    @property
    def is_before_opening(self) -> bool:
        """Whether the door has yet to open."""
        return self.head.opens > 0

    @property
    def clock_ms(self) -> int:
        """The room clock now, by which tokens are dated: Redis's, carried on by a monotonic clock."""
        return self.general.clock_ms or self._clock_of_others or int(time.time() * 1000)

    @property
    def _clock_of_others(self) -> int:
        return max(lane.clock_ms for lane in self.lanes.values())

    @property
    def awaits_draw(self) -> bool:
        """Whether everyone who waits is equal yet: at the opening their order will be drawn, or, before this worker has
        read of the event, may be."""
        read = (self.head.epoch, self.head.opens) == self._drawing[:2]
        return self.is_before_opening and (not read or bool(self.event.commitment))

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

    def look_ahead(self) -> None:
        """Lets the outlooks of the lanes take in how the line stands now."""
        sights = self._sights.look(
            self.lanes,
            self.rules,
            self.plan,
            {name: self.share_of(name) for name in self.lanes},
            now_ms=time.time() * 1000,
            order_is_open=self.awaits_draw,
        )
        for name, lane in self.lanes.items():
            lane.outlook.observe(sights[name], lane.snapshot.ahead_of)

    def stop(self) -> None:
        """Lets :meth:`run` end. It is cancelled besides; but a client may swallow a cancellation."""
        self._stopping = True

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

    async def rest(self, spot: Spot, ms: int) -> Resting:
        """Lets others pass a place, for so many milliseconds at most."""
        lane = self.lanes[spot.lane]
        done = await lane.store.rest(spot.number, lane.snapshot.turn_of(spot.number), ms)
        await self._look()
        return done

    async def ready(self, spot: Spot) -> Resting:
        """Who let others pass is back."""
        lane = self.lanes[spot.lane]
        done = await lane.store.ready(spot.number, lane.snapshot.turn_of(spot.number))
        await self._look()
        return done

    @property
    def resting(self) -> frozenset[Spot]:
        """The places that let others pass."""
        return frozenset(
            Spot(name, number) for name, lane in self.lanes.items() for number in lane.snapshot.resting
        )

    def _handed(self, spot: Spot, hand: int, done: Handing) -> Handing:
        if done is Handing.DONE:
            self.hands.learn(spot, hand + 1)
        return done

    async def finish(self, session: str) -> None:
        """Ends a session at the shop's word, here at once and elsewhere within a second."""
        self.visits.end([session])
        await self._store.finish(session)

    async def follow(self, old: Spot, lane: str, number: int) -> None:
        """Notes that whoever had the place ``old`` was given ``number`` of a lane."""
        await self.lanes[lane].store.follow(number, old)

    def is_helped(self, lane: str, number: int) -> bool:
        """Whether the support desk has given this place back, or brought it to the front."""
        spots = self.helped.spots
        return bool(spots) and Spot(lane, number) in spots

    async def has_news(self, lane: str) -> bool:
        """Whether the last answer about a lane told of something that this worker has yet to read, and now has."""
        version = self.lanes[lane].head.version
        if version in (self._version, 0):
            return False
        await self._read_rules()
        self._version = version
        return True

    async def recall(self, lane: str, epoch: int, number: int) -> None:
        """Tells Redis of a genuine ticket that shows it forgot, or that this worker has not heard yet."""
        if await self.lanes[lane].recall(epoch, number):
            await self._look()

    async def look(self) -> None:
        """Reads the room as it stands, at once, and changes nothing of it."""
        if (rules := await self._store.rules()).revision:
            self.rules = rules
        self._planned = await self._store.planned()
        self.plan = self._planned.plan
        self.event = await self._store.event()
        await self._look()
        for lane in self.lanes.values():
            lane.set_draw(draw_of(self.name, lane.name, lane.head, self.event))
        self.seen_at = time.monotonic()
        self.look_ahead()

    async def change(self, changes: dict[str, str], *, who: str, why: str = "") -> None:
        """Changes live settings for all workers."""
        self.general.note(await self._store.configure(changes, source="live", who=who, why=why))
        await self._read_rules()

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

    def _need_redis(self) -> None:
        """While Redis is known to be away nobody waits for it to time out once more."""
        if self.is_away:
            raise LineUnavailableError(self.down_reason)

    async def _tick(self) -> None:
        before = self.head
        head = await self._advance()
        if head.version == 0 or not self._brought:
            await self._bring_rules()
        elif head.version != self._version:
            await self._read_rules()
        if (head.epoch, head.opens, self._drawn) != self._drawing:
            await self._learn_draw()
        now = time.monotonic()
        new_slot = head.slot != before.slot
        if new_slot or now - self._flushed >= min(FLUSH_SECONDS, self.rules.presence_ms / 6000):
            self._flushed = now
            await self.flush()
        if now - self._viewed >= VIEW_SECONDS or head.epoch != before.epoch or head.late != before.late:
            await self._look()

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

    def _follow_lanes(self) -> None:
        """The lanes are those of the file and those that gateways with another file brought: nobody who stands in one
        loses the place by a restart with a file that has it no more."""
        names = self._memory.all_lanes
        if tuple(self.lanes) != names:
            for name in names:
                if name not in self._met:
                    self._met[name] = Lane(LineStore(self._redis, self.name, name, self._memory))
            self.lanes = {name: self._met[name] for name in names}

    @property
    def _drawn(self) -> int:
        return sum(lane.head.drawn_count for lane in self.lanes.values())

    async def _look(self) -> None:
        self._viewed = time.monotonic()
        for lane in self.lanes.values():
            view = await lane.look()
            self.hands.hear(view.head.epoch, view.handed)
            self.visits.end(session for session in view.ended if not self.visits.has_ended(session))
        if self.is_before_opening and self.event.commitment:
            # the digest goes on with each join, and is public
            self.event = await self._store.event()
        self.visits.forget_ended(2 * self.rules.session_ms / 1000)

    async def _learn_draw(self) -> None:
        """Reads what was fixed at the opening. The first worker that knows the seed publishes it."""
        state = (self.head.epoch, self.head.opens, self._drawn)
        event = await self._store.event()
        if event.opened_at and event.commitment and not event.seed:
            seed, as_committed = self._seeds.find(self.name, event)
            await self._store.reveal(seed.hex(), as_committed=as_committed)
            event = await self._store.event()
        self.event, self._drawing = event, state
        for lane in self.lanes.values():
            lane.set_draw(draw_of(self.name, lane.name, lane.head, event))
        await self._look()

    async def _read_rules(self) -> None:
        version = self.head.version
        self.rules = self._live = await self._store.rules()
        self._planned = await self._store.planned()
        self.plan = self._planned.plan
        self.helped = await self._store.helped()
        self._version = version
        self._viewed = -1e9  # whom the support desk has called is told with the bits

    async def _bring_back(self, lost: Rules) -> None:
        """What operators had planned and scheduled, where Redis lost it."""
        who, why = "gateway", "Redis lost the plan"
        plan, planned = self.plan, self._planned
        if plan.name != self._plan_of_file.name:
            await self._store.plan(
                plan.to_redis(), name=plan.name, words=plan.words, source="live", who=who, why=why
            )
        if planned.notices:
            await self._store.tell(
                lost.message,
                lost.translations,
                as_stored((Step.say(0, lost.notice), *planned.says)),
                notices=planned.notices,
                who=who,
                why=why,
            )

    async def _bring_rules(self) -> None:
        """The file's settings and, where Redis lost them, what operators had set since."""
        lost = self._live if self.head.version == 0 else None
        head = await self._store.configure(
            self._from_file.for_file(), source="file", who="configuration file"
        )
        self._follow_lanes()
        if lost is not None:
            head = await self._store.configure(
                lost.to_redis(), source="live", who="gateway", why="Redis lost the live settings"
            )
        # what was taken before the loss is not taken again: it would undo what operators set since, or the event itself
        plan = self._plan_of_file if lost is None else self.plan
        try:
            await self._store.plan(
                plan.to_redis(),
                name=self._plan_of_file.name,
                words=plan.words,
                source="file",
                who="configuration file",
            )
        except EventHeldError as error:
            logger.error("room %s: the schedule of the file is left out: %s", self.name, error)  # noqa: TRY400
        if lost is not None:
            await self._bring_back(lost)
        self.general.note(head)
        await self._read_rules()
        self._brought = True
