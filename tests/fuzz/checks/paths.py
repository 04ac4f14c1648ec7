"""The room of a path: whatever a shop reads, nobody walks around the room."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tests.fuzz.shops import SHOPS
from waitroom.gate.rooms import AmbiguousPathError, RoomMap, normalise_path
from waitroom.settings import RoomSettings

PATTERNS = {
    "drop": "/drop/*",
    "vip": "/drop/vip/*",
    "sale": "/sale*",
    "gate": "/a/gate",
    "blue": "/a b/blaü/*",
}
"""Rooms below rooms, of a prefix, of one path alone, and with letters that have to be encoded."""
_ROOMS = RoomMap([RoomSettings(name=name, paths=(pattern,)) for name, pattern in PATTERNS.items()])


def check_path(path: str) -> None:
    """The room of a path is that of every shop's reading of it, or it is refused as ambiguous.

    Args:
        path: as it is in the request line, without its query; any text at all must not break it.
    """
    assert normalise_path(path).startswith("/")
    try:
        found = _ROOMS.find("shop.example", path)
    except AmbiguousPathError:
        return
    for shop in SHOPS:
        read = shop(path)
        room = _room_as_written(read)
        if room in (None, found) or _room_as_written(_loosely(read)) == found:
            continue
        raise AssertionError(
            f"{path!r} is {read!r} to a shop that {shop.__doc__} so of the room {room}, but was found in {found}"
        )


def _loosely(read: str) -> str:
    """What a reading is another spelling of: a visitor who means it waits where that waits."""
    for _ in range(5):
        read = unquote(read)
    names = (re.split("[;?#]", name)[0].strip("\0\t\r\n ") for name in re.split(r"[/\\]+", read))
    return "/" + "/".join(name for name in names if name)


def _room_as_written(read: str) -> str | None:
    """The room that an operator means a path to be in: written here anew, from the manual."""
    path = read.casefold()
    inside = {
        name: len(pattern) for name, pattern in PATTERNS.items() if _is_covered(path, pattern.casefold())
    }
    return max(inside, key=inside.__getitem__, default=None)


def _is_covered(path: str, pattern: str) -> bool:
    if pattern.endswith("/*"):
        return path == pattern[:-2] or path.startswith(pattern[:-1])
    if pattern.endswith("*"):
        return path.startswith(pattern[:-1])
    return path in (pattern, pattern + "/")
