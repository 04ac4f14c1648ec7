"""Adaptive admission, pure: as many as the shop can carry, found from how it does. No Redis, no clock.

Two questions, one behind the other. *What does the shop carry?* is asked in requests a second, which it feels within
seconds. *How many to let in?* follows from that and from those inside: an admitted visitor makes load for as long as
the visit lasts, so a rate that was turned by the shop's signs alone would swing (a plant with minutes of delay).

1. What it carries, while nobody knows: a slow start that grows by the second for as long as the load follows and the
   shop is at ease (V. Jacobson, "Congestion avoidance and control", 1988), left at the first sign of waiting rather
   than at the first loss (S. Ha and I. Rhee, "Hybrid slow start", 2008).
2. When it is overloaded: the most that it served within the episode is what it can carry, since a line that stands
   keeps it busy; less a little, so that the line drains (TCP Westwood's decrease: S. Mascolo et al., 2001). If it
   served nothing at all, it is found out anew, as TCP does after a timeout.
3. After that it grows along the cubic of RFC 9438: quickly at first, hardly where the shop gave way last time, and
   ever faster beyond. While the shop is busy, but well, it only creeps (the two thresholds of TCP Vegas: L. Brakmo and
   L. Peterson, 1995). It grows only while somebody waits and the load follows, so an idle room winds nothing up.
4. How many to let in: as many as leave, and besides so many that the load reaches what the shop carries within
   ``REACH_SECONDS``. Within ``SOFT`` of it the pull is softer, so that chance does not turn the dial.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from waitroom.shaping.aims import Aims
from waitroom.shaping.demand import Demand
from waitroom.shaping.judging import Judgement, Sign, judge, target
from waitroom.shaping.usual import Usual
from waitroom.shaping.window import Window

START = 60.0
"""Admissions a minute with which it begins, or the least where that is more."""
SLOW_START = 1.1
"""Growth a second while nobody knows what the shop carries."""
FOLLOWS, SLOW_START_FOLLOWS = 0.85, 0.7
"""The share of what the shop is thought to carry from which the load has followed."""
BACK = 0.06
"""Taken off what it served while it was overloaded."""
PLATEAU_SECONDS = 40.0
"""Until the cubic is back where the shop gave way."""
CLIMB_SECONDS = 20.0
"""Its pace beyond that."""
CREEP = 0.0025
"""Growth a second while the shop is busy: 15 % a minute."""
LEAD = 1.25
"""What the shop is thought to carry is never more than this many times what it gets."""
REACH_SECONDS = 6.0
SOFT = 0.15
FARTHEST = 0.5
"""No gap between load and aim counts for more than this."""
SETTLED_SECONDS = 2.0
"""At the start of an overload, what was served is still from before it."""
PATIENT_SECONDS = 8.0
"""An overload that lasts for so long, although the load has come down, was judged too high."""
LONGEST_HOLD_SECONDS = 60.0
GRAIN = 0.1
"""Changes of the limit that are smaller are left for later: each is an event."""


@dataclass(frozen=True, slots=True)
class State:
    """What the controller knows."""

    limit: float
    """Admissions a minute."""
    carries: float = 0.0
    """Requests a second that the shop is thought to carry; 0: not known yet."""
    peak: float = 0.0
    """Where the cubic levels out; 0: still in the slow start."""
    grown_seconds: float = 0.0
    """How long it has grown since the shop gave way."""
    overload_seconds: float = 0.0
    """How long the overload has lasted; 0: there is none."""
    best: float = 0.0
    """The most that was served a second within it."""
    hold_seconds: float = 0.0
    """For so long the shop asked to be left alone."""
    was_slow: bool = False
    demand: Demand = field(default_factory=Demand)
    usual: Usual = field(default_factory=Usual)
    unjudged: Window = field(default_factory=Window)
    """What was seen since the last judgement that could be made."""

    @property
    def finding(self) -> bool:
        """Whether the shop has never been busy so far."""
        return self.peak == 0

    def patience(self, aims: Aims) -> float:
        """An answer that has not begun after so many seconds is late, whenever it comes."""
        return min(2.1 * target(self.usual.seconds, aims), 5.0)


def begin(aims: Aims, *, outflow: float = 0.0) -> State:
    """The state of a room in which ``outflow`` visitors a minute are let in just now."""
    return State(_within(max(START, outflow), aims))


def step(
    state: State, seen: Window, aims: Aims, *, admitted: int, active: int, waiting: int
) -> tuple[State, str]:
    """One step: the new state, and why its limit is another; an empty text where it is the same.

    Args:
        seen: what the gateway saw since the last step.
        aims: with ``most`` no higher than the rate that ops staff set.
        admitted: the room's count of admissions.
        active: visitors who made a request within the last ten seconds.
        waiting: visitors in line. While there are none it does not grow: nobody would come in.
    """
    demand = state.demand.after(seen.seconds, asked=seen.asked, admitted=admitted, active=active)
    unjudged = state.unjudged.then(seen)
    found = judge(unjudged, state.usual.seconds, aims, was_slow=state.was_slow)
    state = replace(
        state, demand=demand, unjudged=unjudged, hold_seconds=max(state.hold_seconds - seen.seconds, 0.0)
    )
    if found.sign is not Sign.UNKNOWN:
        state = replace(_learn(state, found, aims, grows=waiting > 0), unjudged=Window())
    if state.finding and waiting and found.sign in (Sign.UNKNOWN, Sign.EASY):
        state = _slow_start(state, seen.seconds)
    wanted = _wanted(state, found, aims)
    if not _is_news(wanted, state.limit, aims):
        return state, ""
    return replace(state, limit=wanted), _reason(state, found, wanted, aims)


def _learn(state: State, found: Judgement, aims: Aims, *, grows: bool) -> State:
    seen = state.unjudged
    overloaded = found.sign is Sign.OVERLOADED
    if not overloaded or state.limit <= aims.least:
        # with nobody left to keep out, slow is how the shop is now
        state = replace(state, usual=state.usual.after(seen.seconds, seen.times))
    state = replace(state, was_slow=found.sign in (Sign.SLOW, Sign.OVERLOADED))
    served = seen.served / seen.seconds
    if overloaded:
        return _give_way(state, served, seen)
    state = replace(state, overload_seconds=0.0, best=0.0)
    if not state.carries:
        return replace(state, carries=max(state.demand.load, served)) if state.demand.each else state
    if grows and state.demand.load >= FOLLOWS * state.carries:
        return _grow(state, found.sign, seen.seconds)
    return state


def _give_way(state: State, served: float, seen: Window) -> State:
    """The shop is overloaded: it carries what it serves now, less a little."""
    lasted, load = state.overload_seconds + seen.seconds, state.demand.load
    if lasted <= SETTLED_SECONDS or not state.overload_seconds:
        # the least, since the shop may have become weaker in the midst of it
        best = min(served, state.best) if state.overload_seconds else served
        known = state.carries or inf
        carries = min(known, max((1 - BACK) * best, 0.85 * state.carries))
    else:
        best = max(served, state.best)
        carries = (1 - BACK) * best
        if lasted > PATIENT_SECONDS and load <= 1.05 * carries:
            best, carries, lasted = 0.9 * best, 0.9 * carries, SETTLED_SECONDS + 0.1
    return replace(
        state,
        overload_seconds=lasted,
        best=best,
        carries=carries,
        peak=carries / (1 - BACK),
        grown_seconds=0.0,
        hold_seconds=max(state.hold_seconds, min(seen.retry_after, LONGEST_HOLD_SECONDS)),
    )


def _grow(state: State, sign: Sign, seconds: float) -> State:
    """The shop is well and gets what it is thought to carry: perhaps it carries more."""
    if sign is Sign.BUSY and state.finding:
        carries = min(state.carries, state.demand.load)
        return replace(state, carries=carries, peak=carries, grown_seconds=PLATEAU_SECONDS)
    if state.finding or sign not in (Sign.BUSY, Sign.EASY):
        return state
    most = LEAD * state.demand.load
    if sign is Sign.BUSY:
        carries = min(state.carries * (1 + CREEP * seconds), most)
        return replace(state, carries=carries, grown_seconds=min(state.grown_seconds, PLATEAU_SECONDS))
    grown = state.grown_seconds + seconds
    pace = PLATEAU_SECONDS if grown < PLATEAU_SECONDS else CLIMB_SECONDS
    cubic = state.peak * (1 + BACK * ((grown - PLATEAU_SECONDS) / pace) ** 3)
    return replace(state, carries=max(state.carries, min(cubic, most)), grown_seconds=grown)


def _slow_start(state: State, seconds: float) -> State:
    if not state.carries or state.demand.load < SLOW_START_FOLLOWS * state.carries:
        return state
    return replace(state, carries=state.carries * SLOW_START**seconds)


def _wanted(state: State, found: Judgement, aims: Aims) -> float:
    """Admissions a minute."""
    demand = state.demand
    if state.hold_seconds or (found.sign is Sign.OVERLOADED and not state.carries):
        return aims.least
    if not state.carries or not demand.each:
        return _within(state.limit, aims)
    aim = state.carries * found.ease
    load = max(demand.load, 0.05 * aim)
    gap = min(max((aim - load) / load, -FARTHEST), FARTHEST)
    pull = gap * min(abs(gap) / SOFT, 1) * load / demand.each / REACH_SECONDS
    wanted = 60 * (demand.leaving + pull)
    return _within(max(wanted, START) if state.finding else wanted, aims)


def _within(limit: float, aims: Aims) -> float:
    return min(max(limit, aims.least), aims.most)


def _is_news(wanted: float, limit: float, aims: Aims) -> bool:
    if not aims.least <= limit <= aims.most:
        return True
    if wanted in (aims.least, aims.most):
        return wanted != limit
    return abs(wanted - limit) > GRAIN * limit


def _reason(state: State, found: Judgement, wanted: float, aims: Aims) -> str:
    """Why the limit is another, for ops staff."""
    load, carries = state.demand.load, state.carries
    now = f"those inside ask for {_number(load)} requests/s of the {_number(carries)} that it carries"
    if not aims.least <= state.limit <= aims.most:
        return f"the bounds are {aims.least:g} to {aims.most:g} a minute"
    if found.sign is Sign.OVERLOADED:
        text = f"the shop is overloaded: {found.why}; {now}"
    elif state.finding:
        text = f"finding out what the shop carries: at ease with {_number(load)} requests/s"
    elif wanted > state.limit:
        text = f"the shop can take more: {now}"
    else:
        text = f"the shop should not get more: {now}"
    if state.hold_seconds:
        text += f"; it asks to be left alone for {state.hold_seconds:.0f} s"
    return text


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
