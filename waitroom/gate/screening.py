"""Who gets a place in line: newcomers are looked at before they join."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from waitroom.errors import LineUnavailableError
from waitroom.gate.beside import texts_beside
from waitroom.gate.challenges import EARLY_MS, LIFE_MS, Answer, Challenge, Challenges
from waitroom.gate.request import Request
from waitroom.gate.tokens import Ticket, TokenError
from waitroom.line.guard import SUSPECTS, Beyond, Guard, WithoutScript
from waitroom.line.room import Room
from waitroom.proxy import TrustedProxies
from waitroom.shaping.addresses import PERIOD_MS, Hasher, Whence, whence
from waitroom.shaping.buckets import Bucket
from waitroom.shaping.challenge import wait_seconds
from waitroom.shaping.difficulty import JoinRate, due_bits
from waitroom.shaping.join_limits import JoinLimits, Taken
from waitroom.shaping.verdict import Evidence, Verdict, is_spared, judge, least_shown

ANSWER_HEADER = b"waitroom-challenge"
MOST_SHOWN = 8
"""Answers of one request that are looked at: each costs a signature check."""
EXCHANGE_MS = PERIOD_MS
"""A ticket is exchanged for a new place once in this time without being looked at."""

logger = logging.getLogger("waitroom.gate")


class Screened(NamedTuple):
    """The verdict on a newcomer. ``seconds``: when to come again, by waiting alone; 0: that does not help."""

    verdict: Verdict
    challenge: Challenge | None = None
    seconds: int = 0


class _Payment(NamedTuple):
    """What a newcomer has done for a place. ``buckets`` are what makes it good for one place only; ``left`` is for how
    many seconds they have to wait yet where that is what they do."""

    bits: int
    buckets: Sequence[Bucket]
    challenge: Challenge | None
    left: int = 0


_PASSED = Screened(Verdict.OK)
_NOTHING = _Payment(0, [], None)


class Screening:
    """Looks at the newcomers of one room. It needs Redis only for those who owe something."""

    def __init__(
        self,
        room: Room,
        limits: JoinLimits,
        challenges: Challenges,
        hasher: Hasher,
        trusted: TrustedProxies,
    ) -> None:
        self._room = room
        self._limits = limits
        self._challenges = challenges
        self._hash = hasher
        self._trusted = trusted
        self._joins = JoinRate()
        room.on_change(self._observe)

    def __repr__(self) -> str:
        joins = self._joins.per_minute
        return f"<Screening of {self._room.name}: {self.due(holding=True)} bits, {joins:.0f} joins a minute>"

    @property
    def guard(self) -> Guard:
        """What the room has against abuse just now."""
        return self._room.rules.guard

    def due(self, *, holding: bool) -> int:
        """The difficulty that a newcomer owes now, in bits; 0: nothing."""
        guard = self.guard
        return due_bits(
            guard.when,
            joins=self._joins.per_minute,
            rate=self._room.rules.admission_rate,
            holding=holding,
            bits=guard.bits,
            most_bits=guard.most_bits,
        )

    async def look(self, request: Request, *, holding: bool, exchanged: Ticket | None) -> Screened:
        """The verdict on a newcomer. ``exchanged`` is a genuine ticket that stands for no place any more by no fault of
        its holder's: once, it is good for a new one. While Redis is away nobody is held up here."""
        try:
            if exchanged is not None and exchanged.lane != SUSPECTS and await self._exchange(exchanged):
                return _PASSED
            return await self._look(request, self.due(holding=holding))
        except LineUnavailableError:
            return _PASSED

    async def _exchange(self, ticket: Ticket) -> bool:
        name = f"exchanged:{ticket.epoch}:{ticket.lane}:{ticket.number}"
        return (await self._limits.take([Bucket(name, 1, EXCHANGE_MS)])).full is None

    async def _look(self, request: Request, due: int) -> Screened:
        guard = self.guard
        place = self._place(request)
        wanting = bool(due) or guard.beyond is Beyond.CHALLENGE
        payment = self._payment(request, place) if wanting else _NOTHING
        verdict, wanted = judge(Evidence(due, payment.bits, over=False), guard.beyond, guard.bits)
        if verdict is Verdict.CHALLENGE:
            return self._challenged(wanted, payment)
        spared = is_spared(Evidence(due, payment.bits, over=True), guard.beyond, guard.bits)
        price = payment.buckets if due or spared else []
        taken = await self._limits.take([*price, *([] if spared else self._limits_of(place))])
        if taken.full is None:
            return _PASSED
        if taken.full in price:
            return self._already_spent(payment, taken)
        verdict, wanted = judge(Evidence(due, payment.bits, over=True), guard.beyond, guard.bits)
        match verdict:
            case Verdict.CHALLENGE:
                return self._challenged(wanted, payment)
            case Verdict.SUSPECT:
                taken = await self._limits.take(price)
                return Screened(verdict) if taken.full is None else self._already_spent(payment, taken)
            case _:
                return Screened(verdict, seconds=max(taken.wait_seconds, 1))

    def _place(self, request: Request) -> Whence | None:
        """Where a newcomer comes from; None where only a proxy of our own is known."""
        address = request.visitor.address
        return None if self._trusted.believes((address, 0)) else whence(address)

    def _limits_of(self, place: Whence | None) -> list[Bucket]:
        if place is None:
            return []
        guard, now = self.guard, self._room.clock_ms
        limits = []
        if guard.per_address:
            name = "address:" + self._hash(place.address, now)
            limits.append(Bucket(name, guard.per_address, guard.window_ms))
        if guard.per_network:
            name = "network:" + self._hash(place.network, now)
            limits.append(Bucket(name, guard.per_network, guard.window_ms))
        return limits

    def _payment(self, request: Request, place: Whence | None) -> _Payment:
        """What a newcomer has done for a place: solved a challenge, or waited for as long as it says."""
        best = _NOTHING
        for text in self._shown(request):
            try:
                answer = self._challenges.read(text, self._room.clock_ms)
            except TokenError as error:
                logger.debug("room %s: %s: %s", self._room.name, type(error).__name__, error)
                continue
            payment = self._worth(answer, place)
            if payment.bits:
                return payment
            best = payment
        return best

    def _shown(self, request: Request) -> list[str]:
        headers = request.scope["headers"]
        jars = [value for name, value in headers if name == b"cookie"]
        told = [value.decode("latin-1") for name, value in headers if name == ANSWER_HEADER]
        return (told + texts_beside(jars, self._room.name, "challenge"))[:MOST_SHOWN]

    def _worth(self, answer: Answer, place: Whence | None) -> _Payment:
        challenge, bits = answer.challenge, answer.challenge.puzzle.bits
        used = Bucket("answered:" + challenge.puzzle.salt, 1, LIFE_MS + EARLY_MS)
        if answer.solved:
            return _Payment(bits, [used], challenge)
        if not self._may_wait:
            return _NOTHING
        now = self._room.clock_ms
        seconds = wait_seconds(bits, self.guard.bits)
        left = min(-(-(challenge.at + seconds * 1000 - now) // 1000), seconds)
        if left > 0:
            return _Payment(0, [], challenge, left)
        if place is None:
            return _Payment(bits, [used], challenge)
        # work cannot be done for many at once, and so neither may waiting
        waited = Bucket("waited:" + self._hash(place.address, now), 1, seconds * 1000)
        return _Payment(bits, [used, waited], challenge)

    def _challenged(self, bits: int, payment: _Payment) -> Screened:
        kept = payment.challenge
        if kept is not None and payment.left and kept.puzzle.bits >= least_shown(bits, self.guard.bits):
            # what they have waited so far stays waited, however often they reload
            return Screened(Verdict.CHALLENGE, kept, payment.left)
        seconds = wait_seconds(bits, self.guard.bits) if self._may_wait else 0
        return Screened(Verdict.CHALLENGE, self._challenges.issue(bits, self._room.clock_ms), seconds)

    def _already_spent(self, payment: _Payment, taken: Taken) -> Screened:
        """The answer was used before, or somebody else of the address has just waited."""
        if taken.full is not payment.buckets[0]:
            return Screened(Verdict.CHALLENGE, payment.challenge, max(taken.wait_seconds, 1))
        return self._challenged(payment.bits, _NOTHING)

    @property
    def _may_wait(self) -> bool:
        return self.guard.without_script is WithoutScript.WAIT

    def _observe(self) -> None:
        room = self._room
        issued = sum(lane.head.issued for name, lane in room.lanes.items() if name != SUSPECTS)
        self._joins.observe(epoch=room.head.epoch, issued=issued, clock_ms=room.head.clock)
