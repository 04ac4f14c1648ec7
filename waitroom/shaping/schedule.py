"""When a room opens and closes, and at which rates: the events of a room, and the steps that they come to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise, zip_longest
from zoneinfo import ZoneInfo

from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode
from waitroom.shaping.ramp import Ramp


class ScheduleError(ValueError):
    """Times that cannot be, and why."""


@dataclass(frozen=True, slots=True)
class Event:
    """A sale. Moments are milliseconds since 1970; ``closes_ms`` of None is when the next one begins, or never."""

    name: str
    begins_ms: int
    """When its line begins, and newcomers get a place: the pre-queue."""
    opens_ms: int
    closes_ms: int | None = None
    ramp: Ramp | None = None
    """Its rates; None: that of the room."""
    mode: Mode = Mode.AUTO
    is_drawn: bool = False


def moment(text: str, timezone: str) -> int:
    """A date and time in milliseconds since 1970, read in ``timezone`` where it has no offset of its own.

    Raises :class:`ScheduleError` for a time of day that the change to summer time leaves out, and for one that the
    change back brings twice.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ScheduleError(f"{text!r} is not a date and time") from None
    if read.tzinfo is not None:
        return round(read.timestamp() * 1000)
    earlier, later = (read.replace(tzinfo=ZoneInfo(timezone), fold=fold) for fold in (0, 1))
    if earlier.utcoffset() != later.utcoffset():
        # PEP 495: a time in a gap does not survive the way to UTC and back, one in an overlap does
        if earlier.astimezone(UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None) != read:
            raise ScheduleError(f"there is no {text} in {timezone}: the clocks go forward over it")
        both = " or ".join(text + at.isoformat()[-6:] for at in (earlier, later))
        raise ScheduleError(f"{text} comes twice in {timezone}, as the clocks go back: write {both}")
    return round(earlier.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The events of a room, in the order of their times."""

    events: tuple[Event, ...] = ()

    @classmethod
    def of(cls, events: Sequence[Event], timezone: str = "UTC") -> Schedule:
        """Puts events in order. Raises :class:`ScheduleError` where they overlap, or one ends before it opens; it tells
        times of ``timezone``."""
        names = [event.name for event in events]
        if repeated := [name for name in names if names.count(name) > 1]:
            raise ScheduleError(f"two events are named {repeated[0]!r}")
        ordered = sorted(events, key=lambda event: event.begins_ms)
        for event in ordered:
            if event.closes_ms is not None and event.closes_ms <= event.opens_ms:
                raise ScheduleError(f"{event.name!r} closes before it opens")
        for event, following in pairwise(ordered):
            end = event.opens_ms if event.closes_ms is None else event.closes_ms
            if following.begins_ms < end:
                raise ScheduleError(
                    f"{following.name!r} begins at {shown(following.begins_ms, timezone)}, before {event.name!r} "
                    f"{'opens' if event.closes_ms is None else 'closes'} at {shown(end, timezone)}"
                )
        return cls(tuple(ordered))

    def plan(
        self, *, mode: Mode, rate: float, commit: Callable[[str], str], now_ms: int, running: str = ""
    ) -> Plan:
        """The steps of the events that are not over yet, and of the ``running`` one in any case: it may have to be
        closed yet.

        ``mode`` and ``rate`` (admissions a minute) are the room's outside of its events; ``commit`` gives the
        commitment to the seed of an event's draw.
        """
        steps = [
            step
            for event, end in self.with_ends()
            if end is None or end > now_ms or event.name == running
            for step in _steps(event, end, mode, rate, commit)
        ]
        return Plan(tuple(sorted(steps, key=lambda step: step.at_ms)), self._name(mode, rate))

    def with_ends(self) -> Iterator[tuple[Event, int | None]]:
        """Each event with when it ends, in milliseconds since 1970; None: never."""
        followed_by = [event.begins_ms for event in self.events[1:]]
        for event, following in zip_longest(self.events, followed_by):
            yield event, event.closes_ms or following

    def _name(self, mode: Mode, rate: float) -> str:
        """The same for the same events, whenever they are looked at."""
        if not self.events:
            return ""
        return sha256(repr((self.events, mode.value, rate)).encode()).hexdigest()[:16]


def _steps(
    event: Event, end: int | None, mode: Mode, rate: float, commit: Callable[[str], str]
) -> Iterator[Step]:
    ramp = event.ramp.steps if event.ramp else ((0.0, rate),)
    yield Step(
        event.begins_ms,
        StepKind.BEGIN,
        event.name,
        {"mode": event.mode.value, "rate": f"{ramp[0][1]:g}"},
        event.opens_ms,
        commit(event.name) if event.is_drawn else "",
    )
    yield Step(event.opens_ms, StepKind.OPEN, event.name)
    for seconds, step_rate in ramp[1:]:
        at = event.opens_ms + round(seconds * 1000)
        if end is None or at < end:
            yield Step(at, StepKind.SET, event.name, {"rate": f"{step_rate:g}"})
    if event.closes_ms is not None:
        yield Step(event.closes_ms, StepKind.SET, event.name, {"mode": mode.value, "rate": f"{rate:g}"})


def shown(at_ms: int, timezone: str) -> str:
    """A moment as operators are told it: with the zone named, and its seconds where it has some."""
    at = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))
    return f"{at:%Y-%m-%d %H:%M:%S %Z}" if at.second else f"{at:%Y-%m-%d %H:%M %Z}"
