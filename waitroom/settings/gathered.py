"""The settings as they were given, before they are checked, and where each of them came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from waitroom.settings.positions import Place

_ALTERNATIVES = {"secret", "secret_file"}  # a later layer's choice of one replaces either


class Kind(Enum):
    """By which way a setting was given."""

    FILE = auto()
    ENVIRONMENT = auto()
    OPTION = auto()


@dataclass(frozen=True)
class Source:
    """Where a setting was given: ``waitroom.toml:12``, ``WAITROOM_PORT``, ``--port``."""

    kind: Kind
    label: str
    line: int = 0


@dataclass
class Gathered:
    """All that was given, later layers laid over earlier ones."""

    values: dict[str, object] = field(default_factory=dict)
    sources: dict[Place, Source] = field(default_factory=dict)

    def put(self, name: str, value: object, source: Source) -> None:
        """Lay the top-level setting ``name`` over what an earlier layer said."""
        replaced = _ALTERNATIVES if name in _ALTERNATIVES else {name}
        for place, known in list(self.sources.items()):
            if place[0] in replaced and known.kind is not source.kind:
                del self.sources[place]
                self.values.pop(str(place[0]), None)
        self.values[name] = value
        self.sources[(name,)] = source

    def put_in_room(self, index: int, name: str, value: object, source: Source) -> bool:
        """Lay one room's setting over what was said before; ``False`` where there is no such room."""
        rooms = self.values.setdefault("rooms", [{"name": "main"}])
        if not isinstance(rooms, list) or not index < len(rooms) or not isinstance(rooms[index], dict):
            return False
        rooms[index][name] = value
        self.sources[("rooms", index, name)] = source
        return True

    def source(self, place: Sequence[str | int]) -> Source | None:
        """Return where ``place``, or what it is part of, was given; ``None`` for a default."""
        for length in range(len(place), 0, -1):
            if found := self.sources.get(tuple(place[:length])):
                return found
        return None

    def value(self, place: Sequence[str | int]) -> object:
        """Return what was given at ``place``; :data:`ABSENT` where nothing was."""
        value: object = self.values
        for step in place:
            within = value if isinstance(value, dict) else {}
            if isinstance(value, list):
                within = dict(enumerate(value))
            value = within.get(step, ABSENT)
        return value


class _Absent(Enum):
    ABSENT = auto()


ABSENT = _Absent.ABSENT
"""Stands for a setting that was not given."""
