"""What newcomers are told about their wait, to be held against what came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from waitroom.line.lane import Lane
from waitroom.line.plan import Plan
from waitroom.line.rules import Mode, Rules
from waitroom.line.sight import Sights

SAMPLES = 20_000
"""Newcomers whose estimate is kept: a coverage of 80 % is then known to within 0.6 points."""
VIEWS = 400
"""Looks at the bits while people arrive; a gateway looks every second."""
_MOVING = (Mode.AUTO, Mode.QUEUE)


class Told(NamedTuple):
    """The estimate that one newcomer was given, in seconds."""

    number: int
    seconds: int
    low: int
    high: int


class Estimates:
    """The estimates of the newcomers of one lane, asked for as the gateway does."""

    def __init__(self, visitors: int) -> None:
        self.told: list[Told] = []
        self._every = max(-(-visitors // SAMPLES), 1)

    def ask(self, lane: Lane, numbers: range) -> None:
        """What some of the newcomers with these numbers are told now."""
        for number in range(-(-numbers.start // self._every) * self._every, numbers.stop, self._every):
            made = lane.outlook.estimate(lane.snapshot.ahead(number))
            if made is not None:
                self.told.append(Told(number, made.seconds, made.low, made.high))


class Watch:
    """Keeps the outlooks of all lanes, as a worker of the gateway does."""

    def __init__(self, lanes: Sequence[Lane], arriving_seconds: int) -> None:
        self._lanes: Mapping[str, Lane] = {lane.name: lane for lane in lanes}
        self._sights = Sights()
        self._until = arriving_seconds
        self._view_seconds = max(1.0, arriving_seconds / VIEWS)
        self._viewed = -self._view_seconds

    async def look(self, rules: Rules, plan: Plan, *, now: float, now_ms: int, is_drawn: bool) -> bool:
        """Takes in how the line stands; returns whether newcomers can be told anything.

        ``is_drawn`` tells whether those who come before the opening are drawn: they are told nothing until then.
        """
        if now > self._until:
            return False  # nobody comes any more
        if now - self._viewed >= self._view_seconds:
            self._viewed = now
            for lane in self._lanes.values():
                await lane.look()
        order_is_open = is_drawn and any(lane.head.opens for lane in self._lanes.values())
        shares = {name: self._share_of(lane, rules) for name, lane in self._lanes.items()}
        sights = self._sights.look(
            self._lanes, rules, plan, shares, now_ms=now_ms, order_is_open=order_is_open
        )
        for name, lane in self._lanes.items():
            lane.outlook.observe(sights[name], lane.snapshot.ahead_of)
        return rules.mode in _MOVING and not order_is_open

    def _share_of(self, lane: Lane, rules: Rules) -> float:
        """As ``Room.share_of`` has it."""
        standing = [
            rules.weight_of(name) for name, of in self._lanes.items() if of.snapshot.waiting or of is lane
        ]
        total = sum(standing)
        return rules.weight_of(lane.name) / total if total else 0.0
