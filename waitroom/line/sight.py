"""What the outlooks of a room's lanes are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.plan import Plan, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.shaping.profile import MINUTE_MS, Profile, Step
from waitroom.shaping.shares import ALONE, Share, Standing, shares_ahead
from waitroom.shaping.sight import Sight

_MOVING = (Mode.AUTO, Mode.QUEUE)
AHEAD_MS = 1_000
"""So often it is foreseen which lanes run empty."""
_INFLOW_MEMORY_MS = 45_000.0
_FLOW_MEMORY_MS = 60_000.0
"""Over which Redis averages the outflow of a lane: ``FLOW_MEMORY`` in ``scripts/lib/state.lua``."""
_UNBOUNDED = 1_000_000.0
"""A minute: of a room that lets everyone through."""


class Sights:
    """Sees one room again and again: the admissions of the room are parted among its lanes."""

    def __init__(self) -> None:
        self._admitted = 0
        self._served: dict[str, float] = {}
        self._seen: dict[str, Head] = {}
        self._inflows: dict[str, float] = {}
        self._shares: dict[str, Sequence[Share]] = {}
        self._asked: tuple[int, Rules, Plan] | None = None

    def look(
        self,
        lanes: Mapping[str, Lane],
        rules: Rules,
        plan: Plan,
        shares: Mapping[str, float],
        *,
        now_ms: float,
        order_is_open: bool,
    ) -> dict[str, Sight]:
        """How each lane stands. ``shares`` are what the lanes are given of the admissions, ``now_ms`` is the time since
        1970; with ``order_is_open`` the draw of those in line is still to come, and nobody has a place in it."""
        self._part(lanes, shares)
        moving = rules.mode in _MOVING and not rules.is_halted and not order_is_open
        flow = sum(lane.head.flow for lane in lanes.values())
        standing = sum(lane.snapshot.waiting for name, lane in lanes.items() if rules.weight_of(name))
        ahead = self._ahead(lanes, rules, plan, now_ms)
        self._seen = {name: lane.head for name, lane in lanes.items()}
        sights = {}
        for name, lane in lanes.items():
            head, share = lane.head, shares[name]
            sights[name] = Sight(
                at_ms=head.clock,
                epoch=head.epoch,
                called=head.called,
                issued=head.issued,
                served=self._served[name],
                waiting=lane.snapshot.waiting,
                profile=profile_of(rules, plan, head, now_ms),
                admitted=head.admitted,
                standing=standing,
                share=share,
                shares=ahead[name],
                limit_per_minute=_limit(rules),
                capacity=rules.places,
                inside=head.sessions + head.granted,
                set_capacity=rules.capacity,
                session_ms=rules.session_ms,
                moving=moving and head.clock >= head.hold,
                paused=rules.is_halted,
                flow_per_minute=flow,
            )
        return sights

    def _part(self, lanes: Mapping[str, Lane], shares: Mapping[str, float]) -> None:
        """Adds what was admitted to those who were served: as their outflows tell, or else by their shares."""
        admitted = max(lane.head.admitted for lane in lanes.values())
        new, self._admitted = admitted - self._admitted, admitted
        parts = {name: _served(self._seen.get(name), lane.head) for name, lane in lanes.items()}
        if not any(parts.values()):
            parts = {name: lane.head.flow for name, lane in lanes.items()}
        if not any(parts.values()):
            parts = dict(shares)
        whole = sum(parts.values())
        for name, part in parts.items():
            self._served[name] = self._served.get(name, 0.0) + (new * part / whole if whole else 0.0)

    def _ahead(
        self, lanes: Mapping[str, Lane], rules: Rules, plan: Plan, now_ms: float
    ) -> dict[str, Sequence[Share]]:
        """What each lane will be given of the admissions."""
        if len(lanes) == 1:
            return dict.fromkeys(lanes, ALONE)
        for name, lane in lanes.items():
            seen = self._seen.get(name, lane.head)
            passed = lane.head.clock - seen.clock
            if passed > 0 and seen.epoch == lane.head.epoch:
                came, before = lane.head.issued - seen.issued, self._inflows.get(name, 0.0)
                now = came * MINUTE_MS / passed
                self._inflows[name] = now + (before - now) * exp(-passed / _INFLOW_MEMORY_MS)
        head = max((lane.head for lane in lanes.values()), key=lambda head: head.clock)
        asked = head.clock // AHEAD_MS, rules, plan
        if asked == self._asked and self._shares.keys() == lanes.keys():
            return self._shares
        stand = [
            Standing(rules.weight_of(name), lane.snapshot.waiting, self._inflows.get(name, 0.0))
            for name, lane in lanes.items()
        ]
        profile, most = profile_of(rules, plan, head, now_ms), _limit(rules)
        if 0 < rules.places <= head.sessions + head.granted:
            most = min(most, sum(lane.head.flow for lane in lanes.values()) or most)

        def per_minute(begins: float, ends: float) -> float:
            places = profile.places_between(head.clock + begins, head.clock + ends)
            return min(places * MINUTE_MS / (ends - begins), most)

        self._asked = asked
        self._shares = dict(zip(lanes, shares_ahead(stand, per_minute), strict=True))
        return self._shares


def _served(seen: Head | None, head: Head) -> float:
    """How many were admitted from a lane between two heads, by its outflow: a mean that fades by the clock, to which
    each who is admitted adds one (``fade_flow`` in ``scripts/lib/time.lua``)."""
    if seen is None or seen.epoch != head.epoch or head.clock < seen.clock or not seen.flow:
        return 0.0
    return max(head.flow - seen.flow * exp(-(head.clock - seen.clock) / _FLOW_MEMORY_MS), 0.0)


def profile_of(rules: Rules, plan: Plan, head: Head, now_ms: float) -> Profile:
    """The rates that ops staff and the schedule have set, by the room's clock. ``now_ms`` is the time since 1970."""
    offset = head.clock - round(now_ms)
    rate, mode, opens = rules.rate, rules.mode, head.opens > 0
    # that the line stands still by hand, or before the outcome of a draw is known, is no plan
    steps = [Step(0, 0.0 if opens else rate)]
    for planned in plan.steps:
        at = max(planned.at_ms + offset, steps[-1].from_ms)
        if planned.kind is StepKind.BEGIN:
            steps.append(Step(at, 0.0))  # another line begins
            break
        if planned.kind is StepKind.OPEN:
            opens = False
        rate = float(planned.changes.get("rate", rate))
        mode = Mode(planned.changes.get("mode", mode))
        steps.append(Step(at, 0.0 if opens else _rate_of(mode, rate)))
    else:
        if opens:
            # the step that opens the door is just being taken
            steps.append(Step(max(head.opens + offset, steps[-1].from_ms), rate))
    return Profile(tuple(steps))


def _rate_of(mode: Mode, rate: float) -> float:
    if mode is Mode.PASS:
        return _UNBOUNDED
    return rate if mode in _MOVING else 0.0


def _limit(rules: Rules) -> float:
    """What the room is bound to besides its own rate."""
    return min((limit for limit in (rules.limit_rate, rules.limit_shared) if limit >= 0), default=_UNBOUNDED)
