"""The names of a room's keys in Redis."""

from __future__ import annotations

from collections.abc import Iterable

VERSION = 1
"""Part of every key: gateways of two versions that differ in what they keep never share a key."""

SEEN_SLOTS = 4


def room_keys(room: str, lanes: Iterable[str]) -> list[str]:
    """All keys of ``room`` with its lanes, in the order of ``KEYS`` in ``scripts/lib/state.lua``.

    They share the hash tag ``{room}``, and so one cluster slot.
    """
    prefix = f"waitroom:{VERSION}:{{{room}}}"
    of_room = ("room", "rules", "sessions", "granted", "ended", "log", "plan")
    keys = [f"{prefix}:{name}" for name in of_room]
    for lane in lanes:
        of_lane = f"{prefix}:lane:{lane}"
        keys += [
            of_lane,
            *(f"{of_lane}:{name}" for name in ("late", "calls", "used")),
            *(f"{of_lane}:seen:{slot}" for slot in range(SEEN_SLOTS)),
            f"{of_lane}:lapsed",
        ]
    return keys


def redeem_keys(room: str) -> list[str]:
    """The keys of ``scripts/redeem.lua`` behind those of the line, in its order."""
    return [f"waitroom:{VERSION}:{{{room}}}:{name}" for name in ("holders", "uses", "redeemed", "revoked")]


def totals_key(room: str) -> str:
    """The sums of what all workers counted of a room."""
    return f"waitroom:{VERSION}:{{{room}}}:totals"


def told_key(room: str, worker: str) -> str:
    """The number of what a worker added to them last."""
    return f"{totals_key(room)}:{worker}"


WORKERS_KEY = f"waitroom:{VERSION}:workers"
"""A hash of all workers that keep rooms, by their names."""
