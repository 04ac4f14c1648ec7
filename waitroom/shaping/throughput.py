"""What a room really admits: measured look by look, for the forecast. Pure."""

from __future__ import annotations

from waitroom.shaping.admissions import Pace
from waitroom.shaping.no_shows import NoShows
from waitroom.shaping.outflow import Outflow, Shift
from waitroom.shaping.profile import MINUTE_MS
from waitroom.shaping.reason import Reason
from waitroom.shaping.sight import Sight
from waitroom.shaping.visits import Visits

_KNOWN_VISITS = 0.1
"""So well must be known how many should leave before it is judged whether fewer do."""
_LEAST_KNOWN, _MOST_KNOWN = 0.05, 2.0
_SHIFTS = {Shift.SLOWER: Reason.SHOP_SLOW, Shift.FASTER: Reason.SHOP_FASTER}


class Throughput:
    """Measures one room: how much of its plan is kept, who does not come when called, and how long visits last.

    Args:
        sight: the first look. The outflow that Redis keeps spares a new worker from beginning with nothing.
    """

    def __init__(self, sight: Sight) -> None:
        rate = sight.profile.rate_at(sight.at_ms) or 0.0
        self._no_shows = NoShows(sight.at_ms, sight.admitted, sight.flow_per_minute, sight.entry_ms)
        self._no_shows.look(sight.at_ms, sight.admitted, sight.no_shows, sight.granted, sight.entry_ms)
        known = 1.0
        if rate and sight.flow_per_minute and not sight.capacity:
            known = sight.flow_per_minute * (1 - self._no_shows.lapsing.part) / rate
        self._flow = Outflow(min(max(known, _LEAST_KNOWN), _MOST_KNOWN))
        self._visits = self._begin_visits(sight)
        self._leaving = Outflow(1.0, doubt=_KNOWN_VISITS)
        self._session_ms = sight.session_ms

    def look(self, seen: Sight, sight: Sight) -> Reason | None:
        """Takes in what happened between two looks; why the pace shifted, if it did."""
        self._no_shows.look(sight.at_ms, sight.admitted, sight.no_shows, sight.granted, sight.entry_ms)
        if sight.session_ms != self._session_ms:
            self._visits, self._session_ms = self._begin_visits(sight), sight.session_ms
        ms = sight.at_ms - seen.at_ms
        came = sight.admitted - seen.admitted
        shift = None
        was_full, is_full = (0 < look.capacity <= look.inside for look in (seen, sight))
        if ms > 0 and sight.capacity:
            should = self._visits.leaving(ms)
            gone = max(came - sight.inside + seen.inside, 0)
            if should.is_known(_KNOWN_VISITS):
                shift = self._leaving.add(ms, gone, should.count)
            shift = shift if is_full else None
        self._visits.look(sight.at_ms, sight.admitted, sight.inside)
        stood = seen.standing > 0 and sight.standing > 0 and seen.moving and sight.moving
        if ms > 0 and stood and not is_full and not was_full:
            planned = min(
                seen.profile.places_between(seen.at_ms, sight.at_ms), seen.limit_per_minute * ms / MINUTE_MS
            )
            # what lapsed is admitted once more, and what was saved up besides
            again = min(sight.no_shows - seen.no_shows, planned)
            spent = seen.saved - sight.saved
            if planned > 0:
                shift = self._flow.add(ms, came - spent, planned + again)
        return None if shift is None else _SHIFTS[shift]

    def pace(self, sight: Sight) -> Pace:
        """How the room admits, as of the last look."""
        is_full = 0 < sight.capacity <= sight.inside
        flow, visits = self._flow, self._visits
        return Pace(
            level=flow.level,
            dispersion=visits.dispersion if is_full else flow.dispersion,
            doubt=0.0 if is_full else flow.doubt,
            lapsing=self._no_shows.lapsing,
            shop=visits.shop(sight.capacity, self._leaving.level) if sight.capacity else None,
            limit_per_minute=sight.limit_per_minute,
            saved=0.0 if is_full else sight.saved,
        )

    def _begin_visits(self, sight: Sight) -> Visits:
        return Visits(sight.at_ms, sight.admitted, sight.inside, sight.session_ms)
