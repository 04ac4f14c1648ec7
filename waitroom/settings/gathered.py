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

    def put(self, place: Place, value: object, source: Source) -> None:
        """Lay the setting at ``place`` over what an earlier layer said; the tables that it stands in exist."""
        name, *inner = place
        replaced = _ALTERNATIVES if name in _ALTERNATIVES and not inner else {name}
        for known, given in list(self.sources.items()):
            other = known[0] in replaced if not inner else known[: len(place)] == place
            if other and given.kind is not source.kind:
                del self.sources[known]
                if not inner:
                    self.values.pop(str(known[0]), None)
        table = self.value(place[:-1])
        last = place[-1]
        if isinstance(table, list) and isinstance(last, int):
            table[last : last + 1] = [value]
        elif isinstance(table, dict):
            table[last] = value
        self.sources[place] = source

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
