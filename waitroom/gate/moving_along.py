"""The addresses by which a place goes to another device: one offers it there, one brings it here.

Nothing is kept of an offer: its code is signed, counts for some minutes, and once, since bringing the place here hands
it anew (:mod:`waitroom.line.hands`). A visit to the link uses nothing up: as with invitations, only a button does.
"""

from __future__ import annotations

import time
from functools import lru_cache
from urllib.parse import quote

import segno
from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, VARY, Header, answer, problem
from waitroom.gate.decision import Standing
from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.leading import local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import lead, with_ticket
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.seating import give_up, seat
from waitroom.gate.state import spot_of
from waitroom.gate.texts import MovePage
from waitroom.gate.views import MoveView
from waitroom.gate.visitor import Brought
from waitroom.gate.whole_page import SECRET, send_page
from waitroom.invitations.ledger import TRIES_SECONDS, Ledger
from waitroom.line.desk import Spot
from waitroom.line.hands import Handing
from waitroom.proxy import place_of
from waitroom.shaping.transfer import LASTS_MINUTES, MINUTE, Place, TransferCodes, TypedCode, typed

LONGEST_TARGET = 200
"""Characters of an address that a QR code still carries: more, and cheap cameras cannot read it."""
_STATUS: dict[MovePage, int] = {"ask": 200, "offer": 200, "wrong": 422, "tries": 429}


@lru_cache(256)
def qr_code(text: str) -> str:
    """A QR code as the address of an image, in black on white, whatever the page's theme."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff")


class MovingAlong:
    """Serves ``offer``, ``move`` and ``anew`` of one room."""

    def __init__(self, doorway: Doorway, codes: TransferCodes, ledger: Ledger, editions: Editions) -> None:
        self._doorway = doorway
        self._room = doorway.room
        self._codes = codes
        self._ledger = ledger
        self._editions = editions

    async def offer(self, request: Request) -> None:
        """Shows the code of the place that the sender holds, as text, link and QR code."""
        if await refuses_foreign(request):
            return
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        fields = await form_fields(request)
        to = local_target(fields.get("target", "/"))
        stands, number = await self._doorway.standing(brought)
        ticket = brought.ticket
        if brought.admission is not None or ticket is None or stands in (Standing.NONE, Standing.LEFT):
            await self._nothing(request, to)
            return
        epoch = self._room.lanes[ticket.lane].head.epoch
        code = self._codes.code(Place(epoch, ticket.lane, number, ticket.hand), time.time())
        link = f"{_origin(request)}/__waitroom/{self._room.name}/move?c={code}"
        scanned = f"{link}&to={quote(to)}" if 1 < len(to) <= LONGEST_TARGET else link
        if request.kind is Kind.NAVIGATION:
            view = MoveView(self._room.name, "offer", to, code=code, link=link, qr=qr_code(scanned))
            # back to the line, where the place is present again
            await self._page(
                request, view, [(b"refresh", b"%d; url=%b" % (LASTS_MINUTES * MINUTE, _sent(to)))]
            )
        else:
            body = {"code": code, "link": link, "qr": qr_code(scanned), "seconds": LASTS_MINUTES * MINUTE}
            await answer(request.scope, request.send, 200, JSON, to_json(body), [NO_STORE, VARY])

    async def move(self, request: Request) -> None:
        """The form for a code, or the button of a link; and what they send: then the place is here."""
        if request.scope["method"] != "POST":
            fields = query_fields(request)
            view = MoveView(self._room.name, "ask", fields.get("to", "/"), code=fields.get("c", "")[:64])
            await self._page(request, view)
            return
        if await refuses_foreign(request):
            return
        fields = await form_fields(request)
        text, to = fields.get("code", ""), local_target(fields.get("to", "/"))
        own = self._doorway.tokens.read(request.scope)
        if own.admission is not None:
            await lead(request, to)
            return
        try:
            await self._bring(request, text, to, own)
        except LineUnavailableError:
            await put_off(request, "The line cannot be reached just now. The place is kept.")

    async def anew(self, request: Request) -> None:
        """A device from which the place has gone may join the line by itself."""
        brought = self._doorway.tokens.read(request.scope)
        if brought.moved is not None:
            request.gifts += self._doorway.tokens.take_back(secure=request.secure, beside=request.beside)
        await lead(request, query_fields(request).get("to", "/"))

    async def _bring(self, request: Request, text: str, to: str, own: Brought) -> None:
        address = place_of(request.visitor.address)
        if not await self._ledger.may_try(address):
            await self._refuse(request, "tries", text, to)
            return
        code = typed(text)
        place = self._place(code) if code is not None else None
        if code is not None and place is None:
            await self._ledger.note_wrong(address)
        if place is None:
            await self._refuse(request, "wrong", text, to)
            return
        spot, held = Spot(place.lane, place.number), spot_of(self._room, own.ticket) if own.ticket else None
        if held == spot:
            await lead(request, to)  # it is here already
        elif await self._room.hand_over(spot, place.hand) is Handing.DONE:
            await give_up(self._room, held, spot)
            tokens = self._doorway.tokens
            await seat(request, tokens, tokens.ticket(place.number, place.lane, place.epoch), to)
        else:
            await self._refuse(request, "wrong", text, to)

    def _place(self, code: TypedCode) -> Place | None:
        """The place that a code stands for."""
        now = time.time()
        for name, lane in self._room.lanes.items():
            hand = self._room.hands.newest(Spot(name, code.number))
            place = Place(lane.head.epoch, name, code.number, hand)
            if self._codes.is_of(code, place, now):
                return place
        return None

    async def _refuse(self, request: Request, why: MovePage, text: str, to: str) -> None:
        if request.kind is Kind.NAVIGATION:
            await self._page(request, MoveView(self._room.name, why, to, typed=text[:64]))
            return
        kind = "too-many-tries" if why == "tries" else "code-refused"
        words = self._editions.to(request.languages).texts.moving(why)
        body = problem(_STATUS[why], kind, words.detail, {"room": self._room.name})
        await answer(request.scope, request.send, _STATUS[why], PROBLEM, body, [NO_STORE, *_retry(why)])

    async def _nothing(self, request: Request, to: str) -> None:
        """The sender holds no place that could go anywhere."""
        if request.kind is Kind.NAVIGATION:
            await lead(request, to)
        else:
            body = problem(404, "no-ticket", "There is no place to take along.", {"room": self._room.name})
            await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])

    async def _page(self, request: Request, view: MoveView, more: list[Header] | None = None) -> None:
        pages = self._editions.to(request.languages)
        headers = [*_retry(view.asked), *(more or ())]
        await send_page(request, _STATUS[view.asked], pages.move(view), headers, referrer=SECRET)


def _retry(why: MovePage) -> list[Header]:
    return [(b"retry-after", b"%d" % TRIES_SECONDS)] if why == "tries" else []


def _origin(request: Request) -> str:
    visitor = request.visitor
    return f"{visitor.scheme}://{visitor.host.decode('latin-1')}"


def _sent(target: str) -> bytes:
    return quote(target, safe="/?&=:;,@!$'()*~%").encode()
