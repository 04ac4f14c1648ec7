"""The door of one room: acts on the decision."""

from __future__ import annotations

import logging

from waitroom.errors import LineUnavailableError
from waitroom.gate.bypass import Bypass
from waitroom.gate.decision import Decision, Facts, Standing, decide
from waitroom.gate.entering import REVOKED, Entering
from waitroom.gate.inside import Inside
from waitroom.gate.moving import moves
from waitroom.gate.negotiate import Kind
from waitroom.gate.porter import Porter
from waitroom.gate.request import Request
from waitroom.gate.returns import Returns
from waitroom.gate.state import Notice, State, number_of, plain_state, standing, state_of
from waitroom.gate.tokens import EarlierEpochError, ExpiredTokenError, Pass, Ticket
from waitroom.gate.visitor import Brought, Tokens
from waitroom.gate.waiting import Waiting
from waitroom.line.joins import Place
from waitroom.line.memory import GENERAL
from waitroom.line.redeeming import NO_TICKET, BroughtTicket, Entitlement, Fate, Redemption
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.ticket import Outcome
from waitroom.record.live import LiveFairness
from waitroom.shaping.sharing import Sharing

_EXCHANGED = (Notice.MISSED, Notice.RESTARTED)
"""Why a ticket stands for no place any more by no fault of its holder's."""

logger = logging.getLogger("waitroom.gate")

_KEEPS_OUT = (Decision.JOIN, Decision.WAIT, Decision.UNINVITED, Decision.CLOSED)


