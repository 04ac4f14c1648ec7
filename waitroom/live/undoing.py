"""The last turn of an operator, taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from waitroom.errors import OvertakenError, WaitroomError
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore
from waitroom.live.recorded import PROGRAMS, is_set_by_somebody
from waitroom.live.turning import Author, Turned, Turning, must_match
from waitroom.record.entries import Entry
from waitroom.record.reading import RecordReader
from waitroom.settings import RoomSettings

_MAY_BE_EMPTY = frozenset({"message", "weights", "adaptive"})


class NothingToUndoError(WaitroomError):
    """There is no turn that could be taken back; says why."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and what that changed."""

    entry: Entry
    turned: Turned


async def undo(
    line: LineStore,
    reader: RecordReader,
    room: RoomSettings,
    author: Author,
    *,
    seen: Collection[int] | None = None,
    allow: Callable[[Turning], None] = lambda _: None,
) -> Undone:
    """Takes the last turn back, if an operator made it and nobody has set anything since. Done twice, it is made again.

    ``seen`` and ``allow`` are as for :func:`~waitroom.live.turning.turn`. Raises :class:`NothingToUndoError`, and
    what that raises.
    """
    rules = await line.rules()
    must_match(rules, seen)
    entry = await last_set(reader)
    if entry is None:
        raise NothingToUndoError("nothing was set yet")
    who = entry.fields.get("who", "")
    if who in PROGRAMS:
        raise NothingToUndoError(f"the last to set anything was no operator, but the {who}")
    turning = Turning.of(room, rules, _before(entry, rules))
    allow(turning)
    why = f"{author.why} (undoes {entry.id})" if author.why else f"undoes {entry.id}"
    head = await line.configure(
        turning.fields, source="live", who=author.who, why=why, revision=rules.revision
    )
    return Undone(entry, Turned(turning.changes, head))


async def last_set(reader: RecordReader) -> Entry | None:
    """The last entry that tells of something set; None where the record has none."""
    async for stored in reader.backwards():
        try:
            entry = Entry.parse(*stored)
        except (KeyError, ValueError):
            continue
        if is_set_by_somebody(entry):
            return entry
    return None


def _before(entry: Entry, rules: Rules) -> Mapping[str, str]:
    """The fields that the entry tells of, as they were. What they became must be what there is now."""
    now = rules.to_redis()
    fields = {}
    for name, told in entry.fields.items():
        # by its end: a message may have an arrow of its own
        if name in now and not name.startswith("limit_") and " -> " in told:
            arrow = f" -> {now[name]}"
            if not told.endswith(arrow):
                raise OvertakenError("the settings were changed meanwhile")
            fields[name] = told.removesuffix(arrow)
    if missing := [name for name, before in fields.items() if not before and name not in _MAY_BE_EMPTY]:
        raise NothingToUndoError(f"nothing was set before: {', '.join(missing)}")
    return fields
