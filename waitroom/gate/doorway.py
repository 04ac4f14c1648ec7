"""The door of one room: acts on the decision."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import ClassVar

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import HTML, NO_STORE, PROBLEM, TEXT, VARY, Header, answer, problem
from waitroom.gate.decision import Decision, Facts, Standing, decide
from waitroom.gate.negotiate import Kind
from waitroom.gate.page import CONTENT_SECURITY_POLICY, Pages, PageState, PageView
from waitroom.gate.request import Request
from waitroom.gate.state import Notice, State, plain_state, standing, state_of
from waitroom.gate.tokens import Pass, Ticket
from waitroom.gate.visitor import Brought, Tokens
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.store import GENERAL
from waitroom.line.ticket import Outcome
from waitroom.proxy import Origin, TrustedProxies, from_origin, to_origin

logger = logging.getLogger("waitroom.gate")

_COMMAND = b"waitroom-command"
_CACHING = frozenset((b"expires", b"pragma", b"surrogate-control", b"x-accel-expires"))
"""What a cache may obey besides ``Cache-Control`` and its targeted kin (RFC 9213), which end in that name."""
HEARD_OF_MS = 3_000
"""By this age a ticket is known to every worker that reaches Redis."""


class Doorway:
    """Takes a request of its room to the origin, to the line, or to the waiting page."""

    page_headers: ClassVar[list[Header]] = [
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    ]

    def __init__(
        self,
        room: Room,
        tokens: Tokens,
        pages: Pages,
        origin: Origin,
        trusted: TrustedProxies,
        hold_status: int,
    ) -> None:
        self.room = room
        self.tokens = tokens
        self._pages = pages
        self._origin = origin
        self._trusted = trusted
        self._hold_status = hold_status
        self._finishing: set[asyncio.Task[None]] = set()

    async def handle(self, request: Request) -> None:
        """Answers one request to the shop."""
        brought = self.tokens.read(request.scope)
        if brought.admission is not None:
            renewed = self.tokens.renewed(brought.admission) if brought.renew else None
            await self._forward(request, brought, brought.admission, None, renewed)
            return
        kind = request.kind
        stands, number = await self.standing(brought)
        facts = Facts(kind, self.room.rules.mode, inside=False, standing=stands, holding=self._holding)
        match decide(facts):
            case Decision.FORWARD:
                await self._forward(request, brought, None, None, None)
            case Decision.JOIN:
                await self._join(request, brought, kind, self._lost_place(brought))
            case Decision.CLAIM:
                await self._claim(request, brought, kind, stands, number)
            case Decision.WAIT:
                state = state_of(self.room, stands, number, GENERAL)
                await self._hold(request, kind, state, brought.ticket, by_header=brought.by_header)
            case Decision.REFUSE:
                await self._refuse(request)
            case Decision.CLOSED:
                await self._hold(
                    request, kind, plain_state(self.room, "closed"), None, by_header=brought.by_header
                )

    @property
    def _holding(self) -> bool:
        """Whether a newcomer would have to wait."""
        head, rules = self.room.snapshot.head, self.room.rules
        full = 0 < rules.capacity <= head.sessions + head.granted
        return full or head.tokens < 1 or self.room.snapshot.waiting > 0

    async def standing(self, brought: Brought) -> tuple[Standing, int]:
        """How the visitor's ticket stands, and its number. They are present by having asked."""
        ticket = brought.ticket
        if ticket is None:
            return Standing.NONE, 0
        # a ticket that another worker gave just now is only news that has not come here yet
        known_of = ticket.at + HEARD_OF_MS < self.room.clock_ms
        if known_of and self.room.snapshot.may_be_lost(ticket.epoch, ticket.number):
            try:
                await self.room.recall(ticket.epoch, ticket.number)
            except LineUnavailableError:
                return Standing.WAITING, ticket.number
        found = standing(self.room, ticket)
        if found[0] in (Standing.WAITING, Standing.LATE):
            self.room.presence.saw(found[1])
        return found

    def _lost_place(self, brought: Brought) -> Notice | None:
        """Why a visitor who holds a genuine ticket is given a new one."""
        ticket = brought.ticket
        if ticket is None or self.room.snapshot.resolve(ticket.epoch, ticket.number) is not None:
            return None
        return Notice.RESTARTED

    async def _join(self, request: Request, brought: Brought, kind: Kind, notice: Notice | None) -> None:
        try:
            place = await self.room.join()
        except LineUnavailableError:
            await self._without_line(request, brought, kind)
            return
        ticket = self.tokens.ticket(place.number, GENERAL)
        if place.admitted:
            await self._forward(request, brought, None, ticket, self.tokens.admit(place.number, GENERAL))
            return
        state = state_of(self.room, Standing.WAITING, place.number, GENERAL, notice)
        await self._hold(request, kind, state, ticket, by_header=brought.by_header)

    async def _claim(
        self, request: Request, brought: Brought, kind: Kind, stands: Standing, number: int
    ) -> None:
        try:
            outcome = await self.room.claim(number)
        except LineUnavailableError:
            state = state_of(self.room, stands, number, GENERAL, Notice.UNAVAILABLE)
            await self._hold(request, kind, state, brought.ticket, by_header=brought.by_header)
            return
        match outcome:
            case Outcome.ADMITTED | Outcome.AGAIN:
                admission = self.tokens.admit(number, GENERAL)
                await self._forward(request, brought, None, None, admission)
            case Outcome.MISSED:
                await self._join(request, brought, kind, Notice.MISSED)
            case Outcome.SPENT:
                await self._join(request, brought, kind, None)
            case _:
                stands = Standing.LATE if outcome is Outcome.CALLED else Standing.WAITING
                state = state_of(self.room, stands, number, GENERAL)
                await self._hold(request, kind, state, brought.ticket, by_header=brought.by_header)

    async def _without_line(self, request: Request, brought: Brought, kind: Kind) -> None:
        """Redis is away, and this newcomer has no place yet."""
        if self.room.rules.mode is Mode.PASS:
            await self._forward(request, brought, None, None, None)
            return
        state = plain_state(self.room, "waiting", Notice.UNAVAILABLE)
        await self._hold(request, kind, state, None, by_header=brought.by_header)

    async def _forward(
        self,
        request: Request,
        brought: Brought,
        inside: Pass | None,
        new_ticket: Ticket | None,
        new_pass: Pass | None,
    ) -> None:
        """To the origin, with the visitor's session; what is new in it goes back with the answer."""
        admission = new_pass or inside
        extra: list[Header] = [(b"waitroom-room", self.room.name.encode())]
        gifts: list[Header] = []
        if admission is not None:
            extra.append((b"waitroom-visitor", admission.session.encode()))
            self.room.visits.active(admission.session)
        if new_ticket is not None or new_pass is not None:
            in_headers = brought.by_header or (new_ticket is not None and request.kind is Kind.CALL)
            gifts = self.tokens.hand_out(new_ticket, new_pass, secure=request.secure, in_headers=in_headers)
        scope, visitor = request.scope, request.visitor
        await self._origin.forward(
            scope,
            request.receive,
            request.send,
            headers=to_origin(
                scope["headers"],
                client=scope["client"],
                scheme=visitor.scheme,
                host=visitor.host,
                trusted=self._trusted,
                extra=extra,
            ),
            edit=self._editor(request, admission, gifts),
        )

    def _editor(
        self, request: Request, admission: Pass | None, gifts: list[Header]
    ) -> Callable[[int, list[Header]], list[Header]]:
        def edit(_status: int, theirs: list[Header]) -> list[Header]:
            ours = gifts
            if admission is not None and _says_done(theirs):
                self._finish(admission)
                ours = self.tokens.take_back(secure=request.secure)
            headers = from_origin(theirs)
            return [*_uncacheable(headers), *ours] if ours else headers

        return edit

    def _finish(self, admission: Pass) -> None:
        async def tell() -> None:
            try:
                await self.room.finish(admission.session)
            except LineUnavailableError:
                # it ends by itself, `session` after its last request
                logger.warning("room %s: a finished visit could not be told to Redis", self.room.name)

        task = asyncio.create_task(tell())
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _hold(
        self,
        request: Request,
        kind: Kind,
        state: State,
        ticket: Ticket | None,
        *,
        by_header: bool,
    ) -> None:
        status = self._hold_status
        headers = [
            (b"retry-after", b"%d" % state.refresh_after),
            NO_STORE,
            VARY,
            (b"waitroom-room", self.room.name.encode()),
        ]
        if state.position is not None:
            headers.append((b"waitroom-position", b"%d" % state.position))
        if ticket is not None:
            headers += self.tokens.hand_out(
                ticket, None, secure=request.secure, in_headers=by_header or kind is Kind.CALL
            )
        if kind is Kind.NAVIGATION:
            body = self.page(state, request.target)
            await answer(request.scope, request.send, status, HTML, body, [*headers, *self.page_headers])
        else:
            detail = "The shop is closed." if state.state == "closed" else "There is a line. Ask again later."
            body = problem(status, state.state, detail, state.members())
            await answer(request.scope, request.send, status, PROBLEM, body, headers)

    def page(self, state: State, target: str) -> bytes:
        """The page of a visitor who is not let in. ``target`` is the address first asked for."""
        rules = self.room.rules
        view = PageView(
            room=self.room.name,
            state=_page_state(state),
            position=state.position,
            ahead=state.ahead,
            waiting=state.waiting,
            eta_range=(state.eta.low, state.eta.high) if state.eta else None,
            refresh_after=state.refresh_after,
            code=state.code,
            message=state.message,
            keep_seconds=rules.keep_ms // 1000,
            presence_seconds=rules.presence_ms // 1000,
            target=target,
        )
        return self._pages.waiting(view)

    async def _refuse(self, request: Request) -> None:
        headers = [(b"retry-after", b"10"), NO_STORE, VARY, (b"waitroom-room", self.room.name.encode())]
        await answer(request.scope, request.send, 503, TEXT, self._pages.texts.refusal(503).encode(), headers)


_PAGE_STATES: dict[Notice | None, PageState] = {
    Notice.PAUSED: "paused",
    Notice.MISSED: "expired",
    Notice.RESTARTED: "restarted",
    Notice.UNAVAILABLE: "unavailable",
    Notice.LATE: "called",
}


def _page_state(state: State) -> PageState:
    match state.state:
        case "closed" | "left" | "called":
            return state.state
        case _:
            return _PAGE_STATES.get(state.notice, "waiting")


def _says_done(headers: Sequence[Header]) -> bool:
    return any(name == _COMMAND and value.strip().lower() == b"done" for name, value in headers)


def _uncacheable(headers: Sequence[Header]) -> list[Header]:
    """An answer that carries a visitor's own cookie must not be shared, whatever the shop says of it."""
    kept = [
        header for header in headers if header[0] not in _CACHING and not header[0].endswith(b"cache-control")
    ]
    return [*kept, (b"cache-control", b"private, no-cache")]
