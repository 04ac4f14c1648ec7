"""What a room promises: the forecast of its line, why it changed, and whether it held. Pure: handed all it sees."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf

from waitroom.shaping.attrition import Attrition
from waitroom.shaping.calibration import Calibration
from waitroom.shaping.forecast import Estimate, Forecast, Pace
from waitroom.shaping.outflow import Outflow, Shift
from waitroom.shaping.profile import MINUTE_MS
from waitroom.shaping.promises import Hits, Promises
from waitroom.shaping.reason import Reason
from waitroom.shaping.sight import Sight
from waitroom.shaping.visits import Visits

REASON_MS = 60_000
"""For so long a change is explained: several times as long as the longest pause between two askings."""
WORTH_TELLING = 0.1
"""By how much a wait must change for the reason to be worth telling."""
WORTH_TELLING_MS = 10_000
SHARE_MS = 60_000.0
"""Over which the lane's share is averaged."""
OTHERS_SHARE = 0.75
"""A share that is less than so much of its mean is worth telling."""
KNOWN_VISITS = 0.1
"""So well must be known how many should leave the shop before it is judged whether fewer do."""
_SHIFTS = {Shift.SLOWER: Reason.SHOP_SLOW, Shift.FASTER: Reason.SHOP_FASTER}


class Outlook:
    """Watches one lane of one room, and estimates. Costs nothing for those who wait."""

    def __init__(self) -> None:
        self._seen: Sight | None = None
        self._forecast: Forecast | None = None
        self._flow: Outflow | None = None
        self._leaving = Outflow(1.0, doubt=KNOWN_VISITS)
        self._visits: Visits | None = None
        self._share = 1.0
        self._attrition = Attrition()
        self._calibration = Calibration()
        self._promises = Promises()
        self._reason: Reason | None = None
        self._reason_until = 0.0

    @property
    def hits(self) -> Hits:
        """How the promises came out so far."""
        return self._promises.hits

    @property
    def reason(self) -> Reason | None:
        """Why the estimates have changed; None where they have not."""
        return self._reason

    def estimate(self, ahead: int) -> Estimate | None:
        """The wait of a visitor with ``ahead`` others before them; None while nobody is admitted, or before the
        first look."""
        return None if self._forecast is None else self._forecast.estimate(ahead)

    def observe(self, sight: Sight, ahead: Callable[[int], int]) -> None:
        """Takes in how the line stands now; ``ahead`` tells how many stand before a number."""
        seen, self._seen = self._seen, sight
        again = seen is not None and seen.epoch == sight.epoch and seen.at_ms <= sight.at_ms
        if not again:
            self._attrition.forget_numbers()
            self._promises.forget()
        shift = None
        if seen is not None and again:
            shift = self._measure(seen, sight)
        else:
            self._begin(sight)
        self._follow_share(seen if again else None, sight)
        self._attrition.look(sight.at_ms, sight.called, sight.issued, sight.served, ahead)
        for outcome in self._promises.settle(sight.at_ms, sight.called):
            self._calibration.learn(outcome.likely_ms, early=outcome.early, late=outcome.late)
        before = self._forecast
        self._forecast = self._look_ahead(sight) if sight.moving else None
        self._explain(seen if again else None, sight, shift, before)
        self._promise(sight, ahead)

    def _begin(self, sight: Sight) -> None:
        """The measured outflow that Redis keeps spares a new worker from beginning with nothing."""
        if self._flow is None:
            rate = sight.profile.rate_at(sight.at_ms) or 0.0
            known = sight.flow_per_minute / rate if rate and sight.flow_per_minute else 1.0
            self._flow = Outflow(1.0 if sight.capacity else min(max(known, 0.05), 2.0))
        self._visits = Visits(sight.at_ms, sight.admitted, sight.inside, sight.session_ms)

    def _measure(self, seen: Sight, sight: Sight) -> Reason | None:
        """What was admitted since the last look, and who left the shop; why the pace shifted, if it did."""
        ms = sight.at_ms - seen.at_ms
        if ms <= 0 or self._flow is None or self._visits is None:
            return None
        came = sight.admitted - seen.admitted
        shift = None
        is_full = 0 < sight.capacity <= sight.inside
        if sight.session_ms != seen.session_ms:
            self._visits = Visits(sight.at_ms, sight.admitted, sight.inside, sight.session_ms)
        if sight.capacity:
            should = self._visits.leaving(ms)
            if should.doubt <= KNOWN_VISITS * should.visits:
                shift = self._leaving.add(ms, max(came - sight.inside + seen.inside, 0), should.visits)
                if shift:
                    self._visits.doubt()
            shift = shift if is_full else None
        self._visits.look(sight.at_ms, sight.admitted, sight.inside)
        stood = seen.standing > 0 and sight.standing > 0 and seen.moving and sight.moving
        planned = seen.profile.places_between(seen.at_ms, sight.at_ms)
        planned = min(planned, seen.limit_per_minute * ms / MINUTE_MS)
        if stood and planned and not is_full:
            shift = self._flow.add(ms, came, planned)
        return None if shift is None else _SHIFTS[shift]

    def _follow_share(self, seen: Sight | None, sight: Sight) -> None:
        """A lane that empties and fills again and again changes the shares of the others each time, which is told only
        where the mean does."""
        passed = inf if seen is None else sight.at_ms - seen.at_ms
        self._share += (sight.share - self._share) * (1 - exp(-passed / SHARE_MS))

    def _look_ahead(self, sight: Sight) -> Forecast:
        flow = self._flow or Outflow(1.0)
        shop, dispersion, doubt = None, flow.dispersion, flow.doubt
        if sight.capacity and self._visits is not None:
            shop = self._visits.shop(sight.capacity)
            if sight.inside >= sight.capacity:
                dispersion, doubt = self._leaving.dispersion, 0.0
        churn, limit = self._attrition.churn, sight.limit_per_minute
        pace = Pace(flow.level, dispersion, doubt, churn, shop, sight.shares, limit)
        return Forecast(sight.at_ms, sight.profile, pace, self._calibration.margins, 2 * sight.waiting)

    def _promise(self, sight: Sight, ahead: Callable[[int], int]) -> None:
        number = self._promises.pick(sight.at_ms, sight.called, sight.issued)
        if number is None or self._forecast is None:
            return
        told = self._forecast.estimate(ahead(number))
        if told is not None:
            self._promises.remember(sight.at_ms, number, told)

    def _explain(
        self, seen: Sight | None, sight: Sight, shift: Reason | None, before: Forecast | None
    ) -> None:
        change = _change(seen, sight) if seen is not None else None
        if change is not None:
            self._promises.overtake(sight.at_ms)
        reason = change or shift or self._bound(seen, sight)
        standing = reason in (Reason.PAUSED, Reason.RESUMED, Reason.OTHER_LANES)
        if reason is not None and (standing or self._is_worth_telling(sight, before)):
            self._reason, self._reason_until = reason, sight.at_ms + REASON_MS
        elif sight.paused:
            self._reason = Reason.PAUSED
        elif sight.at_ms >= self._reason_until:
            self._reason = None

    def _bound(self, seen: Sight | None, sight: Sight) -> Reason | None:
        """Whether what the shop can carry has changed, as others have measured it."""
        if seen is None:
            return None
        if sight.share < OTHERS_SHARE * self._share:
            return Reason.OTHER_LANES
        before = seen.limit_per_minute, seen.capacity or inf
        now = sight.limit_per_minute, sight.capacity or inf
        if before == now:
            return None
        return Reason.SHOP_SLOW if now < before else Reason.SHOP_FASTER

    def _is_worth_telling(self, sight: Sight, before: Forecast | None) -> bool:
        """Whether somebody who stands in the middle of the line is told another wait than they would have been."""
        if before is None or self._forecast is None:
            return before is not self._forecast
        places = self._forecast.lasting(max(sight.waiting / 2, 1.0))
        passed = sight.at_ms - before.now_ms
        then = before.ms_until(places + before.places_after(passed))
        now = self._forecast.ms_until(places)
        if then is None or now is None:
            return then is not now
        then = max(then - passed, 0.0)
        return abs(now - then) > max(WORTH_TELLING * then, WORTH_TELLING_MS)


def _change(seen: Sight, sight: Sight) -> Reason | None:
    """What somebody changed between two looks."""
    if seen.paused != sight.paused:
        return Reason.PAUSED if sight.paused else Reason.RESUMED
    if not seen.profile.is_like(sight.profile, sight.at_ms):
        before, now = seen.profile.rate_at(sight.at_ms), sight.profile.rate_at(sight.at_ms)
        if before != now:
            return Reason.RATE_RAISED if (now or 0) > (before or 0) else Reason.RATE_LOWERED
        if seen.profile.opens_ms(sight.at_ms) != sight.profile.opens_ms(sight.at_ms):
            return Reason.OPENING_MOVED
        return Reason.SCHEDULE_CHANGED
    if seen.set_capacity != sight.set_capacity:
        raised = not sight.set_capacity or 0 < seen.set_capacity < sight.set_capacity
        return Reason.CAPACITY_RAISED if raised else Reason.CAPACITY_LOWERED
    return None
