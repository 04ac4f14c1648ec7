"""Why the estimate is another one than before."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What the room says when its estimates move by more than time passes."""

    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    """The rate is nought: nobody is let in, in a mode that lets people in."""
    RATE_LOWERED = "rate lowered"
    RATE_RAISED = "rate raised"
    CAPACITY_LOWERED = "capacity lowered"
    CAPACITY_RAISED = "capacity raised"
    OPENING_MOVED = "opening moved"
    SCHEDULE_CHANGED = "schedule changed"
    SHOP_SLOW = "shop slow"
    """Fewer are let in than before, though the rules are the same."""
    SHOP_FASTER = "shop faster"
    OTHER_LANES = "other lanes"
    """Another lane has its share again, for somebody stands in it."""
    OTHERS_BACK = "others back"
    """Some who stand before this visitor, and were away, are back."""
    OTHERS_FIRST = "others first"
    """The support desk has brought somebody to the front."""
    SUPPORT = "support"
    """The support desk has given this visitor the place back, or brought it to the front."""
