"""What the pages show of a room, worked out once a second for everyone who looks."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from admin.api.rooms import RoomState
from admin.api.rooms.streaming import Told, told
from admin.live import LiveRoom
from admin.pages.health import Health, health_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One room as the pages show it."""

    told: Told
    health: Health
    text: bytes
    """The same as JSON, for the scripts of the pages: ``{"state", "health"}``."""
    serial: int
    """Another one where anything is another but the time: those who look compare no more than this."""

    @property
    def state(self) -> RoomState:
        """As the API tells it."""
        return self.told.state


_shown: WeakKeyDictionary[LiveRoom, Shown] = WeakKeyDictionary()


def shown(seen: LiveRoom) -> Shown:
    """A room as it was at its last look."""
    now, last = told(seen), _shown.get(seen)
    if last is None or last.told is not now:
        last = _shown[seen] = _made(now, last)
    return last


def _made(now: Told, last: Shown | None) -> Shown:
    health = health_of(now.state)
    text = b'{"state":%b,"health":%b}' % (now.text, health.model_dump_json().encode())
    if last is None:
        return Shown(now, health, text, 1)
    is_new = health != last.health or not now.is_like(last.told)
    return Shown(now, health, text, last.serial + is_new)
