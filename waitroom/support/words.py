"""What the support desk is told in words."""

from __future__ import annotations

from collections.abc import Mapping

from waitroom.line.desk import Fate, Help
from waitroom.support.place import Located

FATES: Mapping[Fate | None, str] = {
    Fate.WAITING: "waits in line",
    Fate.CALLED: "was called, and may come in",
    Fate.GRANTED: "is being let in",
    Fate.LATE: "was called, and waits for the rate or for room",
    Fate.INSIDE: "is in the shop",
    Fate.MISSED: "has missed its turn",
    Fate.LEFT: "was given up",
    Fate.FINISHED: "was used: the shop has ended the visit",
    Fate.SPENT: "was used up: the visit is over, or another place was taken for it",
    Fate.SETTLED: "was settled long ago",
    Fate.UNKNOWN: "was never given out",
    None: "is of an earlier life of the line, which was begun anew since",
}
"""How a place stands."""
_HELPS: Mapping[Help, str] = {
    Help.STALE: "the line has changed this very moment: try again",
    Help.FULL: "the desk has helped 10,000 in this life of the line, which is all that it may",
    Help.UNOPENED: "before the opening nobody is called: everyone has the same chance then",
    Help.STILL: "its lane never moves, so it has no front",
}


def refused(place: Located, why: Help | Fate | None, other: Located | None = None) -> str:
    """Why the desk cannot help with a place. ``other`` is the one that is in the way."""
    if isinstance(why, Help):
        return f"{place}: {_HELPS[why]}"
    about = other or place
    its = f", and its holder has {about} since, which" if other not in (None, place) else ""
    return f"{place}{its} {FATES[why]}"
