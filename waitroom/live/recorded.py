"""The record of a room, as operators look at it: what became of which setting, and who turned it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from waitroom.line.rules import Rules
from waitroom.live.settings import Value, field_of, values_of
from waitroom.live.turning import FILE, Change
from waitroom.record.entries import Entry
from waitroom.settings import RoomSettings
from waitroom.shaping.common_rate import WHO as COMMON_RATE
from waitroom.shaping.regulator import WHO as ADAPTIVE

PROGRAMS = frozenset({FILE, "gateway", "shop", "schedule", "rehearsal", ADAPTIVE, COMMON_RATE})
"""As whom programs stand in the record; everybody else is an operator."""
_RULES = frozenset(field.name for field in fields(Rules))
_LIMIT = "limit_"


def is_set_by_somebody(entry: Entry) -> bool:
    """Whether the entry tells that something was set; what the gateways measure is not."""
    return entry.kind == "changed" and any(not name.startswith(_LIMIT) for name in entry.changes())


def changes_in(room: RoomSettings, entry: Entry) -> tuple[Change, ...]:
    """What became of the settings, by the names that operators know. ``room`` is as the file has it.

    A limit that the gateways measured has the name that the record gives it, and None where there is none. What was not
    set before has None there.
    """
    stored = entry.changes()
    known = {name for name in stored if name in _RULES and not name.startswith(_LIMIT)}
    limits = [
        Change(name, _limit(stored[name].before), _limit(stored[name].after))
        for name in stored
        if name.startswith(_LIMIT)
    ]
    before = {name: stored[name].before for name in known if stored[name].before}
    try:
        was, will = _values(room, before), _values(room, {name: stored[name].after for name in known})
    except ValueError:
        return tuple(Change(name, each.before, each.after) for name, each in stored.items())
    named = [
        Change(name, was[name] if field_of(name) in before else None, value)
        for name, value in will.items()
        if field_of(name) in known and (was[name] != value or field_of(name) not in before)
    ]
    return (*named, *limits)


def _values(room: RoomSettings, stored: Mapping[str, str]) -> dict[str, Value]:
    return values_of(
        room, Rules.from_redis({name.encode(): value.encode() for name, value in stored.items()})
    )


def _limit(stored: str) -> Value:
    try:
        limit = float(stored)
    except ValueError:
        return stored or None
    return limit if limit >= 0 else None
