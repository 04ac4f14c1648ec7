"""What a visitor brings to a room: the ticket and the pass, verified."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from starlette.types import Scope

from waitroom.feedback.buckets import bucket_of
from waitroom.gate import cookies
from waitroom.gate.beside import NOTHING_BESIDE, SEPARATOR, Beside, texts_beside
from waitroom.gate.state import now_held, spot_of
from waitroom.gate.tokens import (
    ExpiredTokenError,
    Mint,
    Pass,
    Ticket,
    Token,
    TokenError,
    check_pass,
    wants_renewal,
)
from waitroom.line.desk import Spot
from waitroom.line.memory import GENERAL
from waitroom.line.room import Room
from waitroom.proxy import remembered

T = TypeVar("T", bound=Token)

TICKET_HEADER = b"waitroom-ticket"
PASS_HEADER = b"waitroom-pass"


class Brought(NamedTuple):
    """A visitor's genuine tokens. ``refused`` says why another one that came along does not count."""

    ticket: Ticket | None = None
    admission: Pass | None = None
    session: str = ""
    """The visit that the pass stands for."""
    renew: bool = False
    """The pass should be issued anew with this answer."""
    by_header: bool = False
    """The visitor keeps its tokens itself, and wants them in headers."""
    refused: TokenError | None = None
    moved: Ticket | None = None
    """A ticket that counts no more, since its place has gone to another device."""
    former: Ticket | None = None
    """A ticket that was taken back when its place was given up or its visit ended."""

    @property
    def has_come(self) -> bool:
        """Whether anything of ours came along: then the browser keeps it."""
        return (self.ticket, self.former, self.moved, self.refused) != (None, None, None, None)

    @property
    def lane(self) -> str:
        """The lane of the ticket."""
        return self.ticket.lane if self.ticket else GENERAL


NOTHING = Brought()


