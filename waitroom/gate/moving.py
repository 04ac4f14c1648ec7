"""Moving from lane to lane."""

from __future__ import annotations

from waitroom.gate.decision import Standing
from waitroom.line.guard import SUSPECTS
from waitroom.line.redeeming import Entitlement
from waitroom.line.room import Room
from waitroom.shaping.moving import is_sooner


def moves(room: Room, right: Entitlement, lane: str, stands: Standing, number: int) -> bool:
    """Whether somebody who waits in ``lane`` gives that place up for one in the lane that they are entitled to: where
    it is as near at least, and while everyone is equal, before an opening."""
    if stands is not Standing.WAITING or right.lane == lane:
        return False
    if lane == SUSPECTS and right.is_for_many:
        # else a campaign's word would be the way out
        return False
    here, there = room.lanes[lane].snapshot, room.lanes[right.lane].snapshot
    return room.is_before_opening or is_sooner(
        ahead=here.ahead(number),
        share=room.share_of(lane),
        waiting_there=there.waiting,
        share_there=room.share_of(right.lane),
    )
