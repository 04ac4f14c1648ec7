"""Whether somebody who waits in one lane is let in sooner by moving to the end of another. Pure."""

from __future__ import annotations


def is_sooner(*, ahead: int, share: float, waiting_there: int, share_there: float) -> bool:
    """Whether the end of the other lane is at least as near as the place that is held.

    A lane with ``share`` of the admissions calls ``ahead`` people in a time of ``ahead / share``; the two times are
    compared without a division, for a lane may be given nothing.
    """
    return waiting_there * share <= ahead * share_there and (share_there > 0 or share == 0)
