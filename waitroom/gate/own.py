"""The room's own addresses, under ``/__waitroom/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, VARY, Header, answer, problem
from waitroom.gate.asking import Asking
from waitroom.gate.decision import Standing
from waitroom.gate.doorway import Doorway
from waitroom.gate.events import EventStreams
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.line_document import LineDocument
from waitroom.gate.more import MoreAddresses
from waitroom.gate.moving_along import MovingAlong
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import Asked, lead, links_here, with_ticket
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.reminding import Reminding
from waitroom.gate.request import Request, Serve
from waitroom.gate.resting import LettingPass
from waitroom.gate.shares import Shares
from waitroom.gate.state import Notice, State, plain_state, standing, state_of
from waitroom.gate.threshold import is_holding
from waitroom.gate.tokens import TokenError
from waitroom.gate.undoing import Undoing
from waitroom.gate.visitor import NOTHING, Brought
from waitroom.gate.whole_page import send_page
from waitroom.line.rules import Mode
from waitroom.line.ticket import Outcome
from waitroom.messages.languages import Wanted
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import REQUESTS

METHODS: Mapping[str, Sequence[str]] = {
    "status": ("GET", "HEAD"),
    "events": ("GET",),
    "wait": ("GET", "HEAD"),
    "leave": ("POST",),
    "line": ("GET", "HEAD"),
    "draw": ("GET", "HEAD"),
    "receipt": ("GET", "HEAD"),
    "enter": ("GET", "HEAD", "POST"),
    "code": ("GET", "HEAD", "POST"),
    "language": ("GET", "HEAD", "POST"),
    "place": ("GET", "HEAD"),
    "privacy": ("GET", "HEAD"),
    "form": ("GET", "HEAD", "POST"),
    "undo": ("POST",),
    "rest": ("POST",),
    "more": ("POST",),
    "ready": ("POST",),
    "offer": ("POST",),
    "move": ("GET", "HEAD", "POST"),
    "anew": ("GET", "HEAD"),
    "feedback": ("GET", "HEAD", "POST"),
    "tell": ("GET", "HEAD", "POST"),
    "forget": ("POST",),
    "content": ("GET", "HEAD"),
    "chat": ("GET", "HEAD"),
    "picture": ("GET", "HEAD"),
}
"""What each address of a room answers to, by the last part of its path."""

_PERSONAL = (NO_STORE, VARY)


class RoomEndpoints:
    """Status, events, wait, leave, line, draw, receipt, language, privacy, and the ways of a place: by the address, to
    another device, back after leaving, and into a lane."""

    def __init__(
        self,
        doorway: Doorway,
        shares: Shares,
        draw: Serve,
        receipt: Serve,
        language: Serve,
        privacy: Serve,
        wait: Serve,
        along: MovingAlong | None,
        undoing: Undoing,
        passing: LettingPass | None,
        asking: Asking | None,
        reminding: Reminding,
        more: MoreAddresses,
        form: Serve | None,
        counters: Counters,
    ) -> None:
        self._doorway = doorway
        self._shares = shares
        self._counters = counters
        self._room = doorway.room
        self._undoing = undoing
        self._asking = asking
        self.streams = EventStreams(doorway.room)
        self._line = LineDocument(doorway.room, doorway.fairness)
        self._actions: dict[str, Serve] = {
            "status": self._status,
            "events": self._events,
            "line": self._public_line,
            "leave": self._leave,
            "place": self._place,
            "draw": draw,
            "receipt": receipt,
            "language": language,
            "privacy": privacy,
            "wait": wait,
            "enter": doorway.entering.enter,
            "code": doorway.entering.code,
            "undo": undoing.undo,
            "tell": reminding.tell,
            "forget": reminding.forget,
            "content": more.content,
            "chat": more.chat,
            "picture": more.picture,
        }
        if passing is not None:
            self._actions |= {"rest": passing.rest, "more": passing.more, "ready": passing.ready}
        if form is not None:
            self._actions["form"] = form
        if along is not None:
            self._actions |= {"offer": along.offer, "move": along.move, "anew": along.anew}
        if asking is not None:
            self._actions["feedback"] = asking.serve
        # the door itself counts those who wait
        self._ways = {action: REQUESTS.field(action) for action in self._actions if action != "wait"}

    def find(self, method: str, action: str) -> Serve | None:
        """What answers a request, ``method`` at ``/__waitroom/{room}/{action}``. It is counted. None where there is no
        such address."""
        serve = self._actions.get(action)
        if serve is None:
            return None
        if action in self._ways:
            self._counters[self._ways[action]] += 1
        methods = METHODS[action]
        return serve if method in methods else partial(_wrong_method, ", ".join(methods))

    async def _status(self, request: Request) -> None:
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        if brought.admission is not None:
            state = plain_state(self._room, "admitted")
        elif brought.moved is not None:
            state = plain_state(self._room, "left", Notice.MOVED)
        else:
            stands, number = await self._doorway.standing(brought)
            if stands is Standing.NONE:
                await _no_ticket(request, self._room.name)
                return
            state = state_of(self._room, stands, number, brought.lane)
        body = state.to_json(_languages(request, state))
        await answer(request.scope, request.send, 200, JSON, body, _PERSONAL)

    async def _events(self, request: Request) -> None:
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        stands, number = await self._doorway.standing(brought)
        if brought.ticket is None or stands is Standing.NONE:
            await _no_ticket(request, self._room.name)
            return
        languages, in_steps = request.languages, "steps" in query_fields(request)
        # nobody reads them any more, and those of ten thousand open streams are twenty megabytes
        request.scope["headers"] = []
        who = (self._room.name, brought.lane, number)
        self._shares.take(who)
        try:
            await self.streams.serve(
                request.receive, request.send, brought.ticket, number, languages, in_steps=in_steps
            )
        finally:
            self._shares.give_back(who)

    async def _public_line(self, request: Request) -> None:
        headers = [(b"cache-control", b"public, max-age=1"), (b"access-control-allow-origin", b"*")]
        await answer(request.scope, request.send, 200, JSON, self._line.text(), headers)

    async def _place(self, request: Request) -> None:
        """The address that carries a ticket: see :mod:`waitroom.gate.place_links`."""
        asked, doorway = Asked.of(request), self._doorway
        tokens, mode = doorway.tokens, self._room.rules.mode
        try:
            ticket = tokens.read_text(asked.ticket)
        except TokenError:
            await lead(request, asked.target)
            return
        brought = tokens.read(request.scope)
        # whoever can enter at once needs no place
        is_open = mode is Mode.PASS or (mode is Mode.AUTO and not is_holding(self._room))
        if brought.has_come or is_open:
            await lead(request, asked.target)
            return
        stands, number = await doorway.standing(Brought(ticket))
        if stands in (Standing.NONE, Standing.LEFT):
            await lead(request, asked.target)
            return
        request.gifts += tokens.hand_out(
            ticket, None, secure=request.secure, in_headers=False, beside=request.beside
        )
        here = links_here(self._room.name, asked.ticket, asked.target)
        if asked.is_second:
            state = state_of(self._room, stands, number, ticket.lane)
            await doorway.waiting.hold(request, Kind.NAVIGATION, state, here)
        else:
            await lead(request, here.target)

    async def _leave(self, request: Request) -> None:
        if await refuses_foreign(request, "A place can only be given up from the shop's own pages."):
            return
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        stands, number = standing(self._room, brought.ticket)
        slip = question = ""
        if stands is not Standing.NONE:
            try:
                outcome = await self._room.leave(brought.lane, number)
            except LineUnavailableError:
                await put_off(request, "The line cannot be reached just now. Your place is kept.")
                return
            if outcome is Outcome.SPENT and brought.admission is not None:
                await self._room.finish(brought.admission.session)
            state = state_of(self._room, Standing.LEFT, number, brought.lane)
            if outcome is Outcome.LEFT:
                slip = self._undoing.slip(brought.ticket)
                question = self._asking.question(brought.ticket) if self._asking else ""
        else:
            state = plain_state(self._room, "left")
        headers: list[Header] = []
        forms = self._doorway.forms
        if forms is not None and brought.ticket is not None and request.beside.form:
            with suppress(LineUnavailableError):  # it ends by itself
                await forms.drop(brought.ticket)
        if brought != NOTHING:
            headers += self._doorway.tokens.take_back(
                brought.ticket, secure=request.secure, beside=replace(request.beside, form="")
            )
        if request.kind is Kind.NAVIGATION:
            target = (await form_fields(request)).get("target", "/")
            asked = self._asking.view(question, target) if self._asking and question else None
            page = self._doorway.waiting.page(state, target, request.languages, slip=slip, asked=asked)
            await send_page(request, 200, page, headers)
        else:
            members = state.members(_languages(request, state))
            if slip:
                members |= {"slip": slip, "undo_seconds": int(self._undoing.seconds)}
            if question:
                members["question"] = question
            await answer(request.scope, request.send, 200, JSON, to_json(members), [*headers, *_PERSONAL])


def _languages(request: Request, state: State) -> Wanted:
    """Looked up where there is something to choose from, which is seldom."""
    return request.languages if state.message.translations else ()


async def _no_ticket(request: Request, room: str) -> None:
    body = problem(404, "no-ticket", "There is no ticket for this room.", {"room": room})
    await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])


async def _wrong_method(allowed: str, request: Request) -> None:
    body = problem(405, "method", f"Only {allowed} is answered here.")
    await answer(request.scope, request.send, 405, PROBLEM, body, [NO_STORE, (b"allow", allowed.encode())])
