"""The address where a ticket holder gets a receipt, and the one of the keys that anyone verifies it with."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, TEXT, VARY, answer, problem
from waitroom.gate.editions import Editions
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.state import number_of, utc_text
from waitroom.gate.tokens import EarlierEpochError, Ticket
from waitroom.gate.visitor import Brought, Tokens
from waitroom.gate.whole_page import send_page
from waitroom.line.desk import Spot
from waitroom.line.room import Room
from waitroom.record.receipt import Receipt, ReceiptKeys

CHAIN_SECONDS = 1.0
"""The newest entry of the record is asked for no more often."""
JWKS = b"application/jwk-set+json"
KEYS_PATH = "/__waitroom/keys"


class ReceiptAddress:
    """``/__waitroom/{room}/receipt``. ``chain`` tells of the newest entry of the room's record."""

    def __init__(
        self,
        room: Room,
        tokens: Tokens,
        editions: Editions,
        keys: ReceiptKeys,
        chain: Callable[[], Awaitable[str]],
    ) -> None:
        self._room = room
        self._tokens = tokens
        self._editions = editions
        self._keys = keys
        self._ask_chain = chain
        self._chain = ("", -1e9)

    async def serve(self, request: Request) -> None:
        """A text to keep for people, JSON for programs."""
        scope, send = request.scope, request.send
        brought = self._tokens.read(scope)
        if brought.ticket is None:
            await self._no_ticket(request)
            return
        receipt = self._of(brought, brought.ticket, await self._newest_chain())
        text = self._keys.sign(receipt)
        name = f"receipt-{receipt.room}-{receipt.lane}-{receipt.number}".encode()
        if request.kind is Kind.NAVIGATION:
            visitor = request.visitor
            keys = f"{visitor.scheme}://{visitor.host.decode('latin-1')}{KEYS_PATH}"
            pages = self._editions.to(request.languages)
            body = pages.receipt(receipt, text, keys, name.decode())
            disposition = (b"content-disposition", b'attachment; filename="%s.txt"' % name)
            headers = [
                NO_STORE,
                VARY,
                pages.content_language,
                disposition,
                (b"x-content-type-options", b"nosniff"),
            ]
            await answer(scope, send, 200, TEXT, body, headers)
        else:
            body = to_json({"receipt": text, "says": receipt.model_dump(), "keys": KEYS_PATH})
            await answer(scope, send, 200, JSON, body, [NO_STORE, VARY])

    def _of(self, brought: Brought, ticket: Ticket, chain: str) -> Receipt:
        room, lane, turn = self._room, self._room.lanes.get(ticket.lane), None
        epoch, number, event = ticket.epoch, ticket.number, room.event
        try:
            number, epoch = number_of(room, ticket), room.head.epoch
        except EarlierEpochError:
            lane = None  # of a line that has ended: what the ticket says still holds
        is_of_event = lane is not None and bool(event.name)
        if lane is not None and not (event.commitment and not event.opened_at):
            is_unread = lane.head.drawn_first <= number <= lane.head.drawn_last and lane.order is None
            turn = None if is_unread else lane.snapshot.turn_of(number)
        # from a pass alone it is only known when that was renewed
        held = brought.admission
        is_of_pass = held is not None and held.at == ticket.at
        # the ticket that it is known by may be of the place that was given up for it
        is_given_back = Spot(ticket.lane, number) in room.helped.given_back
        return Receipt(
            room=room.name,
            epoch=epoch,
            lane=ticket.lane,
            number=number,
            turn=turn,
            joined_at="" if is_of_pass or is_given_back else utc_text(ticket.at),
            event=event.name if is_of_event else "",
            commitment=event.commitment if is_of_event else "",
            digest=event.digest if is_of_event and event.commitment else "",
            chain=chain,
            iat=int(time.time()),
        )

    async def _newest_chain(self) -> str:
        chain, at = self._chain
        if time.monotonic() - at > CHAIN_SECONDS:
            try:
                chain = await self._ask_chain()
            except LineUnavailableError:
                return ""
            self._chain = (chain, time.monotonic())
        return chain

    async def _no_ticket(self, request: Request) -> None:
        if request.kind is Kind.NAVIGATION:
            pages = self._editions.to(request.languages)
            await send_page(request, 404, pages.trouble(404, self._room.name))
        else:
            body = problem(404, "no-ticket", "There is no ticket for this room.", {"room": self._room.name})
            await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])


class KeysAddress:
    """``/__waitroom/keys``: the public keys, the same for everyone."""

    def __init__(self, keys: ReceiptKeys) -> None:
        self._body = keys.published

    async def serve(self, request: Request) -> None:
        """A JSON Web Key Set."""
        headers = [(b"cache-control", b"public, max-age=300"), (b"access-control-allow-origin", b"*")]
        if request.scope["method"] not in ("GET", "HEAD"):
            body = problem(405, "method", "Only GET, HEAD is answered here.")
            await answer(
                request.scope, request.send, 405, PROBLEM, body, [NO_STORE, (b"allow", b"GET, HEAD")]
            )
            return
        await answer(request.scope, request.send, 200, JWKS, self._body, headers)
