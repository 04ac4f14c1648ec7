"""A room as one worker knows it: nothing here asks Redis."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from redis.asyncio import Redis

from waitroom.line.alone import Alone, LetIn
from waitroom.line.desk import Helped, Spot
from waitroom.line.hands import Hands
from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.memory import GENERAL, Memory, SaleEvent
from waitroom.line.opening import Opening
from waitroom.line.plan import Plan
from waitroom.line.regime import Regime
from waitroom.line.rules import Mode, Rules
from waitroom.line.seeds import Seeds
from waitroom.line.sight import Sights
from waitroom.line.store import LineStore
from waitroom.line.visits import Visits
from waitroom.shaping.promises import Hits

BLINK_SECONDS = 2.0
"""A Redis that is away for less is not worth telling visitors of."""


class KnownRoom:
    """The lanes of one room, what it goes by, and what follows from that for everyone who asks."""

    def __init__(
        self, name: str, redis: Redis, from_file: Rules, lanes: Sequence[str], plan: Plan, seeds: Seeds
    ) -> None:
        self.name = name
        self.visits = Visits()
        self.hands = Hands()
        self.down_since: float | None = None
        self.seen_at = time.monotonic()
        """When Redis last told how the room stands: a command that hangs has no error yet."""
        self.down_reason = ""
        self.alone: Alone | None = None
        """What is let in while Redis is away; None: nobody."""
        self.lanes: Mapping[str, Lane] = {}
        self._redis = redis
        self._memory = Memory(lanes)
        self._met: dict[str, Lane] = {}
        self._follow_lanes()
        self.general = self.lanes[GENERAL]
        self._store = self.general.store
        self.regime = Regime(name, self._store, from_file, plan)
        self.opening = Opening(name, self._store, seeds)
        self._sights = Sights()

    def __repr__(self) -> str:
        down = "" if self.down_since is None else ", Redis is away"
        return f"<{type(self).__name__} {self.name}: {self.rules.mode}, {list(self.lanes.values())!r}{down}>"

    @property
    def rules(self) -> Rules:
        """The live settings."""
        return self.regime.rules

    @property
    def plan(self) -> Plan:
        """What the clock will still do."""
        return self.regime.plan

    @property
    def helped(self) -> Helped:
        """The places that the support desk has helped."""
        return self.regime.helped

    @property
    def event(self) -> SaleEvent:
        """The event that it is in, or was in last."""
        return self.opening.event

    @property
    def is_away(self) -> bool:
        """Whether Redis has been away for long enough that visitors should know."""
        return self.down_since is not None and time.monotonic() - self.down_since > BLINK_SECONDS

    @property
    def goes_on_alone(self) -> bool:
        """Whether visitors are let in though Redis is away. Who has not seen the line does not know who stands first,
        nor what ops staff have set."""
        if self.alone is None or not self.is_away or self.head.epoch == 0:
            return False
        is_open = not self.is_before_opening and self.head.clock >= self.head.hold
        return is_open and self.rules.mode in (Mode.AUTO, Mode.QUEUE) and not self.rules.is_halted

    def is_called_alone(self, lane: str, number: int) -> bool:
        """Whether the turn of a place has come, before Redis went away or, by this worker's own count, since."""
        if not self.goes_on_alone:
            return False
        snapshot = self.lanes[lane].snapshot
        if not snapshot.knows_turn(number) or snapshot.is_used(number) or number in snapshot.resting:
            return False
        return snapshot.is_called(number) or snapshot.ahead(number) < self._reach() * self.share_of(lane)

    def let_in_alone(self, lane: str, number: int) -> bool:
        """Lets the holder of a place in by this worker's own count; False where that does not allow it now."""
        alone = self.alone
        if alone is None or not self.is_called_alone(lane, number):
            return False
        # the turns that have come since are bounded by the time alone; those of before are not
        if self.lanes[lane].snapshot.is_called(number) and not self._spend():
            return False
        alone.untold.append(LetIn(self.head.epoch, lane, number))
        return True

    def let_newcomer_in_alone(self) -> bool:
        """Lets somebody in who has no place, once all who stood in line have had their turn."""
        alone = self.alone
        if alone is None or not self.goes_on_alone or self._reach() < self.waiting or not self._spend():
            return False
        alone.untold_guests += 1
        return True

    def _reach(self) -> float:
        alone, since = self.alone, self.down_since
        if alone is None or since is None:
            return 0.0
        return alone.reach(since + BLINK_SECONDS, self.rules.admission_rate)

    def _spend(self) -> bool:
        alone, since = self.alone, self.down_since
        if alone is None or since is None:
            return False
        return alone.spend(since + BLINK_SECONDS, self.rules.admission_rate)

    @property
    def head(self) -> Head:
        """The counters of the room, with those of the general lane."""
        return self.general.head

    @property
    def waiting(self) -> int:
        """Present visitors in line, in all lanes that move."""
        weight = self.rules.weight_of
        if len(self.lanes) == 1:  # as in most rooms, and asked with each poll
            return self.general.snapshot.waiting if weight(GENERAL) > 0 else 0
        return sum(lane.snapshot.waiting for name, lane in self.lanes.items() if weight(name) > 0)

    @property
    def is_still(self) -> bool:
        """Whether nobody stands in any lane, present or not, lets others pass, or is called by the support desk: as far
        as this worker has looked."""
        return all(
            lane.head.is_empty and not lane.snapshot.has_summoned and not lane.snapshot.resting
            for lane in self.lanes.values()
        )

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
        return self.general.head.opens > 0

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
        return self.opening.awaits_draw(self.head)

    def is_helped(self, lane: str, number: int) -> bool:
        """Whether the support desk has given this place back, or brought it to the front."""
        spots = self.helped.spots
        return bool(spots) and Spot(lane, number) in spots

    @property
    def resting(self) -> frozenset[Spot]:
        """The places that let others pass."""
        return frozenset(
            Spot(name, number) for name, lane in self.lanes.items() for number in lane.snapshot.resting
        )

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

    def _follow_lanes(self) -> None:
        """The lanes are those of the file and those that gateways with another file brought: nobody who stands in one
        loses the place by a restart with a file that has it no more."""
        names = self._memory.all_lanes
        if tuple(self.lanes) != names:
            for name in names:
                if name not in self._met:
                    self._met[name] = Lane(LineStore(self._redis, self.name, name, self._memory))
            self.lanes = {name: self._met[name] for name in names}
