"""The plan of a running room: read from Redis with all that it stands on, worked out anew, replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from waitroom.errors import EventHeldError, SettingsError
from waitroom.line.head import Head
from waitroom.line.memory import SaleEvent
from waitroom.line.plan import Plan, Planned, StepKind
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.planning.foresight import Doors, Happening, Plans, happenings
from waitroom.settings import RoomSettings
from waitroom.settings.events import EventSettings
from waitroom.settings.schedule import events_of, schedule_of, words_of

MOST_STEPS = 5_000
"""Of a plan that is changed live: all of them are set in one call."""


@dataclass(frozen=True, slots=True)
class Planning:
    """The plan of a room, and how the room stands to it."""

    room: RoomSettings
    """As the file has it."""
    planned: Planned
    event: SaleEvent
    head: Head
    held: dict[str, int]
    """Events that have opened, each with when, in milliseconds since 1970."""

    @property
    def version(self) -> str:
        """Tells this plan from another."""
        return self.planned.plan.name

    @property
    def events(self) -> tuple[EventSettings, ...]:
        """The events that the plan was made from."""
        return events_of(self.planned.plan.words, self.room.timezone)

    @property
    def doors(self) -> Doors:
        """How the room stands to its events."""
        return Doors(self.event.name, self.event.opened_at, self.head.opens, has_line=self.head.issued > 0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that is to replace another."""

    events: tuple[EventSettings, ...]
    """Those of it that are not over."""
    over: tuple[EventSettings, ...]
    """Those that are: nothing will come of them."""
    plan: Plan
    kept: frozenset[int]
    happenings: tuple[Happening, ...]


async def planning_of(room: RoomSettings, store: LineStore) -> Planning:
    """The plan of a running room."""
    planned, event, view, held = await asyncio.gather(
        store.planned(), store.event(), store.view(0), store.held_events()
    )
    return Planning(room, planned, event, view.head, held)


def propose(now: Planning, events: Sequence[EventSettings], seeds: Seeds, now_ms: int) -> Proposal:
    """What it would come to if these were the events of the room.

    Raises :class:`~waitroom.errors.EventHeldError` for a name that was used up, and
    :class:`~waitroom.errors.SettingsError` where they come to more steps than Redis should be given in one call.
    """
    left = [event for event in events if not _is_over(event, events, now, now_ms)]
    before, after = _plan(now, now.events, seeds, now_ms), _plan(now, left, seeds, now_ms)
    for step in after.steps:
        if step.kind is StepKind.BEGIN and step.at_ms > now.held.get(step.event, step.at_ms):
            raise EventHeldError(f"an event {step.event!r} was held before: another needs another name")
    if len(after.steps) > MOST_STEPS:
        raise SettingsError(f"events: they come to {len(after.steps):,} steps, allowed are {MOST_STEPS:,}")
    known = {step.essence for step in before.steps}
    kept = frozenset(place for place, step in enumerate(after.steps) if step.essence in known)
    room = now.room
    return Proposal(
        tuple(left),
        tuple(event for event in events if event not in left),
        after,
        kept,
        tuple(
            happenings(
                Plans(now.planned.plan, after, kept),
                now.doors,
                mode=room.mode,
                rate=room.rate,
                timezone=room.timezone,
                now_ms=now_ms,
            )
        ),
    )


async def replan(store: LineStore, now: Planning, proposal: Proposal, *, who: str, why: str = "") -> None:
    """Puts a proposal in the place of the plan that it was worked out from.

    Raises :class:`~waitroom.errors.OvertakenError` where that is not there any more, and
    :class:`~waitroom.errors.EventHeldError`.
    """
    await store.plan(
        proposal.plan.to_redis(),
        name=proposal.plan.name,
        words=words_of(proposal.events, now.room.timezone),
        source="live",
        who=who,
        why=why,
        replaces=now.version,
        kept=proposal.kept,
    )


def _is_over(event: EventSettings, events: Sequence[EventSettings], now: Planning, now_ms: int) -> bool:
    """Whether nothing would come of an event any more. The one that the room is in may have to be closed yet."""
    if event.name == now.event.name:
        return False
    ends = {of.name: end for of, end in schedule_of(events, now.room.timezone).with_ends()}
    end = ends[event.name]
    return end is not None and end <= now_ms


def _plan(now: Planning, events: Sequence[EventSettings], seeds: Seeds, now_ms: int) -> Plan:
    room = now.room
    schedule = schedule_of(events, room.timezone)
    plan = schedule.plan(
        mode=room.mode,
        rate=room.rate,
        commit=lambda event: seeds.commit(room.name, event),
        now_ms=now_ms,
        running=now.event.name,
    )
    return replace(plan, words=words_of(events, room.timezone))
