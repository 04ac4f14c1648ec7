"""Which class does a request belong to?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from starlette.types import Scope

from waitroom.gate.rooms import RoomMap

_REMEMBERED = 8192
_SHORT = 256
"""Characters of a path whose class is remembered: of longer ones, somebody could send many."""


class RouteClass(Protocol):
    """What is asked of a class's settings here."""

    @property
    def name(self) -> str: ...
    @property
    def paths(self) -> tuple[str, ...]: ...
    @property
    def methods(self) -> tuple[str, ...]: ...
    @property
    def most(self) -> float: ...
    @property
    def counted(self) -> bool: ...


class _Place(NamedTuple):
    """A class as a map of rooms takes it. It covers every host."""

    name: str
    paths: tuple[str, ...]
    hosts: tuple[str, ...] = ()


class Routes:
    """Finds the class of a method and path: the most specific path wins; of one path, the class that names the method.

    ``classes`` come in the order of importance, with one for all the rest.
    """

    def __init__(self, classes: Sequence[RouteClass]) -> None:
        self._classes = {each.name: (number, each) for number, each in enumerate(classes)}
        named = {method for each in classes for method in each.methods}
        self._maps = {method: _map(classes, method) for method in named | {"GET", ""}}
        self._maps.setdefault("HEAD", self._maps["GET"])
        self._known = lru_cache(_REMEMBERED)(self._search)

    def of(self, scope: Scope) -> int | None:
        """The number of the class of a request, as :meth:`find` tells it."""
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        return self.find(scope["method"], raw_path.decode("latin-1"))

    def find(self, method: str, path: str) -> int | None:
        """The number of the class of a request with that raw path; None for one that does not count.

        A path that different shops would read differently is of no advantage to whoever sends it: of the classes that
        it could be in it has the one that may have least.
        """
        return self._known(method, path) if len(path) <= _SHORT else self._search(method, path)

    def _search(self, method: str, path: str) -> int | None:
        rooms = self._maps.get(method) or self._maps[""]
        found = [self._classes[name] for name in rooms.candidates("", path) if name is not None]
        number, least = min(found, key=lambda each: (not each[1].counted, each[1].most, -each[0]))
        return number if least.counted else None


def _map(classes: Sequence[RouteClass], method: str) -> RoomMap:
    fitting = [each for each in classes if method in each.methods]
    fitting += [each for each in classes if not each.methods]
    return RoomMap(_Place(each.name, each.paths) for each in fitting)
