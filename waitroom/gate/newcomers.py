"""The places of newcomers: in which lane, by which right, and what becomes of the ticket they held before."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from typing import Protocol, TypeVar

from waitroom.errors import LineUnavailableError
from waitroom.gate.decision import Standing
from waitroom.gate.entering import REVOKED, Entering
from waitroom.gate.negotiate import Kind
from waitroom.gate.porter import Porter
from waitroom.gate.request import Request
from waitroom.gate.state import Notice, spot_of, state_of
from waitroom.gate.threshold import Threshold
from waitroom.gate.tokens import Ticket
from waitroom.gate.visitor import Brought
from waitroom.line.desk import Spot
from waitroom.line.joins import Place
from waitroom.line.memory import GENERAL
from waitroom.line.redeeming import NO_TICKET, BroughtTicket, Entitlement, Fate, Redemption
from waitroom.line.rules import Mode

_Answer = TypeVar("_Answer")
_EXCHANGED = (Notice.MISSED, Notice.RESTARTED)
"""Why a ticket stands for no place any more by no fault of its holder's."""


class Door(Protocol):
    """What newcomers need of the door: to show it a place that they hold already, and to be looked at anew."""

    def handle(self, request: Request) -> Awaitable[None]: ...
    def claim(
        self, request: Request, brought: Brought, kind: Kind, stands: Standing, number: int
    ) -> Awaitable[None]: ...


class Newcomers:
    """Gives places in the lanes of one room."""

    def __init__(self, threshold: Threshold, entering: Entering, porter: Porter, door: Door) -> None:
        self.entering = entering
        self._threshold = threshold
        self._porter = porter
        self._door = door
        self.room = threshold.room
        self.tokens = threshold.tokens

    async def join(
        self,
        request: Request,
        brought: Brought,
        kind: Kind,
        notice: Notice | None,
        over: BroughtTicket = NO_TICKET,
    ) -> None:
        """Gives a place: in the lane that the visitor is entitled to, or the general one. ``over`` is the ticket that
        was brought and is worth nothing any more."""
        if self.room.rules.mode is Mode.PASS:
            await self._join(request, brought, kind, notice, over)
        elif await self._porter.begin(request, kind):
            try:
                await self._join(request, brought, kind, notice, over)
            finally:
                self._porter.end(request)

    async def _join(
        self, request: Request, brought: Brought, kind: Kind, notice: Notice | None, over: BroughtTicket
    ) -> None:
        shown = self.entering.shown(request)
        right = shown.entitlement
        if self.entering.bars(shown) and self.room.rules.mode is not Mode.PASS:
            await self.entering.require(request, shown.refused)
            return
        lane: str | None = GENERAL
        if right is None or right.is_for_many:
            lane = await self._lane(request, kind, brought.ticket if notice in _EXCHANGED else None)
        if lane is None:
            return
        if right is not None and lane == GENERAL:
            await self.redeem(request, brought, kind, notice, right, over)
        else:
            await self._join_lane(request, brought, kind, notice, lane)

    async def redeem(
        self,
        request: Request,
        brought: Brought,
        kind: Kind,
        notice: Notice | None,
        right: Entitlement,
        ticket: BroughtTicket,
    ) -> None:
        """Gives the place that a right stands for, or the one that its holder has by it already."""
        may_stay = ticket.number > 0 and ticket.fate is Fate.LIVE
        try:
            redeemed = await self._answered(request, self.room.redeem(right, ticket))
        except LineUnavailableError:
            if may_stay:
                await self._threshold.stay(request, brought, kind, Standing.WAITING, ticket.number)
            else:
                await self._threshold.without_line(request, brought, kind)
            return
        number, lane, head = redeemed.number, redeemed.lane, redeemed.head
        match redeemed.outcome:
            case Redemption.NEW:
                place = Place(number, redeemed.admitted, head)
                await self._seat(request, brought, kind, notice, lane, place)
            case Redemption.HELD:
                # taken in another browser, or with another invitation: the door knows how it stands
                held = brought._replace(ticket=self.tokens.ticket(number, lane, head.epoch))
                await self._door.claim(request, held, kind, Standing.CALLED, number)
            case Redemption.STALE:
                await self._door.handle(request)
            case outcome if not right.is_claim and self.room.rules.mode is not Mode.PASS:
                await self.entering.take_back(request, outcome)
            case _ if may_stay:
                await self._threshold.stay(request, brought, kind, Standing.WAITING, ticket.number)
            case _ if self.entering.invitations.invite_only and self.room.rules.mode is not Mode.PASS:
                await self.entering.require(request, REVOKED)
            case _:
                if (general := await self._lane(request, kind, None)) is not None:
                    await self._join_lane(request, brought, kind, notice, general)

    async def _join_lane(
        self, request: Request, brought: Brought, kind: Kind, notice: Notice | None, lane: str
    ) -> None:
        try:
            place = await self._answered(request, self.room.join(lane))
        except LineUnavailableError:
            await self._threshold.without_line(request, brought, kind)
            return
        await self._seat(request, brought, kind, notice, lane, place)

    async def _answered(self, request: Request, asked: Awaitable[_Answer]) -> _Answer:
        """What Redis says. With that a newcomer is in hand no more: what follows may be the shop's, which takes its
        time."""
        try:
            return await asked
        finally:
            self._porter.end(request)

    async def _seat(
        self, request: Request, brought: Brought, kind: Kind, notice: Notice | None, lane: str, place: Place
    ) -> None:
        """Hands a new place out."""
        await self._link(brought, lane, place)
        request.counters.joined(lane, admitted=place.admitted)
        ticket = self.tokens.ticket(place.number, lane, place.head.epoch)
        if place.admitted:
            admission = self.tokens.admit(place.number, lane, place.head.epoch)
            await self._threshold.let_in(request, brought, admission, new_ticket=ticket, new_pass=admission)
            return
        state = state_of(self.room, Standing.WAITING, place.number, lane, notice)
        await self._threshold.hold(request, brought, kind, state, ticket)

    async def _link(self, brought: Brought, lane: str, place: Place) -> None:
        """Notes which place the visitor had before, so that the support desk can give it back."""
        before = brought.ticket or brought.former
        spot = spot_of(self.room, before) if before is not None and not place.admitted else None
        if spot is None or spot == Spot(lane, place.number):
            return
        # without Redis the new place stands all the same
        with suppress(LineUnavailableError):
            await self.room.follow(spot, lane, place.number)

    async def _lane(self, request: Request, kind: Kind, exchanged: Ticket | None) -> str | None:
        """The lane in which a newcomer joins; None where they may not, and were told so."""
        rules = self.room.rules
        if not rules.guard.screens or rules.mode is Mode.PASS:
            return GENERAL
        holding = self._threshold.is_holding or rules.mode is not Mode.AUTO
        return await self._porter.lane(request, kind, holding=holding, exchanged=exchanged)
