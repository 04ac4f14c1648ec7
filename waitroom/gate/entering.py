"""The addresses by which one gets into a lane: an invitation's link, and the form for a code.

A visit to a link never uses anything up: mail scanners and link previews follow links, some of them in a real browser.
Where an invitation can be used up, its page has a button; only what the button sends is taken along. The token is then
in a cookie, and the address that the shop sees is clean.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, TEXT, VARY, Header, answer, problem
from waitroom.gate.beside import Beside
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.invited import INVITATION_HEADER, Invitations, Shown
from waitroom.gate.leading import leading_to, local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.views import InvitationView
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import SECRET, send_page
from waitroom.invitations.ledger import TRIES_SECONDS, Ledger
from waitroom.invitations.minting import default_target
from waitroom.line.redeeming import Redemption
from waitroom.proxy import place_of
from waitroom.shaping.invitation import Invitation, InvitationError, Refusal
from waitroom.telemetry.families import INVITATION

_HEADERS: list[Header] = [NO_STORE, VARY, SECRET]
_STATUS = {Refusal.MISTYPED: 422, Refusal.UNKNOWN_CODE: 422, Refusal.TOO_MANY_TRIES: 429}


REVOKED = InvitationError(Refusal.REVOKED, "the shop has revoked it")
_REFUSALS = {Redemption.USED_UP: Refusal.USED_UP, Redemption.REVOKED: Refusal.REVOKED}


class Entering:
    """Serves ``enter`` and ``code`` of one room."""

    def __init__(self, invitations: Invitations, ledger: Ledger, editions: Editions, tokens: Tokens) -> None:
        self.invitations = invitations
        self._tokens = tokens
        self._ledger = ledger
        self._editions = editions
        self._room = invitations.room.name
        self._default_target = default_target(invitations.room)

    def shown(self, request: Request) -> Shown:
        """What entitles the sender of a request to a lane."""
        return self.invitations.shown(request.scope["headers"], time.time())

    def bars(self, shown: Shown) -> bool:
        """Whether the room is by invitation only, and this is none that counts."""
        return self.invitations.invite_only and shown.entitlement is None

    async def enter(self, request: Request) -> None:
        """``/__waitroom/{room}/enter?i=…&to=…``: an invitation's link, or ``claim=…`` with a claim of the shop."""
        posted = request.scope["method"] == "POST"
        if posted and await self._foreign(request):
            return
        fields = await form_fields(request) if posted else query_fields(request)
        to = fields.get("to", self._default_target)
        now = time.time()
        try:
            if "claim" in fields:
                self.invitations.claimed(fields["claim"], now)
                beside = replace(request.beside, claim=fields["claim"])
                await self._lead(request, to, beside, fields["claim"])
                return
            invitation = self.invitations.opened(fields.get("i", ""), now)
            await self._check_revoked(invitation)
        except InvitationError as error:
            await self.refuse(request, error, to)
            return
        if posted or invitation.uses == 0:
            await self._take(request, invitation, to)
        elif request.kind is Kind.NAVIGATION:
            view = InvitationView(self._room, "opened", to, token=fields["i"])
            await self._page(request, 200, view)
        else:
            body = b'{"lane":"%b","room":"%b"}' % (invitation.lane.encode(), self._room.encode())
            await answer(request.scope, request.send, 200, JSON, body, _HEADERS)

    async def code(self, request: Request) -> None:
        """``/__waitroom/{room}/code``: the form for a code, and what it sends."""
        if request.scope["method"] != "POST":
            to = query_fields(request).get("to", self._default_target)
            await self._page(request, 200, InvitationView(self._room, "code", to, asks_code=True))
            return
        if await self._foreign(request):
            return
        fields = await form_fields(request)
        text, to = fields.get("code", ""), fields.get("to", self._default_target)
        try:
            invitation = await self._found(text, place_of(request.visitor.address))
        except InvitationError as error:
            await self._wrong_code(request, error, text, to)
        except LineUnavailableError:
            body = problem(503, "unavailable", "Codes cannot be looked up just now. Try again in a moment.")
            headers = [*_HEADERS, (b"retry-after", b"5")]
            await answer(request.scope, request.send, 503, PROBLEM, body, headers)
        else:
            await self._take(request, invitation, to)

    async def require(self, request: Request, refused: InvitationError | None) -> None:
        """The answer of a room that is by invitation only to somebody without one that counts."""
        request.counters[INVITATION] += 1
        if refused is not None:
            await self.refuse(request, refused, request.target)
        elif request.kind is Kind.NAVIGATION:
            view = InvitationView(self._room, "required", request.target, asks_code=True)
            await self._page(request, 403, view)
        else:
            await self._problem(request, 403, "invitation-required", "This line is by invitation only.")

    async def take_back(self, request: Request, outcome: Redemption) -> None:
        """Says why an invitation gave no place, and takes it from the visitor: the next request is one without it."""
        request.counters[INVITATION] += 1
        refusal = _REFUSALS[outcome]
        gone = self._kept(request, replace(request.beside, invitation=""))
        await self.refuse(request, InvitationError(refusal, refusal.value), request.target, [gone])

    async def refuse(
        self, request: Request, error: InvitationError, to: str, gifts: Sequence[Header] = ()
    ) -> None:
        """Says why an invitation does not count."""
        if request.kind is Kind.NAVIGATION:
            may_go_on = not self.invitations.invite_only
            view = InvitationView(self._room, error.refusal, to, asks_code=True, may_go_on=may_go_on)
            await self._page(request, 403, view, gifts)
        else:
            await self._refusal(request, 403, "invitation-refused", error, gifts)

    async def _found(self, text: str, address: str) -> Invitation:
        if not await self._ledger.may_try(address):
            raise InvitationError(Refusal.TOO_MANY_TRIES, "too many wrong codes from this address")
        now = time.time()
        try:
            invitation = await self._ledger.find(text, now)
        except InvitationError as error:
            if error.refusal is Refusal.UNKNOWN_CODE:
                await self._ledger.note_wrong(address)
            raise
        self.invitations.check_lane(invitation.lane)
        await self._check_revoked(invitation)
        return invitation

    async def _check_revoked(self, invitation: Invitation) -> None:
        """Told at once, where it can be known; what counts is decided when the place is given."""
        try:
            revoked = await self._ledger.is_revoked(invitation)
        except LineUnavailableError:
            return
        if revoked:
            raise REVOKED

    async def _take(self, request: Request, invitation: Invitation, to: str) -> None:
        token = self.invitations.taken(invitation, request.scope["headers"])
        await self._lead(request, to, replace(request.beside, invitation=token), token)

    async def _lead(self, request: Request, to: str, beside: Beside, token: str) -> None:
        """To the shop, with the token in a cookie and no longer in the address."""
        headers = [*_HEADERS, self._kept(request, beside)]
        if request.kind is Kind.NAVIGATION:
            headers.append(leading_to(local_target(to)))
            await answer(request.scope, request.send, 303, TEXT, b"", headers)
        else:
            # an app keeps it itself
            headers.append((INVITATION_HEADER, token.encode()))
            await answer(
                request.scope, request.send, 200, JSON, b'{"room":"%b"}' % self._room.encode(), headers
            )

    def _kept(self, request: Request, beside: Beside) -> Header:
        brought = self._tokens.read(request.scope)
        return self._tokens.keep_beside(brought, beside, secure=request.secure)

    async def _wrong_code(self, request: Request, error: InvitationError, text: str, to: str) -> None:
        status = _STATUS.get(error.refusal, 403)
        retry: list[Header] = [(b"retry-after", b"%d" % TRIES_SECONDS)] if status == 429 else []
        if request.kind is Kind.NAVIGATION:
            view = InvitationView(
                self._room, "code", to, asks_code=True, typed=text[:64], wrong=error.refusal
            )
            await self._page(request, status, view, retry)
        else:
            await self._refusal(request, status, "code-refused", error, retry)

    async def _foreign(self, request: Request) -> bool:
        if not request.is_foreign:
            return False
        await self._problem(request, 403, "cross-site", "This is only done from the shop's own pages.")
        return True

    async def _page(
        self, request: Request, status: int, view: InvitationView, more: Sequence[Header] = ()
    ) -> None:
        pages = self._editions.to(request.languages)
        await send_page(request, status, pages.invitation(view), more, referrer=SECRET)

    async def _refusal(
        self, request: Request, status: int, kind: str, error: InvitationError, more: Sequence[Header]
    ) -> None:
        detail = self._editions.to(request.languages).texts.refused(error.refusal)
        await self._problem(request, status, kind, detail, more, reason=error.refusal.value)

    async def _problem(
        self,
        request: Request,
        status: int,
        kind: str,
        detail: str,
        more: Sequence[Header] = (),
        **members: object,
    ) -> None:
        body = problem(status, kind, detail, {"room": self._room, **members})
        await answer(request.scope, request.send, status, PROBLEM, body, [*_HEADERS, *more])
