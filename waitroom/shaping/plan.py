"""What a rate means before it is set: how long the last one waits, what rate is enough, and what a change does.

Pure arithmetic over a line that is in steady motion. Little's law, L = λW (Little, "A proof for the queuing formula
L = λW", 1961), ties those inside to the flow: a cap on visitors inside is a cap on the flow as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

from waitroom.line.rules import Mode, Rules

_MOVING = (Mode.AUTO, Mode.QUEUE)


@dataclass(frozen=True, slots=True)
class Situation:
    """A room at one moment. Live, the figures are measured; in a plan they are assumed."""

    waiting: int
    """Present visitors in line."""
    inside: int = 0
    """Visitors inside, those included who were called and are about to enter."""
    visit_seconds: float = 0.0
    """How long a visitor counts as inside, on the average: the visit and the idle time after it. 0: unknown."""
    flow: float = 0.0
    """The measured outflow a minute; 0: not measured, and the rules stand in."""
    inflow: float = 0.0
    """Newcomers a minute."""
    no_shows: float = 0.0
    """The share of those called who do not come."""
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a room under certain rules. None: never, as things stand."""

    outflow: float
    """Visitors who enter a minute."""
    first_seconds: float | None
    """The wait of whoever stands first in line."""
    median_seconds: float | None
    """The wait of whoever stands in the middle of it."""
    last_seconds: float | None
    """The wait of whoever stands last in line."""
    newcomer_seconds: float | None
    """The wait of whoever comes next; 0 where nobody is held."""
    ends_seconds: float | None
    """Until nobody waits any more, newcomers included."""
    load: float | None
    """Visitors inside once it has settled: what the shop carries. None: nobody knows how long a visit lasts."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of the rules does to those in line and to the shop."""

    before: Outlook
    after: Outlook
    stands_seconds: float
    """So long nobody enters after the change: more are inside than the new capacity has places for."""

    @property
    def saved_seconds(self) -> float | None:
        """How much sooner the last in line enters; negative: later. None: without the change or with it, never."""
        if self.before.last_seconds is None or self.after.last_seconds is None:
            return None
        return self.before.last_seconds - self.after.last_seconds


def outflow(rate: float, *, capacity: int = 0, visit_seconds: float = 0.0) -> float:
    """Visitors a minute who can enter at ``rate`` where ``capacity`` (0: no cap) are inside at most."""
    if capacity > 0 and visit_seconds > 0:
        return min(rate, capacity * 60 / visit_seconds)
    return rate


def wait_of_last(
    waiting: int, rate: float, *, no_shows: float = 0.0, capacity: int = 0, visit_seconds: float = 0.0
) -> float | None:
    """Seconds until the last of ``waiting`` enters; None: never.

    The line makes up for no-shows: it calls more, so that those who enter meet the rate. So only those who do
    come cost time.
    """
    return _seconds(waiting * (1 - no_shows), outflow(rate, capacity=capacity, visit_seconds=visit_seconds))


def rate_to_finish(
    waiting: int,
    within_seconds: float,
    *,
    no_shows: float = 0.0,
    capacity: int = 0,
    visit_seconds: float = 0.0,
) -> float | None:
    """The rate a minute at which ``waiting`` have entered after ``within_seconds``.

    None: no rate does it, since ``capacity`` would not let them in that fast. The inverse of :func:`wait_of_last`.
    """
    rate = waiting * (1 - no_shows) * 60 / within_seconds
    possible = outflow(rate, capacity=capacity, visit_seconds=visit_seconds)
    return rate if possible >= rate * (1 - 1e-9) else None


def capacity_for(rate: float, visit_seconds: float) -> float:
    """Visitors inside at once when ``rate`` a minute enter and each stays for ``visit_seconds``: Little's law."""
    return rate * visit_seconds / 60


def effect_of(now: Situation, rules: Rules) -> Effect:
    """What changes when ``rules`` take the place of those in ``now``.

    A flow that was measured below what the rules allow (the shop is slow, rooms share a rate) is taken to stay as far
    below what the new rules allow.
    """
    possible = _possible(now, now.rules)
    yields = min(now.flow / possible, 1.0) if now.flow > 0 and possible > 0 else 1.0
    stands = _stands(now, rules)
    return Effect(
        before=_outlook(now, now.rules, yields, _stands(now, now.rules)),
        after=_outlook(now, rules, yields, stands),
        stands_seconds=stands,
    )


def _possible(now: Situation, rules: Rules) -> float:
    if rules.mode not in _MOVING:
        return 0.0
    return outflow(rules.admission_rate, capacity=rules.places, visit_seconds=now.visit_seconds)


def _outlook(now: Situation, rules: Rules, yields: float, stands: float) -> Outlook:
    if rules.mode is Mode.PASS:
        load = capacity_for(now.inflow, now.visit_seconds) if now.visit_seconds else None
        return Outlook(
            outflow=now.inflow,
            first_seconds=0.0,
            median_seconds=0.0,
            last_seconds=0.0,
            newcomer_seconds=0.0,
            ends_seconds=0.0,
            load=load,
        )
    flow = _possible(now, rules) * yields
    coming = 1 - now.no_shows

    def wait(place: float) -> float | None:
        return _later(_seconds(place * coming, flow), stands)

    held = now.waiting > 0 or flow < now.inflow or rules.mode is not Mode.AUTO
    newcomer = wait(now.waiting + 1) if held else 0.0
    spare = flow - now.inflow * coming
    entering = flow if now.waiting else min(flow, now.inflow)
    return Outlook(
        outflow=flow,
        first_seconds=wait(min(now.waiting, 1)),
        median_seconds=wait((now.waiting + 1) / 2 if now.waiting else 0),
        last_seconds=wait(now.waiting),
        newcomer_seconds=newcomer,
        ends_seconds=_later(
            _seconds(now.waiting * coming + now.inflow * coming * stands / 60, spare), stands
        ),
        load=capacity_for(entering, now.visit_seconds) if now.visit_seconds else None,
    )


def _stands(now: Situation, rules: Rules) -> float:
    """Until those inside are fewer than the capacity.

    Visits end at random moments, so that their number falls exponentially: N(t) = N exp(-t / visit).
    """
    if rules.places <= 0 or now.inside <= rules.places or now.visit_seconds <= 0:
        return 0.0
    return now.visit_seconds * log(now.inside / rules.places)


def _seconds(people: float, flow: float) -> float | None:
    if people <= 0:
        return 0.0
    return people * 60 / flow if flow > 0 else None


def _later(seconds: float | None, by: float) -> float | None:
    return None if seconds is None else seconds + by if seconds or by else 0.0
