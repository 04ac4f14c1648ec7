"""Somebody takes a place that was handed anew: the same number, in another ticket."""

from __future__ import annotations

from contextlib import suppress

from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, VARY, answer
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import lead, spare_link
from waitroom.gate.request import Request
from waitroom.gate.tokens import Ticket
from waitroom.gate.visitor import Tokens
from waitroom.line.desk import Spot
from waitroom.line.room import Room


async def give_up(room: Room, held: Spot | None, taken: Spot) -> None:
    """One place, never two: whoever takes one leaves the other one that they hold, if any."""
    if held is not None and held != taken:
        with suppress(LineUnavailableError):
            await room.leave(held.lane, held.number)


async def seat(request: Request, tokens: Tokens, ticket: Ticket, to: str) -> None:
    """Hands the ticket out, and leads to the line by way of the address that works without cookies, too."""
    is_page = request.kind is Kind.NAVIGATION
    request.gifts += tokens.hand_out(
        ticket, None, secure=request.secure, in_headers=not is_page, beside=request.beside
    )
    if is_page:
        await lead(request, spare_link(ticket.room, tokens.text_of(ticket), to).spare)
    else:
        body = to_json({"room": ticket.room, "state": "waiting"})
        await answer(request.scope, request.send, 200, JSON, body, [NO_STORE, VARY, *request.gifts])
