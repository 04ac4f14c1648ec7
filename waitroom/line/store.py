"""The line in Redis: one method an atomic decision, each one call of one script."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError

from waitroom.errors import EventHeldError, LineUnavailableError, OvertakenError
from waitroom.line import lua
from waitroom.line.desk import Fate, Help, Helped, PlaceReport, Reinstated, Spot
from waitroom.line.draw import CONTRIBUTION_BYTES
from waitroom.line.hands import Handing
from waitroom.line.head import Head
from waitroom.line.keys import RoomKeys, redeem_keys, room_keys
from waitroom.line.memory import GENERAL, Memory, SaleEvent
from waitroom.line.plan import Planned
from waitroom.line.redeeming import BroughtTicket, Entitlement, Redeemed, Redemption
from waitroom.line.resting import Resting
from waitroom.line.rules import Rules
from waitroom.line.ticket import Outcome
from waitroom.redis.cluster import shard_of

Word = str | int | float | bytes
"""An argument of a script."""
TRIES = 5
"""So often is Redis told what it lacks, or asked anew with what it told, in one call."""
UNTOLD = "Redis could not be told what it forgot"
ANYTHING = "*"
"""Stands for whatever is there: a change that replaces it looks at nothing."""


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


_HELPS = {each.value for each in Help}
_OUTCOMES = {outcome.encode(): outcome for outcome in Outcome}


class LineStore:
    """One lane of one room in Redis.

    Each call tells Redis the most that this worker has seen of the room. Where Redis knows less (it lost its
    last second, or everything), it says so and changes nothing; the store then restores it and asks again.
    Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer.
    """

    clock = lua.REDIS_CLOCK

    def __init__(
        self,
        redis: Redis,
        room: str,
        lane: str = GENERAL,
        memory: Memory | None = None,
        wall_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:
        self.lane = lane
        self.memory = memory or Memory()
        self._redis = shard_of(redis, room)
        self._room = room
        self._of_room = RoomKeys.of(room)
        self._keys_of: tuple[tuple[str, ...], list[str]] = ((), [])
        self._shas: dict[str, str] = {}
        self._wall_ms = wall_ms

    def __repr__(self) -> str:
        return f"<LineStore {self.lane} of {self._room}, {self.memory.of(self.lane)}>"

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

    async def configure(
        self,
        changes: Mapping[str, str],
        *,
        source: str,
        who: str,
        why: str = "",
        revision: int | None = None,
    ) -> Head:
        """Changes live settings. ``source`` is ``file`` or ``live``: see ``configure.lua``.

        With ``revision``, that of the rules from which the change was worked out, nothing is changed once they are
        others: raises :class:`~waitroom.errors.OvertakenError`.
        """
        seen = "" if revision is None else revision
        words = (word for pair in changes.items() for word in pair)
        status, head, *_ = await self._ask("configure", who, why, source, seen, *words)
        after = self._learn(head)
        if status == b"OVERTAKEN":
            raise OvertakenError("the settings were changed meanwhile")
        return after

    async def reset(self, *, who: str, why: str, epoch: int | None = None) -> Head:
        """Ends this epoch: every ticket becomes one of an earlier life. Those inside stay inside.

        With ``epoch``, only that one: raises :class:`~waitroom.errors.OvertakenError` where it is over already.
        """
        status, head, *_ = await self._ask("reset", who, why, "" if epoch is None else epoch)
        after = self._learn(head)
        if status == b"OVERTAKEN":
            raise OvertakenError("the line was begun anew already")
        return after

    async def place(self, number: int, turn: int | None = None) -> PlaceReport | None:
        """How one place stands; None where it was read in another life of the line, or its turn is not known.
        ``turn`` is its place in the order, where that is not its number."""
        status, head, *told = await self._ask("place", number, number if turn is None else turn)
        self._learn(head)
        if status == b"stale":
            return None
        fate, present, lasts, came_from, went_to, helped = told
        return PlaceReport(
            Head.parse(head),
            Fate(fate.decode()),
            int(present) == 1,
            int(lasts),
            Spot.parse(came_from.decode()),
            Spot.parse(went_to.decode()),
            helped in (b"front", b"restored"),
            Spot.parse(helped[1:].decode()) if helped.startswith(b">") else None,
        )

    async def hand_over(self, number: int, turn: int, hand: int) -> Handing:
        """Hands a waiting place over to another device."""
        return await self._handing("hand_over", number, turn, hand)

    async def undo(self, number: int, turn: int, hand: int) -> Handing:
        """Gives a place back to who gave it up."""
        return await self._handing("undo", number, turn, hand)

    async def rest(self, number: int, turn: int, ms: int) -> Resting:
        """Lets others pass a place, for so many milliseconds at most."""
        return await self._resting("rest", number, turn, ms)

    async def ready(self, number: int, turn: int) -> Resting:
        """Who let others pass is back."""
        return await self._resting("ready", number, turn)

    async def _resting(self, script: str, *words: Word) -> Resting:
        outcome, head, *_ = await self._ask(script, *words)
        self._learn(head)
        return Resting.of(outcome.decode())

    async def _handing(self, script: str, *words: Word) -> Handing:
        outcome, head, *_ = await self._ask(script, *words)
        self._learn(head)
        return Handing.of(outcome.decode())

    async def follow(self, number: int, old: Spot) -> Head:
        """Notes that whoever had ``old`` was given ``number`` of this lane."""
        return await self._head("follow", number, old.lane, old.number)

    async def reinstate(self, number: int, turn: int | None = None, *, who: str, why: str) -> Reinstated:
        """Gives a place back that was missed, left, or used by mistake."""
        words = (number, number if turn is None else turn, who, why)
        status, text, *told = await self._ask("reinstate", *words)
        head = self._learn(text)
        if status == b"done":
            was, now, instead_of = (word.decode() for word in told)
            return Reinstated(Help.DONE, head, Fate(was), now == "called", Spot.parse(instead_of))
        if told:
            return Reinstated(Fate(status.decode()), head, spot=Spot.parse(told[0].decode()))
        return Reinstated(Help(status.decode()), head)

    async def bring_forward(
        self, number: int, turn: int | None = None, *, who: str, why: str
    ) -> tuple[Help | Fate, Head]:
        """Calls a waiting place next, within the rate."""
        words = (number, number if turn is None else turn, who, why)
        status, text, *_ = await self._ask("bring_forward", *words)
        word, head = status.decode(), self._learn(text)
        return (Help(word) if word in _HELPS else Fate(word)), head

    async def helped(self) -> Helped:
        """The places that the support desk has helped."""
        stored = cast(dict[bytes, bytes], await self._read(self._redis.hgetall(self._of_room.desk)))
        return Helped.parse((place.decode(), what.decode()) for place, what in stored.items())

    async def note_revoked(self, what: str, count: int, *, who: str, why: str) -> Head:
        """Notes in the record that invitations were revoked."""
        return await self._head("note", who, why, "revoked", what, count)

    async def note_codes(self, batch: str, lane: str, *, uses: int, count: int, who: str) -> Head:
        """Notes in the record that codes were minted."""
        return await self._head("note", who, "", "codes_minted", batch, lane, uses, count)

    async def restore(self, memory: Memory) -> Head:
        """Tells Redis of a life that it forgot: from this worker's memory, or from a signed ticket."""
        for _ in range(TRIES):
            reply = await self._run("restore", memory, memory.event_words(self.lane))
            if reply[0] != b"LANES":
                return self._learn(reply[1])
            memory.meet(reply[1].decode().split())
        raise LineUnavailableError(UNTOLD)

    async def plan(
        self,
        steps: Sequence[tuple[int, str]],
        *,
        name: str,
        source: str,
        who: str,
        why: str = "",
        words: str = "",
        replaces: str | None = None,
        kept: Collection[int] = (),
    ) -> Head:
        """Sets what the schedule will do: pairs of milliseconds since 1970 and a step, as ``lib/plan.lua`` reads it.

        ``name`` tells one plan from another, ``words`` is what it was made from; ``source`` is ``file`` or ``live``,
        as for :meth:`configure`. With ``replaces`` it takes the place of the plan of that name alone, and the steps at
        the places ``kept`` are those of it too: what is past of them is not done again. Raises
        :class:`~waitroom.errors.EventHeldError` and :class:`~waitroom.errors.OvertakenError`.
        """
        flags = "".join("1" if place in kept else "0" for place in range(len(steps)))
        pairs = (word for step in steps for word in step)
        expected = ANYTHING if replaces is None else replaces
        status, head, *held = await self._ask("plan", who, why, source, name, words, expected, flags, *pairs)
        if status == b"HELD":
            raise EventHeldError(f"an event {held[0].decode()!r} was held before: another needs another name")
        if status == b"OVERTAKEN":
            raise OvertakenError("the plan was changed meanwhile")
        return self._learn(head)

    async def tell(
        self,
        message: str,
        translations: str,
        says: Sequence[tuple[int, str]],
        *,
        notices: str,
        who: str,
        why: str = "",
        replaces: str | None = None,
    ) -> Head:
        """Sets what those waiting are told: ``message`` with its ``translations``, and messages at set times.

        ``says`` are the steps of those, past ones too, and ``notices`` what they were made from. With ``replaces``,
        what has that :func:`fingerprint` alone is replaced. Raises :class:`~waitroom.errors.OvertakenError`.
        """
        expected = ANYTHING if replaces is None else replaces
        pairs = (word for step in says for word in step)
        status, head, *_ = await self._ask("tell", who, why, expected, message, translations, notices, *pairs)
        if status == b"OVERTAKEN":
            raise OvertakenError("the messages were changed meanwhile")
        return self._learn(head)

    async def planned(self) -> Planned:
        """What the clock will still do."""
        reading = self._redis.pipeline()
        reading.zrange(self._of_room.plan, 0, -1, withscores=True)
        reading.hmget(self._of_room.rules, ("plan", "plan:words", "notices"))
        pairs, fields = cast(
            tuple[list[tuple[bytes, float]], list[bytes | None]], await self._read(reading.execute())
        )
        name, words, notices = ((field or b"").decode() for field in fields)
        steps = [(int(at), step.decode()) for step, at in pairs]
        return Planned.from_redis(steps, name=name, words=words, notices=notices)

    async def held_events(self) -> dict[str, int]:
        """The events that have opened, each with when, in milliseconds since 1970."""
        stored = cast(dict[bytes, bytes], await self._read(self._redis.hgetall(self._of_room.rules)))
        held = b"held:"
        return {key[len(held) :].decode(): int(at) for key, at in stored.items() if key.startswith(held)}

    async def event(self) -> SaleEvent:
        """The event that the room is in, or was in last."""
        names = ("event", "commitment", "digest", "opened_at", "seed")
        fields = cast(list[bytes | None], await self._read(self._redis.hmget(self._of_room.room, names)))
        name, commitment, digest, opened_at, seed = ((field or b"").decode() for field in fields)
        self.memory.event = SaleEvent(name, commitment, digest, int(opened_at or 0), seed)
        return self.memory.event

    async def reveal(self, seed: str, *, as_committed: bool) -> Head:
        """Publishes the seed of the draw, once the door has opened. The first one counts."""
        return await self._head("reveal", seed, int(as_committed))

    async def rules(self) -> Rules:
        """The live settings."""
        stored = await self._read(self._redis.hgetall(self._of_room.rules))
        return Rules.from_redis(cast(dict[bytes, bytes], stored))

    async def _head(self, script: str, *args: Word) -> Head:
        return self._learn((await self._ask(script, *args))[1])

    async def _outcome(self, script: str, *args: Word) -> tuple[Outcome, Head]:
        outcome, head, *_ = await self._ask(script, *args)
        return Outcome(outcome.decode()), self._learn(head)

    def _learn(self, reply: bytes) -> Head:
        head = Head.parse(reply)
        self.memory.learn(self.lane, head)
        return head

    async def _ask(self, script: str, *args: Word, more_keys: Sequence[str] = ()) -> list[bytes]:
        for _ in range(TRIES):
            reply = await self._run(script, self.memory, args, more_keys)
            if reply[0] == b"LOST":
                await self.restore(self.memory)
            elif reply[0] == b"LANES":
                # brought by a gateway with another file: whatever is done to the room is done to them, too
                self.memory.meet(reply[1].decode().split())
            else:
                return reply
        raise LineUnavailableError(UNTOLD)

    async def _run(
        self, script: str, memory: Memory, args: Iterable[Word], more_keys: Sequence[str] = ()
    ) -> list[bytes]:
        words = (*memory.words(self.lane, self._wall_ms()), *args)
        try:
            return await self._evaluate(script, words, (*self._keys(memory), *more_keys))
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    async def _read(self, command: object) -> object:
        try:
            return await cast(Awaitable[object], command)
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    def _keys(self, memory: Memory) -> list[str]:
        lanes = memory.told(self.lane)
        if self._keys_of[0] != lanes:
            self._keys_of = (lanes, room_keys(self._room, lanes))
        return self._keys_of[1]

    async def _evaluate(self, script: str, words: Sequence[Word], keys: Sequence[str]) -> list[bytes]:
        sha = self._shas.get(script)
        if sha is not None:
            try:
                return await self._evalsha(sha, words, keys)
            except NoScriptError:
                pass
        self._shas[script] = await self._redis.script_load(lua.source(script, self.clock))
        return await self._evalsha(self._shas[script], words, keys)

    async def _evalsha(self, sha: str, words: Sequence[Word], keys: Sequence[str]) -> list[bytes]:
        reply = await self._redis.evalsha(sha, len(keys), *keys, *words)
        return cast(list[bytes], reply)


def fingerprint(message: str, translations: str, notices: str) -> str:
    """Tells what those waiting are told from something else; as ``tell.lua`` has it."""
    return sha1("\0".join((message, translations, notices)).encode(), usedforsecurity=False).hexdigest()


def _unavailable(error: Exception) -> LineUnavailableError:
    # a full disk, no replica, no memory: Redis is there, and what ops staff need is its own word for it
    verb = "refuses" if isinstance(error, ResponseError) else "does not answer"
    return LineUnavailableError(f"Redis {verb}: {error}")


def _items(reply: object) -> list[bytes]:
    return reply if isinstance(reply, list) else []
