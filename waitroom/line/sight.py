"""What the outlooks of a room's lanes are told."""

from __future__ import annotations

from collections.abc import Mapping

from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.plan import Plan, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.shaping.profile import Profile, Step
from waitroom.shaping.sight import Sight

_VISIT_SESSIONS = 1.5
"""A visit lasts a session from its last request: before any has been seen to end, it is taken to be so many long."""
_MOVING = (Mode.AUTO, Mode.QUEUE)
_UNBOUNDED = 1_000_000.0
"""A minute: of a room that lets everyone through."""


class Sights:
    """Sees one room again and again: the admissions of the room are parted among its lanes."""

    def __init__(self) -> None:
        self._admitted = 0
        self._served: dict[str, float] = {}

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
                share=share,
                limit_per_minute=_limit(rules),
                capacity=rules.places * share,
                inside=(head.sessions + head.granted) * share,
                set_capacity=rules.capacity,
                visit_ms=_VISIT_SESSIONS * rules.session_ms,
                moving=rules.mode in _MOVING and head.clock >= head.hold and not order_is_open,
                paused=rules.mode is Mode.PAUSE,
                flow_per_minute=head.flow,
            )
        return sights

    def _part(self, lanes: Mapping[str, Lane], shares: Mapping[str, float]) -> None:
        """Adds what was admitted to those who were served: as their outflow was measured, or else by their shares."""
        admitted = max(lane.head.admitted for lane in lanes.values())
        new, self._admitted = admitted - self._admitted, admitted
        parts = {name: lane.head.flow for name, lane in lanes.items()}
        if not any(parts.values()):
            parts = dict(shares)
        whole = sum(parts.values())
        for name, part in parts.items():
            self._served[name] = self._served.get(name, 0.0) + (new * part / whole if whole else 0.0)


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
