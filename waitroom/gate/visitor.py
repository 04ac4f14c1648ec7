"""What a visitor brings to a room: the ticket and the pass, verified."""

from __future__ import annotations

from typing import NamedTuple

from starlette.types import Scope

from waitroom.gate import cookies
from waitroom.gate.tokens import (
    Mint,
    Pass,
    Ticket,
    TokenError,
    check_pass,
    wants_renewal,
)
from waitroom.line.room import Room

TICKET_HEADER = b"waitroom-ticket"
PASS_HEADER = b"waitroom-pass"
_CARRIERS = frozenset((b"cookie", TICKET_HEADER, PASS_HEADER))


class Brought(NamedTuple):
    """A visitor's genuine tokens. ``refused`` says why another one that came along does not count."""

    ticket: Ticket | None = None
    admission: Pass | None = None
    renew: bool = False
    """The pass should be issued anew with this answer."""
    by_header: bool = False
    """The visitor keeps its tokens itself, and wants them in headers."""
    refused: TokenError | None = None


NOTHING = Brought()


class Tokens:
    """The tokens of one room: reads what visitors bring, and issues what they take away."""

    def __init__(self, room: Room, tickets: Mint[Ticket], passes: Mint[Pass]) -> None:
        self._room = room
        self._tickets = tickets
        self._passes = passes
        self.ticket_cookie = cookies.ticket_cookie(room.name)
        self.pass_cookie = cookies.pass_cookie(room.name)

    def read(self, scope: Scope) -> Brought:
        """What the visitor brings that counts."""
        headers = [header for header in scope["headers"] if header[0] in _CARRIERS]
        if not headers:
            return NOTHING
        ticket_text, pass_text = cookies.read(headers, self.ticket_cookie, self.pass_cookie)
        by_header = False
        for name, value in headers:
            if name == TICKET_HEADER:
                ticket_text, by_header = value.decode("latin-1"), True
            elif name == PASS_HEADER:
                pass_text, by_header = value.decode("latin-1"), True
        if not ticket_text and not pass_text:
            return NOTHING
        ticket: Ticket | None = None
        admission: Pass | None = None
        refused: TokenError | None = None
        renew = False
        room = self._room
        if pass_text:
            now, session = room.clock_ms, room.rules.session_ms
            try:
                held = self._passes.verify(pass_text, room.name)
                # shown at the door like a ticket it yields the visit, while that lasts
                ticket = Ticket(held.room, held.epoch, held.lane, held.number, held.at)
                check_pass(held, now_ms=now, session_ms=session)
                if not room.visits.has_ended(held.session):
                    admission, renew = held, wants_renewal(held, now_ms=now, session_ms=session)
            except TokenError as error:
                refused = error
        if ticket_text:
            try:
                ticket = self._tickets.verify(ticket_text, room.name)
            except TokenError as error:
                refused = error
        return Brought(ticket, admission, renew, by_header, refused)

    def ticket(self, number: int, lane: str) -> Ticket:
        """A ticket for a place that was just given."""
        room = self._room
        return Ticket(room.name, room.snapshot.head.epoch, lane, number, room.clock_ms)

    def admit(self, number: int, lane: str) -> Pass:
        """A pass for a number that was let in."""
        room = self._room
        return Pass(room.name, room.snapshot.head.epoch, lane, number, room.clock_ms)

    def renewed(self, held: Pass) -> Pass:
        """The same pass with today's date."""
        return Pass(held.room, held.epoch, held.lane, held.number, self._room.clock_ms)

    def hand_out(
        self, ticket: Ticket | None, admission: Pass | None, *, secure: bool, in_headers: bool
    ) -> list[tuple[bytes, bytes]]:
        """The response headers that give these tokens to the visitor."""
        headers = []
        if ticket is not None:
            text = self._tickets.sign(ticket)
            headers.append(cookies.write(self.ticket_cookie, text, secure=secure))
            if in_headers:
                headers.append((TICKET_HEADER, text.encode()))
        if admission is not None:
            text = self._passes.sign(admission)
            headers.append(cookies.write(self.pass_cookie, text, secure=secure))
            if in_headers:
                headers.append((PASS_HEADER, text.encode()))
        return headers

    def take_back(self, *, secure: bool) -> list[tuple[bytes, bytes]]:
        """The response headers that take both cookies away."""
        return [
            cookies.clear(self.ticket_cookie, secure=secure),
            cookies.clear(self.pass_cookie, secure=secure),
        ]