class Doorway:
    """Takes a request of its room to the shop, to the line, or to the waiting page."""

    def __init__(
        self,
        room: Room,
        tokens: Tokens,
        inside: Inside,
        waiting: Waiting,
        entering: Entering,
        porter: Porter,
        sharing: Sharing,
        returns: Returns,
        fairness: LiveFairness,
        bypass: Bypass | None = None,
    ) -> None:
        self.room = room
        self.tokens = tokens
        self.waiting = waiting
        self.entering = entering
        self.fairness = fairness
        self._inside = inside
        self._porter = porter
        self._sharing = sharing
        self._returns = returns
        self._bypass = bypass

    async def handle(self, request: Request) -> None:
        """Answers one request to the shop."""
        if self._returns.may_be(request) and not await self._returns.open(request):
            await self.waiting.redirect(request)
            return
        brought = self.tokens.read(request.scope)
        if brought.refused is not None:
            logger.debug("room %s: %s: %s", self.room.name, type(brought.refused).__name__, brought.refused)
        if brought.admission is not None:
            self.room.visits.active(brought.session)
            if self.room.rules.guard.networks:
                self._sharing.saw(brought.session, request.visitor.address)
            if brought.renew:
                renewed = self.tokens.renewed(brought.admission)
                await self._let_in(request, brought, renewed, new_pass=renewed)
            else:
                await self._inside.bring(request, brought.admission)
            return
        if self._bypass is not None and await self._bypass.take(request, self._inside):
            return
        kind = request.kind
        seen, number = await self.standing(brought)
        is_news = seen is Standing.WAITING and self._is_news(brought.ticket)
        stands = Standing.CALLED if is_news else seen
        shown = self.entering.shown(request)
        facts = Facts(
            kind,
            self.room.rules.mode,
            inside=False,
            standing=stands,
            holding=self._holding,
            barred=self.entering.bars(shown),
        )
        decision = decide(facts)
        if decision in _KEEPS_OUT and await self._is_still_inside(request, brought, kind, number):
            return
        match decision:
            case Decision.FORWARD:
                await self._inside.bring(request, None)
            case Decision.JOIN:
                await self._join(request, brought, kind, self._lost_place(brought))
            case Decision.CLAIM:
                await self._claim(request, brought, kind, stands, number, shown.entitlement)
            case Decision.WAIT if shown.entitlement and moves(
                self.room, shown.entitlement, brought.lane, seen, number
            ):
                ticket = BroughtTicket(brought.lane, number)
                await self._redeem(request, brought, kind, None, shown.entitlement, ticket)
            case Decision.WAIT:
                await self._stay(request, brought, kind, stands, number)
            case Decision.REFUSE:
                await self.waiting.refuse(request)
            case Decision.UNINVITED:
                await self.entering.require(request, shown.refused)
            case Decision.RETURN:
                await self._send_back(request)
            case Decision.CLOSED:
                await self._hold(request, brought, kind, plain_state(self.room, "closed"), None)

    async def _send_back(self, request: Request) -> None:
        letter = await self._returns.seal(request)
        if letter is None:
            await self.waiting.redirect(request)
        else:
            await self.waiting.hand_back(request, letter)

    async def standing(self, brought: Brought) -> tuple[Standing, int]:
        """How the visitor's ticket stands, and its number. They are present by having asked."""
        ticket = brought.ticket
        if ticket is None:
            return Standing.NONE, 0
        lane = self.room.lanes.get(ticket.lane)
        if lane is None:
            return Standing.NONE, 0
        if lane.is_forgotten(ticket.epoch, ticket.number, ticket.at):
            try:
                await self.room.recall(ticket.lane, ticket.epoch, ticket.number)
            except LineUnavailableError:
                return Standing.WAITING, ticket.number
        found = standing(self.room, ticket)
        if found[0] in (Standing.WAITING, Standing.LATE):
            lane.presence.saw(found[1])
        return found

    def _of_this_life(self, ticket: Ticket | None, number: int) -> Ticket | None:
        """The ticket, or where its number has moved behind those of a line that came back, one that says so."""
        if ticket is None or ticket.epoch == self.room.head.epoch or not self.room.head.epoch:
            return ticket
        return self.tokens.ticket(number, ticket.lane, self.room.head.epoch)

    def _is_news(self, ticket: Ticket | None) -> bool:
        """Whether a ticket is younger than what this worker has seen of the line: then only Redis knows."""
        return ticket is not None and ticket.at > self.room.head.clock

    @property
    def _holding(self) -> bool:
        """Whether a newcomer would have to wait."""
        head, places = self.room.head, self.room.rules.places
        full = 0 < places <= head.sessions + head.granted
        return full or head.tokens < 1 or self.room.waiting > 0 or self.room.is_before_opening

    def _lost_place(self, brought: Brought) -> Notice | None:
        """Why a visitor who holds a genuine ticket is given a new one."""
        if brought.ticket is None:
            return None
        try:
            number_of(self.room, brought.ticket)
        except EarlierEpochError:
            return Notice.RESTARTED
        return None

    async def _join(
        self,
        request: Request,
        brought: Brought,
        kind: Kind,
        notice: Notice | None,
        over: BroughtTicket = NO_TICKET,
    ) -> None:
        """Gives a place: in the lane that the visitor is entitled to, or the general one. ``over`` is the ticket that
        was brought and is worth nothing any more."""
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
            await self._redeem(request, brought, kind, notice, right, over)
        else:
            await self._join_lane(request, brought, kind, notice, lane)

    async def _join_lane(
        self, request: Request, brought: Brought, kind: Kind, notice: Notice | None, lane: str
    ) -> None:
        try:
            place = await self.room.join(lane)
        except LineUnavailableError:
            await self._without_line(request, brought, kind)
            return
        await self._seat(request, brought, kind, notice, lane, place)

    async def _seat(
        self, request: Request, brought: Brought, kind: Kind, notice: Notice | None, lane: str, place: Place
    ) -> None:
        """Hands a new place out."""
        if self.room.rules.guard.screens:
            request.gifts += self._porter.taken_back(request)
        ticket = self.tokens.ticket(place.number, lane, place.head.epoch)
        if place.admitted:
            admission = self.tokens.admit(place.number, lane, place.head.epoch)
            await self._let_in(request, brought, admission, new_ticket=ticket, new_pass=admission)
            return
        state = state_of(self.room, Standing.WAITING, place.number, lane, notice)
        await self._hold(request, brought, kind, state, ticket)

    async def _lane(self, request: Request, kind: Kind, exchanged: Ticket | None) -> str | None:
        """The lane in which a newcomer joins; None where they may not, and were told so."""
        rules = self.room.rules
        if not rules.guard.screens or rules.mode is Mode.PASS:
            return GENERAL
        holding = self._holding or rules.mode is not Mode.AUTO
        return await self._porter.lane(request, kind, holding=holding, exchanged=exchanged)

    async def _redeem(
        self,
        request: Request,
        brought: Brought,
        kind: Kind,
        notice: Notice | None,
        right: Entitlement,
        ticket: BroughtTicket,
    ) -> None:
        may_stay = ticket.number > 0 and ticket.fate is Fate.LIVE
        try:
            redeemed = await self.room.redeem(right, ticket)
        except LineUnavailableError:
            if may_stay:
                await self._stay(request, brought, kind, Standing.WAITING, ticket.number)
            else:
                await self._without_line(request, brought, kind)
            return
        number, lane, head = redeemed.number, redeemed.lane, redeemed.head
        match redeemed.outcome:
            case Redemption.NEW:
                place = Place(number, redeemed.admitted, head)
                await self._seat(request, brought, kind, notice, lane, place)
            case Redemption.HELD:
                # taken in another browser, or with another invitation: the door knows how it stands
                held = brought._replace(ticket=self.tokens.ticket(number, lane, head.epoch))
                await self._claim(request, held, kind, Standing.CALLED, number)
            case Redemption.STALE:
                await self.handle(request)
            case outcome if not right.is_claim and self.room.rules.mode is not Mode.PASS:
                await self.entering.take_back(request, outcome)
            case _ if may_stay:
                await self._stay(request, brought, kind, Standing.WAITING, ticket.number)
            case _ if self.entering.invitations.invite_only and self.room.rules.mode is not Mode.PASS:
                await self.entering.require(request, REVOKED)
            case _:
                if (general := await self._lane(request, kind, None)) is not None:
                    await self._join_lane(request, brought, kind, notice, general)

    async def _stay(
        self, request: Request, brought: Brought, kind: Kind, stands: Standing, number: int
    ) -> None:
        state = state_of(self.room, stands, number, brought.lane)
        await self._hold(request, brought, kind, state, self._of_this_life(brought.ticket, number))

    async def _claim(
        self,
        request: Request,
        brought: Brought,
        kind: Kind,
        stands: Standing,
        number: int,
        right: Entitlement | None = None,
    ) -> None:
        """Shows the ticket at the door. Where its turn has not come, the visitor may move by ``right``."""
        epoch, lane = self.room.lanes[brought.lane].head.epoch, brought.lane
        try:
            outcome = await self.room.claim(lane, number)
        except LineUnavailableError:
            state = state_of(self.room, stands, number, lane, Notice.UNAVAILABLE)
            await self._hold(request, brought, kind, state, brought.ticket)
            return
        match outcome:
            case Outcome.ADMITTED | Outcome.AGAIN:
                admission = self.tokens.admit(number, lane, epoch)
                if outcome is Outcome.AGAIN:
                    self.room.visits.active(admission.session)
                elif brought.ticket is not None and self.room.rules.mode is not Mode.PASS:
                    self._count(brought.ticket, number)
                await self._let_in(request, brought, admission, new_pass=admission)
            case Outcome.MISSED:
                over = BroughtTicket(lane, number, Fate.MISSED)
                await self._join(request, brought, kind, Notice.MISSED, over)
            case Outcome.STALE:
                await self.handle(request)
            case Outcome.SPENT:
                await self._join(request, brought, kind, None, BroughtTicket(lane, number, Fate.SPENT))
            case _:
                stands = Standing.LATE if outcome is Outcome.CALLED else Standing.WAITING
                if right is not None and moves(self.room, right, lane, stands, number):
                    await self._redeem(request, brought, kind, None, right, BroughtTicket(lane, number))
                    return
                state = state_of(self.room, stands, number, lane)
                await self._hold(request, brought, kind, state, brought.ticket)

    def _count(self, ticket: Ticket, number: int) -> None:
        """Somebody who stood in line was let in just now."""
        snapshot = self.room.lanes[ticket.lane].snapshot
        head, waited_ms = snapshot.head, self.room.clock_ms - ticket.at
        turn = snapshot.turn_of(number)
        self.fairness.entered(
            ticket.lane, head.epoch, turn, called=head.called, waited_seconds=max(waited_ms, 0) / 1000
        )

    async def _is_still_inside(self, request: Request, brought: Brought, kind: Kind, number: int) -> bool:
        """Let in whoever holds a pass that ran out while the visit itself goes on: only Redis knows. The shop may have
        been away for long, and whoever was inside stays inside in every mode."""
        ran_out = isinstance(brought.refused, ExpiredTokenError) and number > 0
        if not ran_out or kind not in (Kind.NAVIGATION, Kind.CALL):
            return False
        lane = brought.lane
        epoch = self.room.lanes[lane].head.epoch
        try:
            if await self.room.claim(lane, number) is not Outcome.AGAIN:
                return False
        except LineUnavailableError:
            return False
        admission = self.tokens.admit(number, lane, epoch)
        self.room.visits.active(admission.session)
        await self._let_in(request, brought, admission, new_pass=admission)
        return True

    async def _without_line(self, request: Request, brought: Brought, kind: Kind) -> None:
        """Redis is away, and this newcomer has no place yet."""
        if self.room.rules.mode is Mode.PASS:
            await self._inside.bring(request, None)
            return
        state = plain_state(self.room, "waiting", Notice.UNAVAILABLE)
        await self._hold(request, brought, kind, state, None)

    async def _let_in(
        self,
        request: Request,
        brought: Brought,
        admission: Pass,
        *,
        new_ticket: Ticket | None = None,
        new_pass: Pass,
    ) -> None:
        in_headers = brought.by_header or (new_ticket is not None and request.kind is Kind.CALL)
        request.gifts += self.tokens.hand_out(
            new_ticket, new_pass, secure=request.secure, in_headers=in_headers
        )
        await self._inside.bring(request, admission)

    async def _hold(
        self, request: Request, brought: Brought, kind: Kind, state: State, ticket: Ticket | None
    ) -> None:
        in_headers = brought.by_header or kind is Kind.CALL
        request.gifts += self.tokens.hand_out(ticket, None, secure=request.secure, in_headers=in_headers)
        await self.waiting.hold(request, kind, state)
