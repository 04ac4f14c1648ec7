"""An entry of a record as its page tells it; ``said.js`` and ``feed.js`` say them the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.parts import BeforeAfter
from admin.pages.words import number, sentence, span
from waitroom.line.rules import Mode, SoldOut
from waitroom.live.settings import Value
from waitroom.record.entries import Entry
from waitroom.settings import RoomSettings

KINDS: Mapping[str, str] = {
    "changed": "Settings",
    "called": "Calls",
    "passed": "Let through",
    "let_in_alone": "Let in without Redis",
    "planned": "Plans",
    "begun": "Lines begun",
    "moved": "Openings moved",
    "drawn": "Draws",
    "revealed": "Seeds published",
    "opened": "Openings",
    "brought_forward": "Brought to the front",
    "reinstated": "Places given back",
    "undone": "Places taken back",
    "rested": "Others let pass",
    "reset": "Resets",
    "codes_minted": "Codes minted",
    "revoked": "Invitations revoked",
    "shared": "Visits ended",
    "forgotten": "Old entries removed",
    "redis_restarted": "Redis restarted",
    "restored": "Lines restored",
    "clock_astray": "Clock astray",
    "clock_agrees": "Clock right again",
    "began": "Room begun",
}
"""What can be asked for, by the entries' types."""
_ICONS = {
    "changed": "auto", "called": "queue", "passed": "pass", "planned": "clock", "begun": "queue", "moved": "clock",
    "drawn": "queue", "revealed": "info", "opened": "play", "brought_forward": "support", "reinstated": "support",
    "undone": "undo", "rested": "clock", "reset": "warn", "codes_minted": "plus", "revoked": "closed", "shared": "warn",
    "forgotten": "clock",
    "redis_restarted": "warn", "restored": "warn", "clock_astray": "warn", "clock_agrees": "check",
}  # fmt: skip
_DURATIONS = frozenset({"session", "keep", "presence", "burst", "entry"})
_SOLD_OUT = {
    SoldOut.NO: "no longer sold out",
    SoldOut.YES: "sold out",
    SoldOut.RETURNS: "sold out, the line goes on for returns",
}
_FIRST = ("rate", "capacity", "mode")


@dataclass(frozen=True, slots=True)
class Told:
    """One row."""

    id: str
    at_ms: int
    text: str
    who: str
    why: str
    icon: str
    tone: str

    @classmethod
    def of(cls, entry: Entry, room: RoomSettings) -> Told:
        """An entry. ``room`` is as the file has it."""
        event = RoomEvent.of(entry, room)
        icon = _ICONS.get(event.type, "info")
        mode = event.changed.get("mode")
        if mode is not None and Mode.PAUSE in (mode.before, mode.after):
            icon = "pause" if mode.after == Mode.PAUSE else "play"
        elif "message" in event.changed and event.changed["message"].before is not None:
            icon = "message"
        text = changes(event.changed) if event.changed else event.text
        return cls(
            entry.id,
            entry.at_ms,
            sentence(text),
            event.who,
            event.why,
            icon,
            "warn" if icon == "warn" else "",
        )


def changes(changed: Mapping[str, BeforeAfter]) -> str:
    """What became of settings: "rate 300 → 400, paused"."""
    if len(changed) > len(_FIRST) and all(each.before is None for each in changed.values()):
        first = ", ".join(_setting(name, changed[name].after) for name in _FIRST if name in changed)
        return f"begins with {first}"
    return ", ".join(_change(name, each) for name, each in changed.items())


def _change(name: str, change: BeforeAfter) -> str:
    before, after = change.before, change.after
    if name == "message":
        return f"message “{after}”" if after else "message taken away"
    if name == "mode" and after == Mode.PAUSE:
        return "paused"
    if name == "sold_out" and before is not None:
        return _SOLD_OUT[SoldOut(str(after))]
    if name == "mode" and before == Mode.PAUSE:
        return f"resumed: mode {after}"
    if before is None:
        return _setting(name, after)
    return f"{_named(name)} {_value(name, before)} → {_value(name, after)}"


def _setting(name: str, value: Value) -> str:
    return "no cap" if name == "capacity" and not value else f"{_named(name)} {_value(name, value)}"


def _value(name: str, value: Value) -> str:
    if name == "capacity" and not value:
        return "no cap"
    if value is None or value == "":
        return "none"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return span(value) if name in _DURATIONS else number(value)
    return "paused" if name == "mode" and value == Mode.PAUSE else str(value)


def _named(name: str) -> str:
    bare = f"weight of {name.removeprefix('weight.')}" if name.startswith("weight.") else name
    return bare.replace(".", ": ", 1).replace("_", " ")
