"""``waitroom set`` and ``waitroom reset``: a running room, from the command line."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.cli.line import find_room, who_asks, with_store
from waitroom.errors import SettingsError
from waitroom.line.store import LineStore
from waitroom.live.settings import names_of
from waitroom.live.turning import Author, setting, turn
from waitroom.settings import RoomSettings, Settings


def change_live(settings: Settings, room: str, changes: Sequence[str], why: str) -> list[str]:
    """Sets ``name=value`` pairs for a running room, and returns a line for each."""
    of_room = find_room(settings, room)
    wanted = pairs(of_room, changes)

    async def apply(store: LineStore) -> list[str]:
        done = await turn(store, of_room, setting(wanted), Author(who_asks(), why))
        changes = sorted(done.changes, key=lambda each: list(wanted).index(each.name))
        return [f"{room}: {each}" for each in changes] or [f"{room}: nothing is new"]

    return with_store(settings, room, apply)


def pairs(room: RoomSettings, changes: Sequence[str]) -> dict[str, str]:
    """The ``name=value`` pairs as they were typed. Raises :class:`~waitroom.errors.SettingsError`."""
    names, wanted = names_of(room), dict[str, str]()
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or name not in names:
            raise SettingsError(
                f"{change!r} is not a change; write name=value with one of {', '.join(names)}"
            )
        if name in wanted:
            raise SettingsError(f"{name} is given twice")
        wanted[name] = value
    return wanted


def reset_room(settings: Settings, room: str, why: str) -> list[str]:
    """Begins a room's line anew, and returns a line that says so."""
    find_room(settings, room)

    async def apply(store: LineStore) -> list[str]:
        head = await store.reset(who=who_asks(), why=why)
        return [f"{room}: the line begins anew (epoch {head.epoch}); those inside stay inside"]

    return with_store(settings, room, apply)
