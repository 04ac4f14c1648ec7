"""The schedule of a rehearsal: the opening, its draw, and the steps of the rate."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.line.draw import Draw, commitment, draw_key, seed_of
from waitroom.rehearse.line import ROOM, START_SECONDS, SimulatedLine
from waitroom.rehearse.scenario import Scenario
from waitroom.rehearse.side import Side
from waitroom.shaping.schedule import Event, Schedule

EVENT = "opening"


class Opening:
    """The one event of a rehearsal, where it has an opening or a ramp."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._seed = seed_of(str(scenario.seed), ROOM, EVENT)
        self._is_learned = False

    @property
    def is_drawn(self) -> bool:
        """Whether those who come before the opening are put in a random order."""
        return self._scenario.is_drawn and self._scenario.curve.opens_at > 0

    async def plan(self, line: SimulatedLine) -> None:
        """Brings the schedule to the line."""
        scenario, opens_at = self._scenario, self._scenario.curve.opens_at
        if not opens_at and scenario.ramp is None:
            return
        event = Event(
            EVENT,
            begins_ms=START_SECONDS * 1000,
            opens_ms=(START_SECONDS + opens_at) * 1000,
            ramp=scenario.ramp,
            mode=scenario.rules.mode,
            is_drawn=self.is_drawn,
        )
        plan = Schedule.of([event]).plan(
            mode=scenario.rules.mode,
            rate=scenario.rules.rate,
            commit=lambda _: commitment(self._seed),
            now_ms=START_SECONDS * 1000,
        )
        await line.plan(plan.to_redis(), name=plan.name, source="file", who="rehearsal")

    async def learn_draw(self, sides: Sequence[Side]) -> None:
        """Once there was a draw: publishes its seed, and tells everyone of the order."""
        if self._is_learned or not any(side.lane.head.drawn_count for side in sides):
            return
        self._is_learned = True
        line = sides[0].line
        await line.event()
        await line.reveal(self._seed.hex(), as_committed=True)
        digest = (await line.event()).digest
        for side in sides:
            head, lane = side.lane.head, side.line.lane
            if head.drawn_count:
                first, count = head.drawn_first, head.drawn_count
                key = draw_key(
                    self._seed, digest, room=ROOM, event=EVENT, lane=lane, first=first, count=count
                )
                side.crowd.draw = Draw(key, first, count)
                side.lane.set_draw(side.crowd.draw)
