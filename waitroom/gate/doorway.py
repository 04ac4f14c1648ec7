"""The door of one room: acts on the decision."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import replace

from waitroom.errors import BusyError, LineUnavailableError
from waitroom.gate.bypass import Bypass
from waitroom.gate.decision import Decision, Facts, Standing, decide
from waitroom.gate.entering import Entering
from waitroom.gate.inside import Way
from waitroom.gate.kept_forms import KeptForms
from waitroom.gate.moving import moves
from waitroom.gate.negotiate import Frame, Kind, at_the_door, frame_of
from waitroom.gate.newcomers import Newcomers
from waitroom.gate.porter import Porter
from waitroom.gate.request import Request
from waitroom.gate.returns import Returns
from waitroom.gate.shares import TooManyRequestsError
from waitroom.gate.state import Notice, number_of, plain_state, standing, state_of
from waitroom.gate.threshold import Threshold
from waitroom.gate.tokens import EarlierEpochError, ExpiredTokenError, Pass, Ticket
from waitroom.gate.visitor import Brought, Tokens
from waitroom.gate.waiting import Waiting
from waitroom.line.redeeming import BroughtTicket, Entitlement, Fate
from waitroom.line.room import Room
from waitroom.line.rules import Mode, SoldOut
from waitroom.line.ticket import Outcome
from waitroom.record.live import LiveFairness
from waitroom.shaping.sharing import Sharing
from waitroom.telemetry.families import ALONE_TICKET, CLAIMED

logger = logging.getLogger("waitroom.gate")

_PEOPLE = (Kind.NAVIGATION, Kind.CALL)
_KEEPS_OUT = (Decision.JOIN, Decision.WAIT, Decision.UNINVITED, Decision.CLOSED, Decision.SOLD_OUT)


class Doorway:
    """Takes a request of its room to the shop, to the line, or to the waiting page."""

    def __init__(
        self,
        room: Room,
        tokens: Tokens,
        inside: Way,
        waiting: Waiting,
        entering: Entering,
        porter: Porter,
        sharing: Sharing,
        returns: Returns,
        fairness: LiveFairness,
        bypass: Bypass | None = None,
        forms: KeptForms | None = None,
    ) -> None:
        self.room = room
        self.tokens = tokens
        self.waiting = waiting
        self.entering = entering
        self.fairness = fairness
        self.forms = forms
        self._threshold = Threshold(room, tokens, inside, waiting, forms)
        self._newcomers = Newcomers(self._threshold, entering, porter, self)
        self._sharing = sharing
        self._returns = returns
        self._bypass = bypass

    def handle(self, request: Request) -> Awaitable[None]:
        """Answers one request to the shop."""
        if self._returns.may_be(request):
            return self._come_back(request)
        return self._judge(request)

    async def _come_back(self, request: Request) -> None:
        """The same with what may be a letter of :class:`~waitroom.gate.returns.Returns`."""
        if await self._returns.open(request):
            await self._judge(request)
        else:
            await self.waiting.redirect(request)

    def _judge(self, request: Request) -> Awaitable[None]:
        brought = self.tokens.read(request.scope)
        if brought.refused is not None:
            logger.debug("room %s: %s: %s", self.room.name, type(brought.refused).__name__, brought.refused)
        admission = brought.admission
        if admission is None:
            return self._receive(request, brought)
        self.room.visits.active(brought.session)
        if self.room.rules.guard.networks:
            self._sharing.saw(brought.session, request.visitor.address)
        if self.forms is not None and self.forms.may_be(request):
            return self._bring_form(self.forms, request, brought, admission)
        return self._bring(request, brought, admission)

    async def _receive(self, request: Request, brought: Brought) -> None:
        """Whoever is not inside."""
        if brought.moved is not None and request.kind in _PEOPLE and self._holds_newcomers:
            state = plain_state(self.room, "left", Notice.MOVED)
            await self._threshold.hold(request, brought, request.kind, state, None)
            return
        if self._bypass is not None and await self._bypass.take(request, self._threshold.inside):
            return
        kind = request.kind
        seen, number = await self.standing(brought)
        kind = at_the_door(kind, request.scope["headers"], has_place=seen is not Standing.NONE)
        is_news = seen is Standing.WAITING and self._is_news(brought.ticket)
        # given back by the support desk a moment ago: only Redis knows
        is_back = seen is Standing.LEFT and self.room.is_helped(brought.lane, number)
        stands = Standing.CALLED if is_news or is_back else seen
        shown = self.entering.shown(request)
        facts = Facts(
            kind,
            self.room.rules.mode,
            inside=False,
            standing=stands,
            holding=self._threshold.is_holding,
            barred=self.entering.bars(shown),
            sold_out=self.room.rules.sold_out,
            wants_returns=request.wants_returns,
        )
        decision = decide(facts)
        if decision in _KEEPS_OUT and await self._is_still_inside(request, brought, kind, number):
            return
        match decision:
            case Decision.FORWARD:
                await self._threshold.inside.bring(request, None)
            case Decision.JOIN:
                await self._newcomers.join(request, brought, kind, self._lost_place(brought))
            case Decision.CLAIM:
                await self.claim(request, brought, kind, stands, number, shown.entitlement)
            case Decision.WAIT if shown.entitlement and moves(
                self.room, shown.entitlement, brought.lane, seen, number
            ):
                ticket = BroughtTicket(brought.lane, number)
                await self._newcomers.redeem(request, brought, kind, None, shown.entitlement, ticket)
            case Decision.WAIT:
                await self._threshold.stay(request, brought, kind, stands, number)
            case Decision.REFUSE:
                await self.waiting.refuse(request)
            case Decision.UNINVITED:
                await self.entering.require(request, shown.refused)
            case Decision.OUT_OF_FRAME:
                # asked for from this very page, the cookies come along where the pages around it are the shop's own
                again = frame_of(request.scope["headers"]) is Frame.FOREIGN
                await self.waiting.open_at_the_top(request, again=again)
            case Decision.RETURN:
                await self._send_back(request)
            case Decision.CLOSED | Decision.SOLD_OUT:
                notice = None if self.room.rules.sold_out is SoldOut.NO else Notice.SOLD_OUT
                await self._threshold.hold(
                    request, brought, kind, plain_state(self.room, "closed", notice), None
                )

    def _bring(self, request: Request, brought: Brought, admission: Pass) -> Awaitable[None]:
        """To the shop, with a pass of today where the one that was brought grows old."""
        if not brought.renew:
            return self._threshold.inside.bring(request, admission)
        renewed = self.tokens.renewed(admission)
        return self._threshold.let_in(request, brought, renewed, new_pass=renewed)

    async def _bring_form(
        self, forms: KeptForms, request: Request, brought: Brought, admission: Pass
    ) -> None:
        """The same with what may be the letter of a kept form."""
        beside, form = request.beside, await forms.open(request, admission)
        if form is False:
            await self.waiting.redirect(request)
            return
        if form is True:
            await self._bring(request, brought, admission)
            return
        gone = self.tokens.keep_beside(brought, replace(beside, form=""), secure=request.secure)
        request.gifts.append(gone)
        try:
            await self._bring(request, brought, admission)
        except (BusyError, TooManyRequestsError):
            # it has not left the gateway
            request.gifts.remove(gone)
            key = await forms.put_back(form, admission)
            request.gifts.append(
                self.tokens.keep_beside(brought, replace(beside, form=key), secure=request.secure)
            )
            raise

    @property
    def _holds_newcomers(self) -> bool:
        mode = self.room.rules.mode
        return mode is not Mode.PASS and (mode is not Mode.AUTO or self._threshold.is_holding)

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

    def _is_news(self, ticket: Ticket | None) -> bool:
        """Whether a ticket is younger than what this worker has seen of the line: then only Redis knows."""
        return ticket is not None and ticket.at > self.room.head.clock

    def _lost_place(self, brought: Brought) -> Notice | None:
        """Why a visitor who holds a genuine ticket is given a new one."""
        if brought.ticket is None:
            return None
        try:
            number_of(self.room, brought.ticket)
        except EarlierEpochError:
            return Notice.RESTARTED
        return None

    async def claim(
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
            if self.room.goes_on_alone and self.room.lanes[lane].snapshot.is_used(number):
                await self._threshold.without_line(request, brought, kind)
                return
            if self.room.let_in_alone(lane, number):
                request.counters[ALONE_TICKET] += 1
                admission = self.tokens.admit(number, lane, epoch)
                self.room.visits.active(admission.session)
                await self._threshold.let_in(request, brought, admission, new_pass=admission)
                return
            state = state_of(self.room, stands, number, lane, Notice.UNAVAILABLE)
            await self._threshold.hold(request, brought, kind, state, brought.ticket)
            return
        request.counters[CLAIMED[outcome]] += 1
        match outcome:
            case Outcome.ADMITTED | Outcome.AGAIN:
                waited_for = brought.ticket if outcome is Outcome.ADMITTED else None
                admission = self.tokens.admit(number, lane, epoch, waited_for)
                self.room.visits.goes_on(admission.session, is_new=outcome is Outcome.ADMITTED)
                if outcome is Outcome.AGAIN:
                    self.room.visits.active(admission.session)
                else:
                    self._count(request, lane, brought.ticket, number)
                await self._threshold.let_in(request, brought, admission, new_pass=admission)
            case Outcome.MISSED:
                over = BroughtTicket(lane, number, Fate.MISSED)
                await self._newcomers.join(request, brought, kind, Notice.MISSED, over)
            case Outcome.STALE:
                await self.handle(request)
            case Outcome.SPENT if await self._has_news(lane):
                # another place may have been given back for it
                await self.handle(request)
            case Outcome.SPENT:
                await self._newcomers.join(
                    request, brought, kind, None, BroughtTicket(lane, number, Fate.SPENT)
                )
            case _:
                stands = Standing.LATE if outcome is Outcome.CALLED else Standing.WAITING
                if right is not None and moves(self.room, right, lane, stands, number):
                    await self._newcomers.redeem(
                        request, brought, kind, None, right, BroughtTicket(lane, number)
                    )
                    return
                state = state_of(self.room, stands, number, lane)
                await self._threshold.hold(request, brought, kind, state, brought.ticket)

    async def _has_news(self, lane: str) -> bool:
        try:
            return await self.room.has_news(lane)
        except LineUnavailableError:
            return False

    def _count(self, request: Request, lane: str, ticket: Ticket | None, number: int) -> None:
        """Somebody who had a place was let in just now."""
        request.counters.entered(lane)
        if ticket is None or self.room.rules.mode is Mode.PASS:
            return
        snapshot = self.room.lanes[ticket.lane].snapshot
        head, waited_ms = snapshot.head, self.room.clock_ms - ticket.at
        turn = snapshot.turn_of(number)
        if self.room.is_helped(ticket.lane, number):
            return  # called by the support desk: the record tells, and no order is to be seen in it
        self.fairness.entered(
            ticket.lane, head.epoch, turn, called=head.called, waited_seconds=max(waited_ms, 0) / 1000
        )

    async def _is_still_inside(self, request: Request, brought: Brought, kind: Kind, number: int) -> bool:
        """Let in whoever holds a pass that ran out while the visit itself goes on: only Redis knows. The shop may have
        been away for long, and whoever was inside stays inside in every mode."""
        ran_out = isinstance(brought.refused, ExpiredTokenError) and number > 0
        if not ran_out or kind not in _PEOPLE:
            return False
        lane = brought.lane
        epoch = self.room.lanes[lane].head.epoch
        try:
            outcome = await self.room.claim(lane, number)
        except LineUnavailableError:
            return False
        request.counters[CLAIMED[outcome]] += 1
        if outcome is not Outcome.AGAIN:
            return False
        admission = self.tokens.admit(number, lane, epoch)
        self.room.visits.active(admission.session)
        await self._threshold.let_in(request, brought, admission, new_pass=admission)
        return True
