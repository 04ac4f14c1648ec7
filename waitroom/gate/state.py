"""Where a visitor stands: what the page, the JSON and the event stream all tell."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from waitroom.gate.decision import Standing
from waitroom.gate.tokens import EarlierEpochError, Ticket, Token
from waitroom.line.desk import Spot
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules, SoldOut
from waitroom.messages.languages import Wanted
from waitroom.messages.message import Message
from waitroom.shaping.forecast import Estimate
from waitroom.shaping.reason import Reason
from waitroom.support.code import support_code

MIN_REFRESH_SECONDS = 2
MAX_REFRESH_SECONDS = 20
_MOVING = (Mode.AUTO, Mode.QUEUE)


class Notice(StrEnum):
    """Why a place is as it is, where the position alone does not say it."""

    PAUSED = "paused"
    """The line stands still."""
    LATE = "late"
    """The turn came while the visitor was away; they enter as soon as the rate allows."""
    MISSED = "missed"
    """The turn was more than ``keep`` ago; this is a new place."""
    RESTARTED = "restarted"
    """The line was begun anew; this is a new place."""
    BEFORE_OPENING = "before-opening"
    """The door has yet to open; nobody enters before."""
    RESTING = "resting"
    """The visitor lets others pass."""
    SOLD_OUT = "sold-out"
    """There is nothing left for now; the place is kept."""
    MOVED = "moved"
    """The place went to another device."""
    UNAVAILABLE = "unavailable"
    """The line cannot be reached just now; the place is safe."""


class State(NamedTuple):
    """A visitor's state at one moment; the members of the public JSON, in its order."""

    room: str
    state: str
    position: int | None
    ahead: int | None
    waiting: int
    eta: Estimate | None
    eta_reason: Reason | None
    refresh_after: int
    lane: str | None
    number: int | None
    code: str | None
    message: Message
    notice: Notice | None
    opens_at: int | None
    """When the door opens, in milliseconds since 1970; None: it is open, or nothing is planned."""

    rests_in: int | None = None
    """For how many seconds the visitor may still let others pass; None: they do not."""

    @property
    def opens_in(self) -> float | None:
        """Seconds until the door opens, by the gateway's clock: a visitor's own may be wrong by days."""
        return None if self.opens_at is None else max(round(self.opens_at / 1000 - time.time(), 1), 0.0)

    def members(self, languages: Wanted = ()) -> dict[str, object]:
        """As the JSON tells it to somebody who wants these languages."""
        message = self.message.to(languages)
        return {
            "room": self.room,
            "state": self.state,
            "position": self.position,
            "ahead": self.ahead,
            "waiting": self.waiting,
            "eta_seconds": self.eta and self.eta.seconds,
            "eta_range": self.eta and [self.eta.low, self.eta.high],
            "eta_reason": self.eta_reason,
            "refresh_after": self.refresh_after,
            "lane": self.lane,
            "number": self.number,
            "code": self.code,
            "message": message.text,
            "message_language": message.language or None,
            "notice": self.notice,
            "opens_at": self.opens_at and utc_text(self.opens_at),
            "opens_in": self.opens_in,
            "rests_in": self.rests_in,
        }

    def step(self) -> bytes:
        """What has changed where somebody has but come forward, as JSON text."""
        told: dict[str, object] = {"position": self.position, "waiting": self.waiting}
        if self.eta:
            told["eta_range"] = [self.eta.low, self.eta.high]
        if self.eta_reason:
            told["eta_reason"] = self.eta_reason
        return to_json(told)

    def to_json(self, languages: Wanted = ()) -> bytes:
        """The members as JSON text."""
        return to_json(self.members(languages))


def number_of(room: Room, ticket: Token) -> int:
    """The number of a genuine ticket in this life of the line. Raises :class:`EarlierEpochError`."""
    lane = room.lanes.get(ticket.lane)
    number = lane.snapshot.resolve(ticket.epoch, ticket.number) if lane else None
    if number is None:
        raise EarlierEpochError(f"of epoch {ticket.epoch}, lane {ticket.lane}; this is {room.head.epoch}")
    return number


def spot_of(room: Room, ticket: Token) -> Spot | None:
    """The place that a genuine ticket stands for in this life of the line; None: none any more."""
    try:
        return Spot(ticket.lane, number_of(room, ticket))
    except EarlierEpochError:
        return None


def now_held(room: Room, ticket: Ticket) -> Ticket:
    """The ticket, or where the support desk has given an earlier place back for it, one of that."""
    if not room.helped.switched or (spot := spot_of(room, ticket)) is None:
        return ticket
    now = room.helped.now(spot)
    if now == spot:
        return ticket
    return Ticket(room.name, room.head.epoch, now.lane, now.number, ticket.at, room.hands.newest(now))


