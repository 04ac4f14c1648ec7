"""Which room does a request belong to?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Protocol
from urllib.parse import unquote

from waitroom.errors import BadRequestError
from waitroom.proxy import Visitor

_DECODINGS = 5
"""How often a path is percent-decoded at most: what is still encoded then is taken as it stands."""


_DOTS = frozenset({".", ".."})
# Some cut off what follows a ; before they look for encoded slashes in it (Tomcat).
_HIDDEN = re.compile(r"\\|%(?:25)*+(?:2f|5c)", re.IGNORECASE)
# What shops read in different ways, plainly written or encoded; and what nobody has to encode, of which some shops
# compare the code (RFC 3986 section 6.2.2.2).
_UNCLEAR = re.compile(
    r"[^!-~]|[\\;#?]|//|%(?![0-9a-f]{2})"
    r"|%(?:[01][0-9a-f]|2[35def]|3[0-9bf]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])",
    re.IGNORECASE,
)
_REMEMBERED = 8192
_SHORT = 256
"""Characters of a path whose room is remembered: of longer ones, somebody could send many."""


class AmbiguousPathError(BadRequestError):
    """A path of which nobody can say in which room it is."""


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


def normalise_path(path: str) -> str:
    """A path as it is compared, so that no spelling of it walks around a room.

    Percent-decoded until nothing changes, back slashes as slashes, what follows a ``;``, ``?`` or ``#`` in a
    segment cut off, empty and dot segments resolved (RFC 3986 section 5.2.4), lower case. Errs towards the
    room: a path that some shop may read as ``/drop`` counts as ``/drop``.
    """
    return _resolved(_decoded(path, _DECODINGS))


def readings(path: str) -> frozenset[str]:
    """The paths that different shops may read in this one.

    They decode once or again, and resolve dot segments or take them as names. Browsers and HTTP clients send
    none of what makes the difference; whoever does is up to something.
    """
    return frozenset(
        _resolved(decoded) if resolve else "/" + "/".join(_segments(decoded))
        for decoded in {_decoded(path, 1), _decoded(path, _DECODINGS)}
        for resolve in (True, False)
    )


def clear_path(path: str) -> str | None:
    """What every shop reads in this raw path, percent-decoded; None where some may read another.

    The opposite of :func:`readings`: there a doubt leads into the room, here it must not lead around it. Case counts,
    and a slash at the end.
    """
    return _known_clear(path) if len(path) <= _SHORT else _clear(path)


def _clear(path: str) -> str | None:
    if not path.startswith("/") or _UNCLEAR.search(path):
        return None
    try:
        decoded = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return None
    # a full-width slash or dot is one for those who normalise first
    folded = decoded if decoded.isascii() else unicodedata.normalize("NFKC", decoded)
    if folded != decoded and (_FOLDED.search(folded) or folded.count("/") != decoded.count("/")):
        return None
    # Windows drops dots and spaces at the end of a name, so that more than .. leads upwards
    if any(name and not name.strip(". ") for name in folded.split("/")):
        return None
    return decoded


_FOLDED = re.compile(r"[\\;%?#\x00-\x1f\x7f]")
_known_clear = lru_cache(_REMEMBERED)(_clear)


def _decoded(path: str, times: int) -> str:
    for _ in range(times):
        decoded = unquote(path, errors="replace").casefold()
        if decoded == path:
            break
        path = decoded
    return path


def _segments(path: str) -> list[str]:
    # a ? here was encoded, and so ends nothing: dot segments behind it still count for the shop
    names = (re.split("[;?#]", segment, maxsplit=1)[0] for segment in re.split(r"[/\\]+", path))
    return [name for name in (name.strip("\0\t\r\n ") for name in names) if name]


def _resolved(path: str) -> str:
    kept: list[str] = []
    for name in _segments(path):
        if name == "..":
            del kept[-1:]
        elif name != ".":
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

    def lies_along(self, names: Iterable[str]) -> bool:
        """Whether a path of this rule is left when some of these names are taken out."""
        rest = iter(names)
        alike = self.wildcard and not self.below
        return all(
            any(name == wanted or (alike and name.startswith(wanted)) for name in rest)
            for wanted in self.path.split("/")
            if wanted
        )

    def matches(self, host: str, path: str) -> bool:
        if self.host and self.host != host:
            return False
        if path == self.path:
            return True
        return self.wildcard and path.startswith(self._prefix)

    @property
    def _prefix(self) -> str:
        return self.path + "/" if self.below and self.path != "/" else self.path

    @property
    def rank(self) -> tuple[bool, int, bool, bool]:
        """The most specific first: a host before any host, the longer path; of one path, itself before all
        below it before all that begin alike."""
        return (
            not self.host,
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
        self._known = lru_cache(_REMEMBERED)(self._search)
        self._known_of = lru_cache(_REMEMBERED)(self._of)

    def of(self, visitor: Visitor, path: str) -> str | None:
        """The name of the room of a raw path, by the host that was asked for. The shop sees the one in ``Host``, and a
        proxy in front may tell another: whichever is of a room counts. Raises :class:`BadRequestError`."""
        found = self._known_of if len(path) <= _SHORT else self._of
        return found(visitor.asked, visitor.host, path)

    def _of(self, asked: bytes, told: bytes, path: str) -> str | None:
        if not asked:
            raise BadRequestError("A request must have exactly one Host.")
        name = self.find(asked.decode("latin-1"), path)
        if told == asked:
            return name
        other = self.find(told.decode("latin-1"), path)
        if name is not None and other is not None and name != other:
            raise AmbiguousPathError("Host and X-Forwarded-Host lead to different rooms.")
        return name or other

    def find(self, host: str, path: str) -> str | None:
        """The name of the room of a raw host and path; None where no room stands.

        A path that only some shops would read as one of a room is in that room. Raises
        :class:`AmbiguousPathError` where different shops would read paths of different rooms.
        """
        return self._known(host, path) if len(path) <= _SHORT else self._search(host, path)

    def candidates(self, host: str, path: str) -> set[str | None]:
        """The names of all rooms that some shop may read in a raw host and path; None: of no room."""
        at = normalise_host(host)
        found = {self._room_at(at, reading) for reading in readings(path)}
        names = _segments(_decoded(path, _DECODINGS))
        if not _DOTS.isdisjoint(names) or _hides_a_slash(path):
            found |= self._rooms_along(at, names)
        return found

    def _search(self, host: str, path: str) -> str | None:
        found = self.candidates(host, path) - {None}
        if len(found) > 1:
            raise AmbiguousPathError("The path can be read in several ways, which lead to different rooms.")
        return found.pop() if found else None

    def _rooms_along(self, host: str, names: list[str]) -> set[str]:
        """The rooms that a path may lead to when nobody knows which of its names take away which others."""
        found = set()
        for rule in self._rules:
            if rule.host in ("", host) and rule.lies_along(names):
                found.add(rule.room)
                if rule.path == "/" and rule.wildcard:
                    break  # no rule after this one ever counts
        return found

    def _room_at(self, host: str, path: str) -> str | None:
        return next((rule.room for rule in self._rules if rule.matches(host, path)), None)


def _hides_a_slash(path: str) -> bool:
    return any(
        (at := segment.find(";")) >= 0 and _HIDDEN.search(segment, at) is not None
        for segment in path.split("/")
    )


def _rule(room: str, host: str, path: str) -> _Rule:
    return _Rule(
        room=room,
        host=normalise_host(host),
        path=normalise_path(path.rstrip("*")),
        wildcard=path.endswith("*"),
        below=path.endswith("/*"),
    )
