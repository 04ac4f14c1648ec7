"""The line in Redis: one method an atomic decision, each one call of one script."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from waitroom.line.calls import Word
from waitroom.line.census import Counting
from waitroom.line.controls import Controls
from waitroom.line.draw import CONTRIBUTION_BYTES
from waitroom.line.head import Head
from waitroom.line.helping import Helping
from waitroom.line.holding import Holding
from waitroom.line.keys import redeem_keys
from waitroom.line.redeeming import BroughtTicket, Entitlement, Redeemed, Redemption
from waitroom.line.ticket import Outcome
from waitroom.line.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Joined:
    """Numbers ``first`` … ``first + count - 1``, of which the first ``admitted`` entered at once."""

    first: int
    count: int
    admitted: int
    head: Head


@dataclass(frozen=True, slots=True)
class View:
    """A room with its bits: all that a worker needs to answer everyone in line."""

    head: Head
    start: int
    """The number of the first bit of each bitmap."""
    used: bytes
    seen: tuple[bytes, ...]
    late: tuple[int, ...]
    """Turns of those who were absent when called and are back."""
    ended: tuple[str, ...]
    """Sessions that the shop ended since the last view."""
    summoned: tuple[int, ...] = ()
    """Numbers that the support desk has called."""
    handed: tuple[str, ...] = ()
    """Places of the room that were handed anew since the last view, with their hands."""
    resting: Mapping[int, int] = field(default_factory=dict)
    """Numbers that let others pass, and for how many milliseconds from then on."""


@dataclass(frozen=True, slots=True)
class Handed:
    """The numbers of a lane whose drawn turns are ``turn`` and those after it."""

    lane: str
    turn: int
    numbers: Sequence[int]


_OUTCOMES = {outcome.encode(): outcome for outcome in Outcome}


class LineStore(Controls, Timetable, Helping, Holding, Counting):
    """One lane of one room in Redis: those who stand in it, and what its workers see of them.

    What is set, planned, helped, held and counted is added by the classes that it is made of; how a script is called,
    and what every method raises, is told in :class:`~waitroom.line.calls.Calls`.
    """

    def contribution(self) -> bytes:
        """Fresh randomness for the draw."""
        return secrets.token_bytes(CONTRIBUTION_BYTES)

    async def join(self, count: int) -> Joined:
        """Gives out ``count`` numbers, and admits the first of them at once where nobody waits."""
        _, head, first, admitted = await self._ask("join", count, self.contribution())
        return Joined(int(first), count, int(admitted), self._learn(head))

    async def redeem(self, rights: Sequence[tuple[Entitlement, BroughtTicket]]) -> list[Redeemed]:
        """Gives each holder of a right to this lane a place in it, or tells of the one that they have."""
        words: list[Word] = [secrets.token_bytes(CONTRIBUTION_BYTES)]
        for right, brought in rights:
            words += [right.holder, right.id, right.batch, right.uses, right.ends, *brought]
        _, head, *found = await self._ask("redeem", *words, more_keys=redeem_keys(self._room))
        after = self._learn(head)
        return [
            Redeemed(Redemption(outcome.decode()), lane.decode(), int(number), int(admitted) == 1, after)
            for outcome, lane, number, admitted in zip(*[iter(found)] * 4, strict=True)
        ]

    async def advance(self, handed: Iterable[Handed] = ()) -> Head:
        """Lets time pass and calls as many as the budget allows, in all lanes.

        ``handed`` are those whose drawn turn comes next: without them no drawn lane moves.
        """
        words: list[Word] = []
        for of in handed:
            words += [of.lane, of.turn, len(of.numbers), *of.numbers]
        return await self._head("advance", *words)

    async def claim(self, number: int, turn: int | None = None) -> tuple[Outcome, Head]:
        """Shows a ticket at the door. ``turn`` is its place in the order, where that is not its number."""
        return await self._outcome("claim", number, number if turn is None else turn)

    async def claim_many(self, tickets: Iterable[tuple[int, int]]) -> tuple[list[Outcome], Head]:
        """Shows tickets at the door together, each as :meth:`claim` does, in this order: pairs of number and turn."""
        _, head, *outcomes = await self._ask(
            "claim_many", " ".join(f"{number} {turn}" for number, turn in tickets)
        )
        return [_OUTCOMES[outcome] for outcome in outcomes], self._learn(head)

    async def leave(self, number: int) -> tuple[Outcome, Head]:
        """Gives a place up."""
        return await self._outcome("leave", number)

    async def see(self, numbers: Sequence[int]) -> Head:
        """Marks the holders of these numbers as present."""
        return await self._head("see", *numbers)

    async def see_bits(self, first: int, bits: bytes) -> Head:
        """Marks as present whose bit is set; the first one is that of number ``first``, a multiple of 8."""
        return await self._head("see_bits", first, bits)

    async def renew(self, idle_ms: Mapping[str, int]) -> Head:
        """Renews sessions; each comes with the milliseconds since its last request."""
        return await self._head("renew", *(word for pair in idle_ms.items() for word in pair))

    async def finish(self, session: str) -> Head:
        """Ends a session at the shop's word."""
        return await self._head("finish", session)

    async def view(self, ended_since: int) -> View:
        """The room with its bits, and the sessions ended since that room clock."""
        _, head, start, used, *seen, late, ended, summoned, handed, resting = await self._ask(
            "view", ended_since
        )
        return View(
            head=self._learn(head),
            start=int(start),
            used=used,
            seen=tuple(seen),
            late=tuple(map(int, late)),
            ended=tuple(bytes(member).decode() for member in _items(ended)),
            summoned=tuple(map(int, _items(summoned))),
            handed=tuple(bytes(member).decode() for member in _items(handed)),
            resting={int(number): int(ms) for number, ms in zip(*[iter(_items(resting))] * 2, strict=True)},
        )


def _items(reply: object) -> list[bytes]:
    return reply if isinstance(reply, list) else []