def standing(room: Room, ticket: Ticket | None) -> tuple[Standing, int]:
    """How a genuine ticket stands by the snapshot, and its number in this life of the line."""
    if ticket is None:
        return Standing.NONE, 0
    try:
        number = number_of(room, ticket)
    except EarlierEpochError:
        return Standing.NONE, 0
    snapshot = room.lanes[ticket.lane].snapshot
    if room.is_called_alone(ticket.lane, number):
        return Standing.CALLED, number
    if number in snapshot.resting and not snapshot.is_used(number) and room.rules.mode is not Mode.PASS:
        return Standing.WAITING, number
    if snapshot.knows_turn(number):
        if snapshot.is_late(number):
            return Standing.LATE, number
        if snapshot.is_called(number):
            return Standing.CALLED, number
    if snapshot.is_used(number):
        # in a room that lets everyone pass, tickets are used before they are called
        return (Standing.CALLED if room.rules.mode is Mode.PASS else Standing.LEFT), number
    return Standing.WAITING, number


def state_of(room: Room, stands: Standing, number: int, lane: str, notice: Notice | None = None) -> State:
    """The state of the holder of ``number``, from the snapshot alone."""
    rules, head, of_lane = room.rules, room.head, room.lanes[lane]
    snapshot = of_lane.snapshot
    code = support_code(room.name, snapshot.head.epoch, lane, number)
    sold_out = SoldOut.NO if rules.mode in (Mode.PASS, Mode.CLOSED) else rules.sold_out
    if room.is_away:
        notice = notice or Notice.UNAVAILABLE
    elif head.opens > 0 and rules.mode is not Mode.PASS:
        notice = notice or Notice.BEFORE_OPENING
    elif sold_out is SoldOut.YES:
        notice = notice or Notice.SOLD_OUT
    elif rules.mode is Mode.PAUSE:
        notice = notice or Notice.PAUSED
    elif stands is Standing.LATE:
        notice = notice or Notice.LATE
    rests_ms = snapshot.resting.get(number) if stands is Standing.WAITING else None
    if rests_ms is not None:
        notice = notice or Notice.RESTING
    if sold_out is not SoldOut.NO:
        notice = notice or Notice.SOLD_OUT
    if stands is Standing.LEFT:
        return plain_state(room, "left", notice)._replace(lane=lane, number=number, code=code)
    if rules.mode is Mode.CLOSED:
        name, ahead = "closed", None
    elif rules.mode is Mode.PASS or (stands is Standing.CALLED and not rules.is_halted):
        name, ahead = "called", 0
    else:
        name, ahead = "waiting", snapshot.ahead(number) if _is_known(snapshot.head) else None
    if room.awaits_draw or not snapshot.knows_turn(number):
        # everyone is equal until the draw, and a place that was told is never taken back
        ahead = None
    outlook = of_lane.outlook
    eta = (
        outlook.estimate(ahead)
        if ahead is not None and rules.mode in _MOVING and not rules.is_halted
        else None
    )
    # of a line that moves again, the last outlook may still be that of the pause
    reason = Reason.PAUSED if rules.mode is Mode.PAUSE else None
    if reason is None and name == "waiting" and outlook.reason is not Reason.PAUSED:
        reason = outlook.reason
    if name == "waiting" and notice is not Notice.BEFORE_OPENING and _stands_still(rules):
        reason = Reason.STOPPED
    if name != "closed" and room.is_helped(lane, number):
        reason = Reason.SUPPORT
    return State(
        room=room.name,
        state=name,
        position=None if ahead is None else ahead + 1,
        ahead=ahead,
        waiting=room.waiting,
        eta=eta,
        eta_reason=reason,
        refresh_after=refresh_after(room, eta),
        lane=lane,
        number=number,
        code=code,
        message=rules.said,
        notice=notice,
        opens_at=head.opens or None,
        rests_in=None if rests_ms is None else rests_ms // 1000,
    )


def _stands_still(rules: Rules) -> bool:
    """Whether a line that would move does not, for its rate is nought."""
    return rules.mode in _MOVING and not rules.is_halted and not rules.rate


def _is_known(head: Head) -> bool:
    """Whether positions can be told: not before the first look, nor while the holders of lost tickets come back."""
    return head.epoch > 0 and head.clock >= head.hold


def plain_state(room: Room, name: str, notice: Notice | None = None) -> State:
    """The state of a visitor without a place."""
    return State(
        room=room.name,
        state=name,
        position=None,
        ahead=None,
        waiting=room.waiting,
        eta=None,
        eta_reason=None,
        refresh_after=refresh_after(room, None),
        lane=None,
        number=None,
        code=None,
        message=room.rules.said,
        notice=notice,
        opens_at=room.opens_ms or None,
    )


def utc_text(at_ms: int) -> str:
    """A moment as the JSON tells it: RFC 3339, in UTC, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refresh_after(room: Room, eta: Estimate | None) -> int:
    """Seconds until the visitor should ask again: seldom far back, often near the door, never so seldom that
    they would count as absent."""
    wanted = eta.seconds / 10 if eta else MAX_REFRESH_SECONDS / 2
    least, most = _refresh_bounds(room.rules.presence_ms)
    return int(min(max(wanted, least), most))


@lru_cache(64)
def _refresh_bounds(presence_ms: int) -> tuple[float, float]:
    most = max(min(MAX_REFRESH_SECONDS, presence_ms / 3000), 1)
    return min(MIN_REFRESH_SECONDS, most), most
