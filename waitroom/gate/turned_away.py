"""What newcomers get who may not join (yet): a challenge, or a time to come again."""

from __future__ import annotations

from dataclasses import replace

from waitroom.gate.answers import NO_STORE, PROBLEM, VARY, Header, answer, problem
from waitroom.gate.challenges import Challenge
from waitroom.gate.editions import Editions
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.screening import Screened
from waitroom.gate.views import ChallengeView
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import send_page
from waitroom.telemetry.families import SHED, TURNED_AWAY


class TurnedAway:
    """The answers of one room to those newcomers: a page for people, a problem for programs."""

    def __init__(self, room: str, editions: Editions, hold_status: int, tokens: Tokens) -> None:
        self._room = room
        self._editions = editions
        self._hold_status = hold_status
        self._tokens = tokens
        self._name: Header = (b"waitroom-room", room.encode())

    async def answer(self, request: Request, kind: Kind, screened: Screened) -> None:
        """Tells a newcomer what to do. Nothing of it is a place in line."""
        request.counters[TURNED_AWAY] += 1
        if screened.challenge is None:
            await self._limited(request, kind, screened.seconds)
        elif kind is Kind.NAVIGATION:
            await self._challenge_page(request, screened.challenge, screened.seconds)
        else:
            await self._challenge_problem(request, screened.challenge, screened.seconds)

    async def shed(self, request: Request, kind: Kind, seconds: int) -> None:
        """Asks a newcomer to come again, as cheaply as may be."""
        request.counters[SHED] += 1
        # a connection kept for so long would take the place of another
        headers = [self._name, (b"retry-after", b"%d" % seconds), (b"connection", b"close")]
        if kind is Kind.NAVIGATION:
            pages = self._editions.to(request.languages)
            headers += [(b"refresh", b"%d" % seconds)]
            await send_page(request, 503, pages.crowded(self._room, seconds), headers)
        else:
            detail = f"Too many are joining at this moment. Ask again in {seconds} seconds."
            body = problem(503, "crowded", detail, {"room": self._room, "retry_after": seconds})
            await answer(request.scope, request.send, 503, PROBLEM, body, [*headers, NO_STORE, VARY])

    async def _limited(self, request: Request, kind: Kind, seconds: int) -> None:
        headers = [self._name, (b"retry-after", b"%d" % seconds)]
        if kind is Kind.NAVIGATION:
            pages = self._editions.to(request.languages)
            headers += [(b"refresh", b"%d" % seconds)]
            await send_page(request, 429, pages.limited(self._room, seconds, request.target), headers)
        else:
            detail = f"Too many have joined from your address or network. Ask again in {seconds} seconds."
            body = problem(429, "too-many-joins", detail, {"room": self._room})
            await answer(request.scope, request.send, 429, PROBLEM, body, [*headers, NO_STORE, VARY])

    async def _challenge_page(self, request: Request, challenge: Challenge, seconds: int) -> None:
        puzzle = challenge.puzzle
        view = ChallengeView(
            text=challenge.text,
            salt=puzzle.salt,
            bits=puzzle.bits,
            sought=puzzle.target,
            room=self._room,
            wait_seconds=seconds,
            target=request.target,
        )
        pages = self._editions.to(request.languages)
        headers = [self._name]
        if seconds:
            # for those without JavaScript: where the script runs it calls this off
            headers += [(b"retry-after", b"%d" % seconds), (b"refresh", b"%d" % seconds)]
            beside = replace(request.beside, challenge=challenge.text)
            brought = self._tokens.read(request.scope)
            headers.append(self._tokens.keep_beside(brought, beside, secure=request.secure))
        await send_page(request, self._hold_status, pages.challenge(view), headers)

    async def _challenge_problem(self, request: Request, challenge: Challenge, seconds: int) -> None:
        puzzle = challenge.puzzle
        members: dict[str, object] = {
            "room": self._room,
            "challenge": challenge.text,
            "bits": puzzle.bits,
            "salt": puzzle.salt,
            "target": puzzle.target,
            "wait_seconds": seconds or None,
        }
        detail = (
            "Find the number below 2^bits for which the SHA-256 of salt:number begins with target, and ask again with "
            "the header Waitroom-Challenge: challenge~number."
        )
        headers = [self._name, NO_STORE, VARY]
        if seconds:
            headers.append((b"retry-after", b"%d" % seconds))
        body = problem(403, "challenge-required", detail, members)
        await answer(request.scope, request.send, 403, PROBLEM, body, headers)
