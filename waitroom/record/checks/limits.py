"""Were rate and capacity kept?"""

from __future__ import annotations

from collections import deque

from waitroom.line.rules import Rules
from waitroom.record.bucket import Bucket
from waitroom.record.checks.check import Now, Verdicts
from waitroom.record.entries import Entry
from waitroom.record.findings import Figures, Promise
from waitroom.record.standing import Standing


class Limits:
    """No more were let in than the bucket held, or than there was room for."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._bucket = Bucket()
        self._no_shows: int | None = None
        self._given_back: int | None = None
        self._outstanding = 0
        self._lapsing: deque[tuple[int, int]] = deque()
        self._may_lapse = 0
        self._is_cut_off = False
        self._cut_off_until: int | None = None

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """Fills the bucket up to this entry, and takes out what it says."""
        if self._figures.entries == 1:
            self._is_cut_off = not now.is_whole
        if self._no_shows is None and now.is_whole:
            self._no_shows = self._given_back = 0
        if now.before is not None:
            self._bucket.pass_time(entry.clock, now.before)
        else:
            self._bucket.clock = entry.clock
        if entry.kind == "reset" or (now.is_new_life and entry.kind in ("begun", "restored")):
            self._bucket.empty()
        if entry.kind == "called":
            yield from self._call(entry, now)
        elif entry.kind == "changed" and now.rules is not None:
            self._bucket.change(now.rules, is_scheduled=entry.fields.get("who") == "schedule")

    def _call(self, entry: Entry, now: Now) -> Verdicts:
        granted, rules = entry.number("granted"), now.rules
        if rules is None:
            self._no_shows = entry.number("no_shows")
            self._given_back = entry.number("given_back")
            if granted and now.is_whole:
                yield Promise.RECORD, f"{granted} were let in before the room had any settings"
            return
        inside = entry.number("inside")
        if granted and 0 < rules.places < inside:
            yield (
                Promise.CAPACITY,
                f"{granted} were let in, to {inside} inside, with room for {rules.places}",
            )
        if self._no_shows is None:
            self._bucket.forget()  # how many places had come back just before is not known
        came_back, has_explanation = self._come_back(entry, granted, rules)
        if not has_explanation:
            yield (
                Promise.RATE,
                f"{came_back} places are said to have come back, and fewer had been granted and not taken",
            )
        given_back, had_places = self._give_back(entry, granted, came_back)
        was_granted = had_places or (given_back >= 0 and not now.is_whole)
        if not was_granted:
            yield (
                Promise.RATE,
                f"{given_back} places are said to have been given up, and fewer had been granted",
            )
        returned = (came_back if has_explanation else 0) + (given_back if was_granted else 0)
        too_many = self._bucket.spend(granted, returned)
        if too_many:
            yield (
                Promise.RATE,
                f"{granted} were let in, {too_many:.0f} more than {rules.admission_rate:g} a minute allow",
            )

    def _give_back(self, entry: Entry, granted: int, came_back: int) -> tuple[int, bool]:
        """How many granted places were given up since the last call, and whether as many had been granted in this
        record."""
        total = entry.number("given_back")
        given_back = 0 if self._given_back is None else total - self._given_back
        self._given_back = total
        self._outstanding = max(self._outstanding - max(came_back, 0), 0)
        had_granted = 0 <= given_back <= self._outstanding
        self._outstanding = max(self._outstanding - given_back, 0) + granted
        return given_back, had_granted

    def _come_back(self, entry: Entry, granted: int, rules: Rules) -> tuple[int, bool]:
        """How many granted places came back since the last call, and whether as many can have.

        A place comes back when it was not taken for ``entry``, and so not before.
        """
        total = entry.number("no_shows")
        came_back = 0 if self._no_shows is None else total - self._no_shows
        self._no_shows = total
        while self._lapsing and self._lapsing[0][0] <= entry.clock:
            self._may_lapse += self._lapsing.popleft()[1]
        self._lapsing.append((entry.clock + rules.entry_ms, granted))
        self._figures.wasted_turns += max(came_back, 0)
        if came_back < 0:
            return came_back, False
        if self._is_cut_off:
            # what was granted before the record begins may come back until now
            if self._cut_off_until is None:
                self._cut_off_until = entry.clock + rules.entry_ms
            self._is_cut_off = entry.clock <= self._cut_off_until
            return came_back, True
        can_have = came_back <= self._may_lapse
        self._may_lapse = max(self._may_lapse - came_back, 0)
        return came_back, can_have

    def finish(self, standing: Standing) -> Verdicts:
        """Nothing is left to say."""
        yield from ()
