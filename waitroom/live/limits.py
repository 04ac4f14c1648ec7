"""What keeps a room from letting more people in, at one moment, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules, SoldOut
from waitroom.live.recorded import PROGRAMS
from waitroom.record.entries import Entry


class Limit(StrEnum):
    """What limits admission. The first that holds, in this order, is the one."""

    REDIS = "redis"
    """Redis does not answer, so nobody can be let in."""
    OPENING = "opening"
    """The door has yet to open."""
    SOLD_OUT = "sold_out"
    """There is nothing left, so the line stands still."""
    PAUSED = "paused"
    """Somebody paused the room."""
    SCHEDULE = "schedule"
    """The room is closed until its next event."""
    CLOSED = "closed"
    """The room is closed."""
    PASSING = "passing"
    """Nothing: everyone is let through."""
    RECOVERING = "recovering"
    """Redis forgot the line; nobody enters for some seconds, while the tickets come back."""
    IDLE = "idle"
    """Nothing: nobody waits."""
    CAPACITY = "capacity"
    """As many are inside as operators allow."""
    ADAPTIVE = "adaptive"
    """The shop cannot take more just now."""
    SHARED = "shared"
    """The room's part of a rate that several rooms share."""
    RATE = "rate"
    """The rate that operators, or the schedule, have set."""


@dataclass(frozen=True, slots=True)
class Limiting:
    """The limit, and why it is there."""

    by: Limit
    text: str
    """For people, in a few words."""
    per_minute: float | None = None
    """The admissions a minute that it allows; None: that cannot be said."""
    until_ms: int | None = None
    """When it ends, in milliseconds since 1970, where that is known."""


def limiting(room: Room, set_by: Mapping[str, Entry]) -> Limiting:
    """What limits the admissions of a room. ``set_by`` has the entry of the record that last told of each field."""
    rules, head = room.rules, room.head
    inside = head.sessions + head.granted
    if room.down_since is not None or head.epoch == 0:
        found = Limiting(Limit.REDIS, room.down_reason or "no gateway has kept the room yet", 0.0)
    elif head.opens:
        found = Limiting(Limit.OPENING, f"{_event(room)} has not opened yet", 0.0, head.opens)
    elif rules.sold_out is SoldOut.YES and rules.mode in (Mode.AUTO, Mode.QUEUE):
        found = Limiting(Limit.SOLD_OUT, f"sold out{_by(set_by.get('sold_out'))}: the line stands still", 0.0)
    elif rules.mode is Mode.PAUSE:
        found = Limiting(Limit.PAUSED, f"paused{_by(set_by.get('mode'))}", 0.0)
    elif rules.mode is Mode.CLOSED:
        found = _closed(room, set_by)
    elif rules.mode is Mode.PASS:
        found = Limiting(Limit.PASSING, f"everyone is let through{_by(set_by.get('mode'))}")
    elif head.clock < head.hold:
        found = Limiting(Limit.RECOVERING, "Redis forgot the line; the tickets are coming back", 0.0)
    elif not room.waiting:
        found = Limiting(Limit.IDLE, "nobody waits", rules.admission_rate)
    elif 0 < rules.places <= inside:
        found = _full(rules, inside, set_by)
    else:
        found = _rate(rules, set_by)
    return found


def _closed(room: Room, set_by: Mapping[str, Entry]) -> Limiting:
    begin = room.plan.next_begin
    if begin is None:
        return Limiting(Limit.CLOSED, f"closed{_by(set_by.get('mode'))}", 0.0)
    return Limiting(Limit.SCHEDULE, f"closed until {begin.event} begins", 0.0, begin.at_ms)


def _full(rules: Rules, inside: int, set_by: Mapping[str, Entry]) -> Limiting:
    full = f"{inside:,} are inside, of {rules.places:,}"
    if rules.places < rules.capacity or not rules.capacity:
        return Limiting(Limit.ADAPTIVE, f"{full} that the shop can carry{_why(set_by.get('limit_inside'))}")
    return Limiting(Limit.CAPACITY, f"{full}: the next enters when one has left{_by(set_by.get('capacity'))}")


def _rate(rules: Rules, set_by: Mapping[str, Entry]) -> Limiting:
    rate = rules.admission_rate
    if rate == rules.rate:
        return Limiting(Limit.RATE, f"the rate, {rate:g} a minute{_by(set_by.get('rate'))}", rate)
    if rate == rules.limit_rate:
        why = _why(set_by.get("limit_rate"))
        return Limiting(Limit.ADAPTIVE, f"the shop, {rate:g} of {rules.rate:g} a minute{why}", rate)
    why = _why(set_by.get("limit_shared"))
    return Limiting(Limit.SHARED, f"the common rate, {rate:g} of {rules.rate:g} a minute{why}", rate)


def _event(room: Room) -> str:
    return room.event.name or "the room"


def _by(entry: Entry | None) -> str:
    """Who set it, and why."""
    who = entry.fields.get("who", "") if entry else ""
    if not who:
        return ""
    return f", set by {'the ' if who in PROGRAMS else ''}{who}" + _why(entry)


def _why(entry: Entry | None) -> str:
    why = entry.fields.get("why", "") if entry else ""
    return f": {why}" if why else ""
