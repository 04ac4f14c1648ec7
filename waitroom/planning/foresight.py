"""What a changed plan would do to a running room, step by step. Pure.

It says beforehand what ``plan.lua`` does: an event that has begun or opened does not do so again, what the plan before
had too and is past has been done, and everything else whose time has come is done at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from zoneinfo import ZoneInfo

from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode
from waitroom.live.planned import moment_text, step_in_words


class When(StrEnum):
    """When something will happen."""

    NOW = "now"
    """As soon as the plan is changed."""
    LATER = "later"
    NEVER = "never"
    """It was to happen, and will not."""


class Tone(StrEnum):
    """How much an operator should look at it."""

    PLAIN = "plain"
    NEW = "new"
    """The plan before did not have it."""
    CAUTION = "caution"
    """Easily overlooked, or not what was meant."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that will happen, or will not any more. ``at_ms`` is in milliseconds since 1970."""

    at_ms: int
    when: When
    event: str
    text: str
    tone: Tone = Tone.PLAIN
    changes: Mapping[str, str] = field(default_factory=dict)
    was_ms: int | None = None
    """When it was to happen before, where that is moved."""


@dataclass(frozen=True, slots=True)
class Doors:
    """How a room stands to its events. Moments are in milliseconds since 1970."""

    event: str = ""
    """The one that it is in, or was in last."""
    opened_ms: int = 0
    """When that opened; 0: not yet."""
    opens_ms: int = 0
    """When it will; 0: no opening is awaited."""
    has_line: bool = False
    """Somebody has a place, which the next event's line takes away."""

    @property
    def awaits_opening(self) -> bool:
        """Whether its line has begun, and its door is shut."""
        return self.opens_ms > 0


@dataclass(frozen=True, slots=True)
class Plans:
    """The plan that there is, and the one that is to take its place."""

    before: Plan
    """What is still to come of it."""
    after: Plan
    """All of it, past steps too."""
    kept: Collection[int]
    """The places of those steps of ``after`` that the plan before had as well, done or not."""


def happenings(
    plans: Plans, doors: Doors, *, mode: Mode, rate: float, timezone: str, now_ms: int
) -> list[Happening]:
    """What will happen, in the order of time. ``mode`` and ``rate`` are the room's own, outside of its events."""
    zone = ZoneInfo(timezone)
    found = [
        *_opening(plans.after, doors, f"mode {mode}, rate {rate:g}", zone, now_ms),
        *_left_open(plans, doors, now_ms),
        *_steps(plans, doors, zone, now_ms),
    ]
    return sorted(found, key=lambda each: (each.when is not When.NOW, each.at_ms, each.when is When.LATER))


def _opening(after: Plan, doors: Doors, own: str, zone: ZoneInfo, now_ms: int) -> Iterator[Happening]:
    """What becomes of the opening that is awaited, or of the door that is open."""
    event = doors.event
    of_event = [step for step in after.steps if step.event == event]
    opens = next((step.at_ms for step in of_event if step.kind is StepKind.OPEN), None)
    if doors.awaits_opening and opens is None:
        text = f"{event} is cancelled: it will not open any more; the room has its own {own} again"
        yield Happening(now_ms, When.NOW, event, text, Tone.CAUTION, {})
    elif doors.awaits_opening and opens is not None and opens != doors.opens_ms and opens > now_ms:
        text = (
            f"the opening of {event} moves from {moment_text(doors.opens_ms, zone)} to "
            f"{moment_text(opens, zone)}, and each countdown with it"
        )
        yield Happening(now_ms, When.NOW, event, text, Tone.NEW)


def _left_open(plans: Plans, doors: Doors, now_ms: int) -> Iterator[Happening]:
    """The event that is open was to end, and is not any more."""

    def ends(step: Step) -> bool:
        if step.kind is StepKind.BEGIN:
            return step.event != doors.event
        return step.kind is StepKind.SET and step.event == doors.event and "mode" in step.changes

    still_comes = (
        ends(step)
        for place, step in enumerate(plans.after.steps)
        if step.at_ms > now_ms or place not in plans.kept
    )
    if doors.opened_ms and any(map(ends, plans.before.steps)) and not any(still_comes):
        text = f"{doors.event} is open and stays open: nothing closes it any more"
        yield Happening(now_ms, When.NOW, doors.event, text, Tone.CAUTION)


def _steps(plans: Plans, doors: Doors, zone: ZoneInfo, now_ms: int) -> Iterator[Happening]:
    gone = _gone(plans, now_ms)
    for place, step in enumerate(plans.after.steps):
        is_kept, is_due = place in plans.kept, step.at_ms <= now_ms
        if is_kept and is_due:
            continue
        when = When.NOW if is_due else When.LATER
        tone = Tone.PLAIN if is_kept else Tone.NEW
        same = [] if is_kept else gone.get(_deed(step), [])
        was_ms = same.pop(0).at_ms if same else None
        has_begun = doors.event == step.event
        if step.kind is StepKind.BEGIN and has_begun:
            if not is_kept and doors.opened_ms:
                text = f"{step.event} is open: its first rate and its mode stay as they are; turn the dial"
                yield Happening(step.at_ms, when, step.event, text, Tone.CAUTION)
            continue
        if step.kind is StepKind.OPEN and has_begun and not doors.awaits_opening:
            continue
        text = step_in_words(step, zone)
        if step.kind is StepKind.BEGIN and is_due and doors.has_line:
            text += "; every place in the line of before is given up"
            tone = Tone.CAUTION
        yield Happening(step.at_ms, when, step.event, text, tone, step.changes, was_ms)
    for step in chain.from_iterable(gone.values()):
        text = f"no longer: {step_in_words(step, zone)}"
        tone = Tone.PLAIN if step.kind is StepKind.SET and "mode" not in step.changes else Tone.CAUTION
        yield Happening(step.at_ms, When.NEVER, step.event, text, tone, step.changes)


def _gone(plans: Plans, now_ms: int) -> Mapping[object, list[Step]]:
    """What was to come at times at which it is not planned any more, by what it does."""
    coming = {step.essence for step in plans.after.steps}
    gone: dict[object, list[Step]] = {}
    for step in plans.before.steps:
        if step.essence not in coming and step.at_ms > now_ms:
            gone.setdefault(_deed(step), []).append(step)
    return gone


def _deed(step: Step) -> object:
    """What a step does, whenever. An event begins and opens once, however."""
    changes = tuple(sorted(step.changes.items())) if step.kind is StepKind.SET else ()
    return step.kind, step.event, changes
