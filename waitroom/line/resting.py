"""What comes of the wish to let others pass."""

from __future__ import annotations

from enum import StrEnum


class Resting(StrEnum):
    """The words of ``scripts/rest.lua`` and ``scripts/ready.lua``."""

    DONE = "done"
    AGAIN = "again"
    """It rested before; of who wants to be ready: it does not rest."""
    FULL = "full"
    """Too many did, in this life of the line."""
    UNOPENED = "unopened"
    """Before an opening nobody passes anybody."""
    STALE = "stale"
    """It was read in another life of the line."""
    OVER = "over"
    """It is no place in line any more."""

    @classmethod
    def of(cls, reply: str) -> Resting:
        """As the scripts write it: how the place stands, where that is in the way."""
        return cls(reply) if reply in cls._value2member_map_ else cls.OVER
