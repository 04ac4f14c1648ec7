"""The address by which somebody who gave a place up by mistake has it again.

The page that says so carries a signed slip with the moment of leaving: nothing is kept of it. It counts once, since the
place is handed anew by it (:mod:`waitroom.line.hands`).
"""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import NO_STORE, PROBLEM, VARY, answer, problem
from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields
from waitroom.gate.leading import local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.seating import give_up, seat
from waitroom.gate.state import spot_of
from waitroom.gate.tokens import Mint, Ticket, TokenError
from waitroom.gate.views import MoveView
from waitroom.gate.whole_page import send_page
from waitroom.line.hands import Handing


class Slip(Ticket):
    """A ticket that was given up; ``at`` is when that was."""

    __slots__ = ()


class Undoing:
    """Serves ``undo`` of one room. ``secrets`` come newest first."""

    def __init__(self, doorway: Doorway, editions: Editions, seconds: float, secrets: Sequence[str]) -> None:
        self.seconds = seconds
        """For so long it can be undone; 0: not at all."""
        self._doorway = doorway
        self._room = doorway.room
        self._editions = editions
        self._slips = Mint(Slip, secrets)

    def slip(self, ticket: Ticket | None) -> str:
        """What the page carries on which somebody has just left; empty where it cannot be undone."""
        spot = spot_of(self._room, ticket) if ticket is not None else None
        if ticket is None or spot is None or not self.seconds:
            return ""
        room = self._room
        now = Slip(room.name, room.head.epoch, spot.lane, spot.number, room.clock_ms, ticket.hand)
        return self._slips.sign(now)

    async def undo(self, request: Request) -> None:
        """Gives the place back."""
        if await refuses_foreign(request):
            return
        fields = await form_fields(request)
        to = local_target(fields.get("target", "/"))
        try:
            slip = self._slips.verify(fields.get("slip", ""), self._room.name)
            done = await self._give_back(request, slip)
        except TokenError:
            done = None
        except LineUnavailableError:
            await put_off(request, "The line cannot be reached just now. Try again in a moment.")
            return
        if done is None:
            await self._refuse(request, to)
        else:
            await seat(request, self._doorway.tokens, done, to)

    async def _give_back(self, request: Request, slip: Slip) -> Ticket | None:
        """The ticket of the place; None where it is not given back."""
        room, tokens = self._room, self._doorway.tokens
        spot, own = spot_of(room, slip), tokens.read(request.scope)
        in_time = room.clock_ms - slip.at <= self.seconds * 1000
        if spot is None or not in_time or own.admission is not None:
            return None
        if await room.undo(spot, slip.hand) is not Handing.DONE:
            return None
        # whoever joined again meanwhile has another
        await give_up(room, spot_of(room, own.ticket) if own.ticket is not None else None, spot)
        return tokens.ticket(spot.number, spot.lane, room.lanes[spot.lane].head.epoch)

    async def _refuse(self, request: Request, to: str) -> None:
        pages = self._editions.to(request.languages)
        if request.kind is Kind.NAVIGATION:
            await send_page(request, 409, pages.move(MoveView(self._room.name, "too-late", to)))
            return
        detail = pages.texts.moving("too-late").detail
        body = problem(409, "too-late", detail, {"room": self._room.name})
        await answer(request.scope, request.send, 409, PROBLEM, body, [NO_STORE, VARY])
