"""Where an operator stands: at the console's API, or next to the configuration file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.state import RoomState
from waitroom.errors import SettingsError, WaitroomError


@dataclass(frozen=True, slots=True)
class Look:
    """A room at one moment, and what happened in it lately, newest first."""

    state: RoomState
    events: Sequence[RoomEvent]


class Desk(Protocol):
    """What can be done with running rooms. Each method raises :class:`~waitroom.errors.WaitroomError`, and those that
    change something return lines that say what."""

    def rooms(self) -> list[RoomState]:
        """All rooms as they are."""

    def change(self, room: str, changes: Sequence[str], why: str) -> list[str]:
        """Sets ``name=value`` pairs."""

    def pause(self, room: str, why: str) -> list[str]:
        """Admits nobody new."""

    def resume(self, room: str, why: str) -> list[str]:
        """Returns to the mode before the pause."""

    def reset(self, room: str, why: str) -> list[str]:
        """Begins the line anew."""

    def watching(self, room: str) -> AbstractContextManager[Callable[[], Look]]:
        """What looks at a room, again and again."""


def desk_of(api: str | None, token: str | None, config: Path | None) -> Desk:
    """The desk that a command's options ask for. Raises :class:`~waitroom.errors.WaitroomError`."""
    if api:
        if not token:
            raise WaitroomError("--api needs a token: set WAITROOM_TOKEN, or give --token")
        from waitroom.cli.operating.remote import RemoteDesk

        return RemoteDesk(api, token)
    from waitroom.cli.operating.direct import DirectDesk
    from waitroom.settings import load

    return DirectDesk(load(config))


def pairs(changes: Sequence[str], names: Sequence[str] = ()) -> dict[str, str]:
    """``name=value`` pairs as they were typed; ``names`` are all that there are, where that is known.

    Raises :class:`~waitroom.errors.SettingsError`.
    """
    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or (names and name not in names):
            known = f" with one of {', '.join(names)}" if names else ""
            raise SettingsError(f"{change!r} is not a change; write name=value{known}")
        if name in wanted:
            raise SettingsError(f"{name} is given twice")
        wanted[name] = value
    return wanted
