"""What goes into the record of a room, as events. Pure.

One entry gives one event, but a change of settings: each of mode, rate, capacity and the measured limits that it
changes gives one, and all others together one. Admissions (``called``, ``passed``) give none: they are figures, of each
second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from admin.alerts.events import Event
from waitroom.line.rules import Mode
from waitroom.record.entries import Change, Entry
from waitroom.record.words import told
from waitroom.settings import Severity

TYPES: Mapping[str, str] = {
    "began": "room.began",
    "begun": "room.event_begun",
    "brought_forward": "room.place_brought_forward",
    "clock_agrees": "room.clock_agrees",
    "clock_astray": "room.clock_astray",
    "codes_minted": "room.codes_minted",
    "drawn": "room.drawn",
    "moved": "room.opening_moved",
    "opened": "room.opened",
    "planned": "room.schedule_changed",
    "redis_restarted": "room.redis_restarted",
    "reinstated": "room.place_given_back",
    "reset": "room.reset",
    "restored": "room.restored",
    "revealed": "room.seed_revealed",
    "revoked": "room.invitations_revoked",
    "shared": "room.visit_ended",
}
"""The type of the event that an entry gives. What is not here has its own name behind ``room.``"""

CHANGES: Mapping[str, str] = {
    "mode": "room.mode_changed",
    "rate": "room.rate_changed",
    "capacity": "room.capacity_changed",
    "sold_out": "room.sold_out_changed",
    "limit_rate": "room.limit_changed",
    "limit_shared": "room.limit_changed",
    "limit_inside": "room.limit_changed",
}
"""The same of a changed setting; of all others ``room.settings_changed``."""

CLOSED = "room.closed"
"""Besides the change of its mode: the room was closed, as when all is sold."""

LONGEST_TEXT = 2000
"""What is longer, such as a plan of a hundred steps, many receivers refuse. The data has all of it."""
_OF_VISITORS = frozenset({"called", "passed", "let_in_alone", "rested", "undone"})
"""What visitors do and what is done with them, thousands of times in a sale: of that there are figures."""
_HOUSEKEEPING = frozenset({"forgotten"})
"""What the settings have done each hour."""
_OF_ALL = frozenset({"type", "epoch", "clock", "chain", "who", "why"})


def events_of(room: str, entry: Entry) -> Iterator[Event]:
    """The events of an entry. Raises ``KeyError`` and ``ValueError`` for one that no script wrote."""
    if entry.kind in _OF_VISITORS | _HOUSEKEEPING or not re.fullmatch(r"[a-z_]{1,40}", entry.kind):
        return
    if entry.kind == "changed":
        yield from _changed(room, entry)
        return
    fields: dict[str, JsonValue] = {
        name: value for name, value in entry.fields.items() if name not in _OF_ALL
    }
    yield _event(room, entry, TYPES.get(entry.kind, f"room.{entry.kind}"), fields)


def _changed(room: str, entry: Entry) -> Iterator[Event]:
    changes = entry.changes()
    by_type: dict[str, dict[str, Change]] = {}
    for name, change in changes.items():
        by_type.setdefault(CHANGES.get(name, "room.settings_changed"), {})[name] = change
    mode = changes.get("mode")
    if mode is not None and mode.after == Mode.CLOSED:
        by_type[CLOSED] = {"mode": mode}
    for kind, of_kind in by_type.items():
        told_changes: dict[str, JsonValue] = {
            name: {"before": change.before, "after": change.after} for name, change in of_kind.items()
        }
        yield _event(room, entry, kind, {"changes": told_changes})


def _event(room: str, entry: Entry, kind: str, data: Mapping[str, JsonValue]) -> Event:
    line = told(entry).partition("  ")[2]
    return Event(
        # the stream's own id: read twice, it is the same event
        id=f"{room}:{entry.id}:{kind.removeprefix('room.')}",
        type=kind,
        at=entry.at_ms / 1000,
        # nothing that somebody wrote: titles go where a word may call a whole channel
        title=f"{room}: {kind.removeprefix('room.').replace('_', ' ')}",
        text=line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…",
        room=room,
        severity=Severity.INFO,
        data={
            "room": room,
            "epoch": entry.epoch,
            "entry": entry.id,
            "who": entry.fields.get("who", ""),
            "why": entry.fields.get("why", ""),
            **data,
        },
    )
