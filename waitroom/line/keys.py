"""The names of a room's keys in Redis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

VERSION = 1
"""Part of every key: gateways of two versions that differ in what they keep never share a key."""

SEEN_SLOTS = 4


class RoomKeys(NamedTuple):
    """The keys of a room that are not of a lane, in the order of ``KEYS`` in ``scripts/lib/state.lua``."""

    room: str
    rules: str
    sessions: str
    granted: str
    ended: str
    log: str
    plan: str
    desk: str
    followed: str
    hands: str

    @classmethod
    def of(cls, room: str) -> RoomKeys:
        """Those of the room of that name."""
        return cls._make(f"{_prefix(room)}:{name}" for name in cls._fields)


def lane_keys(room: str, lane: str) -> list[str]:
    """The keys of one lane, in the order of the scripts: the first is its hash."""
    of_lane = f"{_prefix(room)}:lane:{lane}"
    return [
        of_lane,
        *(f"{of_lane}:{name}" for name in ("late", "calls", "used")),
        *(f"{of_lane}:seen:{slot}" for slot in range(SEEN_SLOTS)),
        *(f"{of_lane}:{name}" for name in ("lapsed", "left", "summoned", "resting")),
    ]


def room_keys(room: str, lanes: Iterable[str]) -> list[str]:
    """All keys of ``room`` with its lanes, in the order of ``KEYS`` in ``scripts/lib/state.lua``.

    They share the hash tag ``{room}``, and so one cluster slot.
    """
    return [*RoomKeys.of(room), *(key for lane in lanes for key in lane_keys(room, lane))]


def redeem_keys(room: str) -> list[str]:
    """The keys of ``scripts/redeem.lua`` behind those of the line, in its order."""
    return [f"{_prefix(room)}:{name}" for name in ("holders", "uses", "redeemed", "revoked")]


def totals_key(room: str) -> str:
    """The sums of what all workers counted of a room."""
    return f"{_prefix(room)}:totals"


def told_key(room: str, worker: str) -> str:
    """The number of what a worker added to them last."""
    return f"{totals_key(room)}:{worker}"


def waits_key(room: str) -> str:
    """Those who wait, by when they came, as they were counted last."""
    return f"{_prefix(room)}:waits"


def feedback_key(room: str, hour: int) -> str:
    """What was counted of waits and answers in an hour, by its number since 1970."""
    return f"{_prefix(room)}:feedback:{hour}"


def answered_key(room: str, epoch: int, lane: str) -> str:
    """The bitmap of those tickets of a lane, in one life of the line, that have answered."""
    return f"{_prefix(room)}:answered:{epoch}:{lane}"


WORKERS_KEY = f"waitroom:{VERSION}:workers"
"""A hash of all workers that keep rooms, by their names."""


def _prefix(room: str) -> str:
    return f"waitroom:{VERSION}:{{{room}}}"
