"""The address where a room's draws are published: a page for people, JSON for everyone else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, Header, answer, problem
from waitroom.gate.draw_view import DrawView
from waitroom.gate.editions import Editions
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.state import number_of
from waitroom.gate.tokens import EarlierEpochError
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import send_page
from waitroom.line.draw import PublishedDraws
from waitroom.line.room import Room

MOST_DIGITS = 15
"""Of a ticket number that somebody types."""

_PUBLIC: list[Header] = [
    (b"cache-control", b"public, max-age=1"),
    (b"vary", b"Accept, Sec-Fetch-Mode, Sec-Fetch-Dest"),
    (b"access-control-allow-origin", b"*"),
]


class DrawAddress:
    """``/__waitroom/{room}/draw``: what is published of a room's draws before and after the opening.

    ``draws`` is asked at each request what there is now; the JSON is the same for everyone.
    """

    def __init__(
        self, room: Room, tokens: Tokens, editions: Editions, draws: Callable[[], PublishedDraws]
    ) -> None:
        self._room = room
        self._tokens = tokens
        self._editions = editions
        self._draws = draws

    async def serve(self, request: Request) -> None:
        """The page with the place of the visitor's ticket, or of ``?number=…&lane=…``; or the JSON."""
        scope, send, draws = request.scope, request.send, self._draws()
        if request.kind is Kind.NAVIGATION:
            pages = self._editions.to(request.languages)
            if draws:
                await send_page(request, 200, pages.draw(self._view(request, draws)))
            else:
                await send_page(request, 404, pages.trouble(404, self._room.name))
        elif draws:
            await answer(scope, send, 200, JSON, draws.to_json(), _PUBLIC)
        else:
            body = problem(404, "no-draw", "There is no draw in this room.", {"room": self._room.name})
            await answer(scope, send, 404, PROBLEM, body, [NO_STORE])

    def _view(self, request: Request, draws: PublishedDraws) -> DrawView:
        asked = parse_qs(request.scope["query_string"].decode("latin-1"))
        number, lane = _number(asked.get("number", [""])[0]), asked.get("lane", [None])[0]
        if number is None:
            held_lane, number = self._own_ticket(request)
            if lane is None:
                lane = held_lane
            elif lane != held_lane:
                number = None
        visitor = request.visitor
        address = f"{visitor.scheme}://{visitor.host.decode('latin-1')}{request.scope['path']}"
        return DrawView.of(self._room.name, draws, lane=lane, number=number, address=address)

    def _own_ticket(self, request: Request) -> tuple[str | None, int | None]:
        """Lane and number of the visitor's ticket or pass, in this life of the line."""
        ticket = self._tokens.read(request.scope).ticket
        if ticket is None:
            return None, None
        try:
            return ticket.lane, number_of(self._room, ticket)
        except EarlierEpochError:
            return None, None


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
