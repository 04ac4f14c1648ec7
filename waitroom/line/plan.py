"""What the schedule will do to a room: steps with their times, kept in Redis and taken by whoever comes first.

The script that takes them is ``scripts/lib/plan.lua``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StepKind(StrEnum):
    """What a step does."""

    BEGIN = "begin"
    """An event's own line begins; until its opening nobody enters."""
    OPEN = "open"
    """The door opens; who came before is put in a drawn order, where the event has a draw."""
    SET = "set"
    """Settings change: the rate, the mode."""
    SAY = "say"
    """What those waiting are told changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``at_ms`` is in milliseconds since 1970, ``changes`` are fields of the ``rules`` hash."""

    at_ms: int
    kind: StepKind
    event: str
    changes: Mapping[str, str] = field(default_factory=dict)
    opens_ms: int = 0
    """Of a step that begins an event: when its door will open."""
    commitment: str = ""
    """Of the same: to the seed of its draw; empty: there is none."""

    @property
    def essence(self) -> tuple[object, ...]:
        """The same for steps that do the same."""
        changes = tuple(sorted(self.changes.items()))
        return self.at_ms, self.kind, self.event, changes, self.opens_ms, self.commitment

    @classmethod
    def say(cls, at_ms: int, notice: str) -> Step:
        """One that sets the message that is shown for a time; an empty ``notice`` ends it."""
        return cls(at_ms, StepKind.SAY, "message", {"notice": notice})

    def to_json(self, index: int = 0) -> str:
        """As ``lib/plan.lua`` reads it. Steps of one moment are taken in the order of ``index``."""
        step: dict[str, object] = {"id": f"{index:05d}", "kind": self.kind, "event": self.event}
        if self.changes:
            step["changes"] = dict(self.changes)
        if self.kind is StepKind.BEGIN:
            step["opens"] = str(self.opens_ms)
            if self.commitment:
                step["commitment"] = self.commitment
        return json.dumps(step, separators=(",", ":"))

    @classmethod
    def parse(cls, at_ms: int, text: str) -> Step:
        """A step as it was stored."""
        step = json.loads(text)
        return cls(
            at_ms,
            StepKind(step["kind"]),
            step["event"],
            step.get("changes", {}),
            int(step.get("opens", 0)),
            step.get("commitment", ""),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps to come, in the order of their times."""

    steps: tuple[Step, ...] = ()
    name: str = ""
    """Tells one plan from another."""
    words: str = ""
    """The events that it comes from, as they were written, and in which zone: JSON. Empty: there are none."""

    @property
    def next_begin(self) -> Step | None:
        """The step that begins the next event; None: none is planned."""
        return next((step for step in self.steps if step.kind is StepKind.BEGIN), None)

    def to_redis(self) -> list[tuple[int, str]]:
        """The steps as the script is given them."""
        return as_stored(self.steps)


NO_PLAN = Plan()


@dataclass(frozen=True, slots=True)
class Planned:
    """All that the clock will do to a room."""

    plan: Plan = NO_PLAN
    says: tuple[Step, ...] = ()
    """The messages to come."""
    notices: str = ""
    """These, and what is left of those that are past, as they were written: JSON."""

    @classmethod
    def from_redis(
        cls, stored: Iterable[tuple[int, str]], *, name: str = "", words: str = "", notices: str = ""
    ) -> Planned:
        """What is stored: pairs of milliseconds and a step, and the fields of the ``rules`` hash beside them."""
        steps = [Step.parse(at, text) for at, text in stored]
        return cls(
            Plan(tuple(step for step in steps if step.kind is not StepKind.SAY), name, words),
            tuple(step for step in steps if step.kind is StepKind.SAY),
            notices,
        )


NOTHING_PLANNED = Planned()


def as_stored(steps: Iterable[Step]) -> list[tuple[int, str]]:
    """Steps as the scripts are given them."""
    return [(step.at_ms, step.to_json(index)) for index, step in enumerate(steps)]