class Tokens:
    """The tokens of one room: reads what visitors bring, and issues what they take away."""

    def __init__(
        self, room: Room, tickets: Mint[Ticket], passes: Mint[Pass], *, asks_inside: bool = False
    ) -> None:
        self._room = room
        self._tickets = tickets
        self._passes = passes
        self._asks_inside = asks_inside
        self.ticket_cookie = cookies.ticket_cookie(room.name)
        self.pass_cookie = cookies.pass_cookie(room.name)

    def read(self, scope: Scope) -> Brought:
        """What the visitor brings that counts."""
        headers = scope["headers"]
        shown = remembered(headers, self._genuine)
        if self._room.hands or (shown.ticket is not None and shown.ticket.hand):
            shown = self._in_hand(shown)
        held = shown.admission
        if held is None:
            return self._as_helped(shown)
        room = self._room
        if room.visits.has_ended(shown.session):
            return self._as_helped(shown._replace(admission=None, refused=None))
        now, session = room.clock_ms, room.rules.session_ms
        if not wants_renewal(held, now_ms=now, session_ms=session):
            return shown  # much less is it over
        try:
            check_pass(held, now_ms=now, session_ms=session)
        except ExpiredTokenError as error:
            if shown.session not in room.visits.losses:
                return self._as_helped(shown._replace(admission=None, refused=error))
        return shown._replace(renew=True)

    def _in_hand(self, shown: Brought) -> Brought:
        """What is brought, without what a later hand holds."""
        hands = self._room.hands
        for token in (shown.ticket, shown.admission):
            spot = spot_of(self._room, token) if token is not None else None
            if token is not None and spot is not None:
                hands.learn(spot, token.hand)
                if token.hand < hands.newest(spot):
                    return Brought(by_header=shown.by_header, moved=shown.ticket)
        return shown

    def _as_helped(self, shown: Brought) -> Brought:
        """What somebody who is not inside brings, with the place that the support desk has given back for it."""
        helped, ticket = self._room.helped, shown.ticket
        if not helped.spots:
            return shown
        if ticket is None and shown.former is not None:
            spot = spot_of(self._room, shown.former)
            if spot is not None and helped.now(spot) in helped.spots:
                ticket = shown.former
        return shown if ticket is None else shown._replace(ticket=now_held(self._room, ticket))

    def _genuine(self, headers: Iterable[tuple[bytes, bytes]]) -> Brought:
        """The tokens that are ours, whether their time is over or not."""
        jars: list[bytes] = []
        tickets: list[str] = []
        passes: list[str] = []
        for name, value in headers:
            if name == b"cookie":
                jars.append(value)
            elif name == TICKET_HEADER:
                tickets.append(value.decode("latin-1"))
            elif name == PASS_HEADER:
                passes.append(value.decode("latin-1"))
        by_header = bool(tickets or passes)
        if not by_header and not jars:
            return NOTHING
        own = self._room.name + ":"
        ticket, refused = self._first(
            self._tickets, tickets or _alone(cookies.read(jars, self.ticket_cookie, own=own))
        )
        held, no_pass = self._first(self._passes, passes or cookies.read(jars, self.pass_cookie, own=own))
        if held is None:
            former = None
            if ticket is None:
                former, _ = self._first(self._tickets, texts_beside(jars, self._room.name, "former"))
            return Brought(ticket, None, by_header=by_header, refused=refused or no_pass, former=former)
        # shown at the door like a ticket it yields the visit, while that lasts
        if ticket is None and not held.is_guest:
            ticket = Ticket(held.room, held.epoch, held.lane, held.number, held.at, held.hand)
        return Brought(ticket, held, held.session, by_header=by_header, refused=refused)

    def _first(self, mint: Mint[T], texts: list[str]) -> tuple[T | None, TokenError | None]:
        """The first genuine token of several, or why the last one is refused."""
        refused: TokenError | None = None
        for text in texts:
            try:
                return mint.verify(text, self._room.name), None
            except TokenError as error:
                refused = error
        return None, refused

    def read_text(self, text: str) -> Ticket:
        """The ticket in a text that came some other way. Raises ``TokenError``."""
        return self._tickets.verify(text, self._room.name)

    def text_of(self, ticket: Ticket) -> str:
        """The ticket as the visitor holds it."""
        return self._tickets.sign(ticket)

    def ticket(self, number: int, lane: str, epoch: int) -> Ticket:
        """A ticket for a place of that epoch."""
        hand = self._room.hands.newest(Spot(lane, number))
        return Ticket(self._room.name, epoch, lane, number, self._room.clock_ms, hand)

    def admit(self, number: int, lane: str, epoch: int, waited_for: Ticket | None = None) -> Pass:
        """A pass for a number of that epoch that was let in. Where visitors are asked how their wait was, it says how
        long that of ``waited_for`` was, to within some minutes."""
        hand, now = self._room.hands.newest(Spot(lane, number)), self._room.clock_ms
        waited = 0
        if waited_for is not None and self._asks_inside:
            waited = 1 + bucket_of((now - waited_for.at) / 1000)
        return Pass(self._room.name, epoch, lane, number, now, hand, waited)

    def visited(self, scope: Scope) -> Token | None:
        """What shows that somebody waited, and was let in, be the visit over or not."""
        shown = remembered(scope["headers"], self._genuine)
        return next((each for each in (shown.admission, shown.former) if each and each.waited), None)

    def guest(self) -> Pass:
        """A pass for somebody who is let in without a place: a number below 0, which no lane has."""
        number = -1 - secrets.randbelow(2**48)
        return Pass(self._room.name, self._room.head.epoch, GENERAL, number, self._room.clock_ms)

    def renewed(self, held: Pass) -> Pass:
        """The same pass with today's date."""
        return replace(held, at=self._room.clock_ms)

    def hand_out(
        self,
        ticket: Ticket | None,
        admission: Pass | None,
        *,
        secure: bool,
        in_headers: bool,
        beside: Beside = NOTHING_BESIDE,
    ) -> list[tuple[bytes, bytes]]:
        """The response headers that give these tokens to the visitor. ``beside`` is what their ticket's cookie holds
        beside it: what was for getting a ticket is dropped with one."""
        headers = []
        if ticket is not None:
            headers.append(self.keep(ticket, replace(beside, former="", challenge=""), secure=secure))
            if in_headers:
                headers.append((TICKET_HEADER, self._tickets.sign(ticket).encode()))
        if admission is not None:
            text = self._passes.sign(admission)
            headers.append(cookies.write(self.pass_cookie, text, secure=secure))
            if in_headers:
                headers.append((PASS_HEADER, text.encode()))
        return headers

    def redated(
        self, gifts: list[tuple[bytes, bytes]], held: Pass, *, secure: bool, by_header: bool
    ) -> list[tuple[bytes, bytes]]:
        """The same response headers, but with today's date on the pass. ``by_header``: the visitor came with tokens in
        headers."""
        in_headers = by_header or any(name in (TICKET_HEADER, PASS_HEADER) for name, _ in gifts)
        cookie = self.pass_cookie + b"="
        kept = [
            (name, value)
            for name, value in gifts
            if name != PASS_HEADER and not (name == b"set-cookie" and value.startswith(cookie))
        ]
        return kept + self.hand_out(None, self.renewed(held), secure=secure, in_headers=in_headers)

    def keep(self, ticket: Ticket | None, beside: Beside, *, secure: bool) -> tuple[bytes, bytes]:
        """The response header that keeps a ticket, if any, and what is beside it; where there is neither, nothing."""
        kept = (self._tickets.sign(ticket) if ticket is not None else "") + beside.written()
        if not kept:
            return cookies.clear(self.ticket_cookie, secure=secure)
        return cookies.write(self.ticket_cookie, kept, secure=secure)

    def keep_beside(self, brought: Brought, beside: Beside, *, secure: bool) -> tuple[bytes, bytes]:
        """The response header that changes what is beside the ticket alone."""
        # what is left of a place that went to another device says so on the page
        ticket = None if brought.admission is not None else brought.ticket or brought.moved
        return self.keep(ticket, beside, secure=secure)

    def take_back(
        self, former: Ticket | None = None, *, secure: bool, beside: Beside = NOTHING_BESIDE
    ) -> list[tuple[bytes, bytes]]:
        """The response headers that take the tokens away, but for what is beside the ticket. ``former`` is the ticket,
        which is worth nothing then, but that the support desk can make it count again."""
        if former is not None:
            beside = replace(beside, former=self._tickets.sign(former))
        return [self.keep(None, beside, secure=secure), cookies.clear(self.pass_cookie, secure=secure)]


def _alone(texts: list[str]) -> list[str]:
    """The tickets without what is beside them."""
    tickets = [text.partition(SEPARATOR)[0] for text in texts]
    return [text for text in tickets if text]
