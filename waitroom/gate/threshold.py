"""What a visitor is answered with at the door: the shop, or where they stand. Their tokens come along."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from waitroom.gate.beside import NOTHING_BESIDE
from waitroom.gate.decision import Standing
from waitroom.gate.inside import Way
from waitroom.gate.kept_forms import Kept, KeptForms
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import WITH_COOKIES, lead, spare_link
from waitroom.gate.request import Request
from waitroom.gate.state import Notice, State, plain_state, state_of
from waitroom.gate.tokens import Pass, Ticket
from waitroom.gate.visitor import Brought, Tokens
from waitroom.gate.waiting import Waiting
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.telemetry.families import ALONE_NEWCOMER


def is_holding(room: Room) -> bool:
    """Whether a newcomer would have to wait, as far as the last look at the room tells."""
    head, places = room.head, room.rules.places
    full = 0 < places <= head.sessions + head.granted
    return full or head.tokens < 1 or room.waiting > 0 or room.is_before_opening


class Threshold:
    """The answers of one room's door."""

    def __init__(
        self, room: Room, tokens: Tokens, inside: Way, waiting: Waiting, forms: KeptForms | None = None
    ) -> None:
        self.room = room
        self.forms = forms
        self.tokens = tokens
        self.inside = inside
        self.waiting = waiting

    @property
    def is_holding(self) -> bool:
        """Whether a newcomer would have to wait."""
        return is_holding(self.room)

    async def let_in(
        self,
        request: Request,
        brought: Brought,
        admission: Pass,
        *,
        new_ticket: Ticket | None = None,
        new_pass: Pass,
    ) -> None:
        """To the shop, with a pass."""
        is_new = new_ticket is not None or new_pass.is_guest
        in_headers = brought.by_header or (is_new and request.kind is Kind.CALL)
        request.gifts += self.tokens.hand_out(
            new_ticket,
            new_pass,
            secure=request.secure,
            in_headers=in_headers,
            beside=request.beside if new_ticket else NOTHING_BESIDE,
        )
        if self.forms is not None and request.beside.form and self._looks(request):
            # a form of theirs is still to be sent: first of all they are asked, or it is
            await lead(request, f"/__waitroom/{self.room.name}/form?to={quote(request.target)}")
            return
        await self.inside.bring(request, admission)

    def _looks(self, request: Request) -> bool:
        return request.kind is Kind.NAVIGATION and request.scope["method"] in ("GET", "HEAD")

    async def hold(
        self, request: Request, brought: Brought, kind: Kind, state: State, ticket: Ticket | None
    ) -> None:
        """The waiting page, or a problem, with a ticket where there is one."""
        in_headers = brought.by_header or kind is Kind.CALL
        beside, form = request.beside, Kept.NONE
        if self.forms is not None and kind is Kind.NAVIGATION:
            form, key = await self.forms.keep(request, ticket, beside.form, brought.ticket)
            beside = replace(beside, form=key)
        if ticket is not None:
            request.gifts += self.tokens.hand_out(
                ticket, None, secure=request.secure, in_headers=in_headers, beside=beside
            )
        links = WITH_COOKIES
        if ticket is not None and kind is Kind.NAVIGATION and not brought.has_come:
            links = spare_link(self.room.name, self.tokens.text_of(ticket), request.target)
        await self.waiting.hold(request, kind, state, links, form)

    async def stay(
        self, request: Request, brought: Brought, kind: Kind, stands: Standing, number: int
    ) -> None:
        """Tells the holder of a ticket where they stand."""
        state = state_of(self.room, stands, number, brought.lane)
        await self.hold(request, brought, kind, state, self._of_this_life(brought.ticket, number))

    async def without_line(self, request: Request, brought: Brought, kind: Kind) -> None:
        """Redis is away, and this newcomer has no place yet."""
        if self.room.rules.mode is Mode.PASS:
            await self.inside.bring(request, None)
            return
        if self.room.let_newcomer_in_alone():
            request.counters[ALONE_NEWCOMER] += 1
            admission = self.tokens.guest()
            self.room.visits.active(admission.session)
            await self.let_in(request, brought, admission, new_pass=admission)
            return
        state = plain_state(self.room, "waiting", Notice.UNAVAILABLE)
        await self.hold(request, brought, kind, state, None)

    def _of_this_life(self, ticket: Ticket | None, number: int) -> Ticket | None:
        """The ticket, or where its number has moved behind those of a line that came back, one that says so."""
        if ticket is None or ticket.epoch == self.room.head.epoch or not self.room.head.epoch:
            return ticket
        return self.tokens.ticket(number, ticket.lane, self.room.head.epoch)
