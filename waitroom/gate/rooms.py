"""Which room does a request belong to?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Protocol
from urllib.parse import unquote

_DECODINGS = 5
"""How often a path is percent-decoded at most: what is still encoded then is taken as it stands."""


class Place(Protocol):
    """What is asked of a room's settings here."""

    @property
    def name(self) -> str: ...
    @property
    def hosts(self) -> tuple[str, ...]: ...
    @property
    def paths(self) -> tuple[str, ...]: ...


def normalise_host(host: str) -> str:
    """A host as it is compared: lower case, without port and final dot, an IPv6 address without brackets."""
    host = host.strip().lower()
    bracketed = host.startswith("[")
    literal = host[1:].partition("]")[0] if bracketed else host
    if bracketed or literal.count(":") > 1:
        with suppress(ValueError):
            return str(IPv6Address(literal))
    return host.partition(":")[0].rstrip(".")


@lru_cache(4096)
def normalise_path(path: str) -> str:
    """A path as it is compared, so that no spelling of it walks around a room.

    Percent-decoded until nothing changes, back slashes as slashes, what follows a ``;``, ``?`` or ``#`` in a
    segment cut off, empty and dot segments resolved (RFC 3986 section 5.2.4), lower case. Errs towards the
    room: a path that some shop may read as ``/drop`` counts as ``/drop``.
    """
    for _ in range(_DECODINGS):
        decoded = unquote(path, errors="replace").casefold()
        if decoded == path:
            break
        path = decoded
    kept: list[str] = []
    for segment in re.split(r"[/\\]+", path):
        # a ? here was encoded, and so ends nothing: dot segments behind it still count for the shop
        name = re.split("[;?#]", segment, maxsplit=1)[0].strip("\0\t\r\n ")
        if name == "..":
            kept = kept[:-1]
        elif name not in ("", "."):
            kept.append(name)
    return "/" + "/".join(kept)


@dataclass(frozen=True, slots=True)
class _Rule:
    room: str
    host: str
    path: str
    wildcard: bool
    """``/drop/*`` covers /drop and all below it, ``/drop*`` all that begin alike."""
    below: bool

    def matches(self, host: str, path: str) -> bool:
        if self.host and self.host != host and not self._covers(host):
            return False
        if path == self.path:
            return True
        return self.wildcard and path.startswith(self._prefix)

    @property
    def _prefix(self) -> str:
        return self.path + "/" if self.below and self.path != "/" else self.path

    def _covers(self, host: str) -> bool:
        return self.host.startswith("*.") and host.endswith(self.host[1:])

    @property
    def rank(self) -> tuple[bool, bool, int, int, bool, bool]:
        """The most specific first: a host before any host, a whole host before a wildcard, the longer path;
        of one path, itself before all below it before all that begin alike."""
        return (
            not self.host,
            self.host.startswith("*."),
            -len(self.host),
            -len(self.path),
            self.wildcard,
            not self.below,
        )


class RoomMap:
    """Finds the room of a host and path: the most specific that matches wins."""

    def __init__(self, places: Iterable[Place]) -> None:
        rules = [
            _rule(place.name, host, path)
            for place in places
            for host in place.hosts or ("",)
            for path in place.paths or ("/*",)
        ]
        self._rules = sorted(rules, key=lambda rule: rule.rank)
        self.find = lru_cache(8192)(self._find)

    def _find(self, host: str, path: str) -> str | None:
        """The name of the room of a raw host and path; None where no room stands."""
        at, wanted = normalise_host(host), normalise_path(path)
        return next((rule.room for rule in self._rules if rule.matches(at, wanted)), None)


def _rule(room: str, host: str, path: str) -> _Rule:
    return _Rule(
        room=room,
        host=normalise_host(host),
        path=normalise_path(path.rstrip("*")),
        wildcard=path.endswith("*"),
        below=path.endswith("/*"),
    )
