"""What is to be published of a room's draws, by what a worker has seen of its events."""

from __future__ import annotations

from waitroom.line.draw import FIRST_DIGEST, AnnouncedDraw, DrawRecord, PublishedDraws
from waitroom.line.lane import Lane
from waitroom.line.plan import Step
from waitroom.line.room import Room


def draws_of(room: Room) -> PublishedDraws:
    """The draw of the event that the room is in, or was in last, and the next one that is planned."""
    event, lanes = room.event, room.lanes.values()
    if event.commitment and not event.seed:
        return PublishedDraws(announced=tuple(_under_way(room, lane) for lane in lanes))
    begin = room.plan.next_begin
    announced = tuple(_planned(room, lane, begin) for lane in lanes) if begin and begin.commitment else ()
    held = tuple(_held(room, lane) for lane in lanes if lane.head.drawn_count) if event.seed else ()
    return PublishedDraws(announced, held)


def _planned(room: Room, lane: Lane, begin: Step) -> AnnouncedDraw:
    return AnnouncedDraw(
        room=room.name,
        event=begin.event,
        lane=lane.name,
        opens_at=begin.opens_ms,
        commitment=begin.commitment,
        digest=FIRST_DIGEST,
        issued=0,
    )


def _under_way(room: Room, lane: Lane) -> AnnouncedDraw:
    return AnnouncedDraw(
        room=room.name,
        event=room.event.name,
        lane=lane.name,
        opens_at=room.head.opens or None,
        commitment=room.event.commitment,
        digest=room.event.digest,
        issued=lane.head.issued,
    )


def _held(room: Room, lane: Lane) -> DrawRecord:
    event = room.event
    return DrawRecord.reveal(
        bytes.fromhex(event.seed),
        event.digest,
        room=room.name,
        event=event.name,
        lane=lane.name,
        opened_at=event.opened_at,
        first=lane.head.drawn_first,
        count=lane.head.drawn_count,
        committed=event.commitment,
    )
