"""What the outlooks of a room's lanes are told."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.plan import Plan, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.line.snapshot import Snapshot
from waitroom.shaping.attrition import LOOK_MS
from waitroom.shaping.inflow import Inflow
from waitroom.shaping.profile import MINUTE_MS, Profile, Step
from waitroom.shaping.shares import ALWAYS, Shares, Standing, shares_ahead
from waitroom.shaping.sight import Sight

_MOVING = (Mode.AUTO, Mode.QUEUE)
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
        self._inflows: dict[str, Inflow] = {}
        self._changes: dict[str, _Changes] = {}

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
        latest = max((lane.head for lane in lanes.values()), key=lambda head: head.clock)
        moving = rules.mode in _MOVING and latest.clock >= latest.hold and not order_is_open
        flow = sum(lane.head.flow for lane in lanes.values())
        profiles = {name: profile_of(rules, plan, lane.head, now_ms) for name, lane in lanes.items()}
        ahead = self._ahead(lanes, rules, latest, flow, profiles)
        standing = sum(lane.snapshot.waiting for name, lane in lanes.items() if rules.weight_of(name) > 0)
        self._seen = {name: lane.head for name, lane in lanes.items()}
        sights = {}
        for name, lane in lanes.items():
            head, changes = lane.head, self._changes.setdefault(name, _Changes())
            changes.look(lane.snapshot)
            sights[name] = Sight(
                at_ms=head.clock,
                epoch=head.epoch,
                called=head.called,
                issued=head.issued,
                served=self._served[name],
                waiting=lane.snapshot.waiting,
                profile=profiles[name],
                admitted=head.admitted,
                standing=standing,
                no_shows=head.no_shows,
                granted=head.granted,
                entry_ms=rules.entry_ms,
                saved=head.tokens,
                share=shares[name],
                shares=ahead[name],
                limit_per_minute=_limit(rules),
                capacity=rules.places,
                inside=head.sessions + head.granted,
                set_capacity=rules.capacity,
                session_ms=rules.session_ms,
                moving=moving and head.clock >= head.hold,
                paused=rules.mode is Mode.PAUSE,
                flow_per_minute=flow,
                gone=changes.gone,
                back=changes.back,
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
        self,
        lanes: Mapping[str, Lane],
        rules: Rules,
        latest: Head,
        flow: float,
        profiles: Mapping[str, Profile],
    ) -> dict[str, Shares]:
        """What each lane will be given of the admissions."""
        if len(lanes) == 1:
            return dict.fromkeys(lanes, ALWAYS)
        for name, lane in lanes.items():
            inflow, seen = self._inflows.setdefault(name, Inflow()), self._seen.get(name)
            if seen is not None and seen.epoch == lane.head.epoch:
                inflow.add(lane.head.clock - seen.clock, lane.head.issued - seen.issued)
        stand = [
            Standing(
                rules.weight_of(name),
                lane.snapshot.waiting,
                self._inflows[name].per_minute,
                self._inflows[name].fading_per_minute,
            )
            for name, lane in lanes.items()
        ]
        profile = next(iter(profiles.values()))
        is_full = 0 < rules.places <= latest.sessions + latest.granted
        most = flow if is_full and flow else _limit(rules)

        def per_minute(begins: float, ends: float) -> float:
            places = profile.places_between(latest.clock + begins, latest.clock + ends)
            return min(places * MINUTE_MS / (ends - begins), most)

        return dict(zip(lanes, shares_ahead(stand, per_minute), strict=True))


class _Changes:
    """Who went away from one lane, and came back, ever since the first look."""

    def __init__(self) -> None:
        self.gone = self.back = 0
        self._earlier: Snapshot | None = None
        self._at_ms = 0

    def look(self, snapshot: Snapshot) -> None:
        """Compares the bits with those of some time ago."""
        at_ms = snapshot.head.clock
        if self._earlier is None or at_ms < self._at_ms:
            self._earlier, self._at_ms = snapshot, at_ms
        elif at_ms - self._at_ms >= LOOK_MS and snapshot is not self._earlier:
            gone, back = snapshot.changes_since(self._earlier)
            self.gone += gone
            self.back += back
            self._earlier, self._at_ms = snapshot, at_ms


def _served(seen: Head | None, head: Head) -> float:
    """How many were admitted from a lane between two heads, by its outflow: a mean that fades by the clock, to which each
    who is admitted adds one (``fade_flow`` in ``scripts/lib/time.lua``)."""
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
