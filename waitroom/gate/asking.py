"""Who is asked how their wait was, and what they answer.

Whoever leaves is asked on the page that says so: it carries a signed :class:`~waitroom.gate.tokens.Question`. Whoever
was let in holds a pass that says how long they waited, to within some minutes: it answers for them at
``/__waitroom/{room}/feedback``, for a day after their last visit. Those who met an open door are asked nothing. A place
answers once; what it answered is added to a sum, and not kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.feedback.buckets import bucket_of
from waitroom.feedback.ledger import ASKED_SECONDS, Answer, FeedbackLedger
from waitroom.feedback.question import Kind, Where
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, VARY, answer, problem
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.negotiate import Kind as RequestKind
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.texts import AskedPage
from waitroom.gate.tokens import Mint, Question, Ticket, Token, TokenError
from waitroom.gate.views import AskedView
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import send_page
from waitroom.line.room import Room
from waitroom.telemetry.families import ANSWERS


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody who is asked."""

    place: Token
    where: Where
    question: str = ""
    """What asks them, where they hold no pass."""


class Asking:
    """Serves ``feedback`` of one room. ``secrets`` come newest first."""

    def __init__(
        self,
        room: Room,
        tokens: Tokens,
        ledger: FeedbackLedger,
        editions: Editions,
        secrets: Sequence[str],
        kind: Kind,
        where: Sequence[Where],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.kind = kind
        self._room = room
        self._tokens = tokens
        self._ledger = ledger
        self._editions = editions
        self._questions = Mint(Question, secrets)
        self._where = frozenset(where)
        self._clock = clock

    def question(self, ticket: Ticket | None) -> str:
        """What the page carries on which somebody has just left; empty where they are not asked."""
        if ticket is None or Where.LEFT not in self._where:
            return ""
        now = self._room.clock_ms
        waited = 1 + bucket_of((now - ticket.at) / 1000)
        return self._questions.sign(
            Question(ticket.room, ticket.epoch, ticket.lane, ticket.number, now, ticket.hand, waited)
        )

    def view(self, question: str, target: str) -> AskedView:
        """The question as a part of the page that carries it."""
        return AskedView(self._room.name, "ask", self.kind, target, question)

    async def serve(self, request: Request) -> None:
        """The question, or an answer to it."""
        if request.scope["method"] == "POST":
            await self._answer(request)
            return
        fields = query_fields(request)
        asked, to = self._asked(request, fields.get("q", "")), fields.get("to", "/")
        page: AskedPage = "none"
        if asked is not None:
            try:
                has_answered = await self._ledger.has_answered(
                    asked.place.epoch, asked.place.lane, asked.place.number
                )
            except LineUnavailableError:
                has_answered = False
            page = "already" if has_answered else "ask"
        await self._tell(request, page, to, asked.question if asked else "")

    async def _answer(self, request: Request) -> None:
        if await refuses_foreign(request):
            return
        fields = await form_fields(request)
        asked, to = self._asked(request, fields.get("q", "")), fields.get("to", "/")
        if asked is None:
            await self._tell(request, "none", to)
            return
        score = _score(fields.get("score", ""), self.kind)
        if score is None:
            scores = self.kind.scores
            detail = f"A score is a whole number from {scores[0]} to {scores[-1]}."
            body = problem(422, "score", detail, {"room": self._room.name})
            await answer(request.scope, request.send, 422, PROBLEM, body, [NO_STORE, VARY])
            return
        place, given = asked.place, Answer(self.kind, asked.where, asked.place.waited - 1, score)
        try:
            counted = await self._ledger.answer(place.epoch, place.lane, place.number, given, self._clock())
        except LineUnavailableError:
            await put_off(request, "Your answer cannot be counted just now. Try again in a moment.")
            return
        if counted:
            request.counters[ANSWERS.field(asked.where)] += 1
        await self._tell(request, "thanks" if counted else "already", to)

    def _asked(self, request: Request, question: str) -> _Asked | None:
        """Who is asked: by what their page carries, or by the pass that they hold."""
        place: Token | None
        if question:
            where = Where.LEFT
            try:
                place = self._questions.verify(question, self._room.name)
            except TokenError:
                return None
        else:
            where, place = Where.INSIDE, self._tokens.visited(request.scope)
        if place is None or not place.waited or where not in self._where:
            return None
        if self._room.clock_ms - place.at > ASKED_SECONDS * 1000:
            return None
        return _Asked(place, where, question)

    async def _tell(self, request: Request, page: AskedPage, to: str, question: str = "") -> None:
        headers = [NO_STORE, VARY]
        if request.kind is RequestKind.NAVIGATION:
            view = AskedView(self._room.name, page, self.kind, to, question)
            await send_page(
                request, 404 if page == "none" else 200, self._editions.to(request.languages).asked(view)
            )
        elif page == "none":
            body = problem(404, "no-question", "There is nothing to ask you.", {"room": self._room.name})
            await answer(request.scope, request.send, 404, PROBLEM, body, headers)
        else:
            scores = self.kind.scores
            texts = self._editions.to(request.languages).texts
            body = to_json(
                {
                    "room": self._room.name,
                    "kind": self.kind,
                    "scores": [scores[0], scores[-1]],
                    "state": page,
                    "words": asdict(texts.question(self.kind)),
                    "lang": texts.language.spoken,
                    "dir": texts.language.direction,
                }
            )
            await answer(request.scope, request.send, 200, JSON, body, headers)


def _score(text: str, kind: Kind) -> int | None:
    """The score in a field; None where it is none."""
    return next((score for score in kind.scores if str(score) == text), None)
