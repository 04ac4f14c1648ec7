"""The line in Redis: one method an atomic decision, each one call of one script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError

from waitroom.errors import LineUnavailableError
from waitroom.line import lua
from waitroom.line.head import Head, Known
from waitroom.line.keys import room_keys
from waitroom.line.rules import Rules
from waitroom.line.ticket import Outcome

GENERAL = "general"
"""The lane of everyone who was given no other."""


Word = str | int | float
"""An argument of a script."""


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
    ended: tuple[str, ...]
    """Sessions that the shop ended since the last view."""


class LineStore:
    """One lane of one room in Redis.

    Each call tells Redis the most that this worker has seen of the room. Where Redis knows less (it lost its
    last second, or everything), it says so and changes nothing; the store then restores it and asks again.
    Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer.
    """

    def __init__(self, redis: Redis, room: str, lane: str = GENERAL) -> None:
        self._redis = redis
        self._keys = room_keys(room, lane)
        self._lane = lane
        self._shas: dict[str, str] = {}
        self.known = Known()

    def __repr__(self) -> str:
        return f"<LineStore {self._keys[6]} {self.known}>"

    async def join(self, count: int) -> Joined:
        """Gives out ``count`` numbers, and admits the first of them at once where nobody waits."""
        _, head, first, admitted = await self._ask("join", count)
        return Joined(int(first), count, int(admitted), self._learn(head))

    async def advance(self) -> Head:
        """Lets time pass and calls as many as the budget allows."""
        return await self._head("advance")

    async def claim(self, number: int) -> tuple[Outcome, Head]:
        """Shows a ticket at the door."""
        return await self._outcome("claim", number)

    async def leave(self, number: int) -> tuple[Outcome, Head]:
        """Gives a place up."""
        return await self._outcome("leave", number)

    async def see(self, numbers: Sequence[int]) -> Head:
        """Marks the holders of these numbers as present."""
        return await self._head("see", *numbers)

    async def renew(self, idle_ms: Mapping[str, int]) -> Head:
        """Renews sessions; each comes with the milliseconds since its last request."""
        return await self._head("renew", *(word for pair in idle_ms.items() for word in pair))

    async def finish(self, session: str) -> Head:
        """Ends a session at the shop's word."""
        return await self._head("finish", session)

    async def view(self, ended_since: int) -> View:
        """The room with its bits, and the sessions ended since that room clock."""
        _, head, start, used, *seen, late, ended = await self._ask("view", ended_since)
        return View(
            head=self._learn(head),
            start=int(start),
            used=used,
            seen=tuple(seen),
            late=tuple(map(int, late)),
            ended=tuple(bytes(member).decode() for member in _items(ended)),
        )

    async def configure(self, changes: Mapping[str, str], *, source: str, who: str, why: str = "") -> Head:
        """Changes live settings. ``source`` is ``file`` or ``live``: see ``configure.lua``."""
        return await self._head("configure", who, why, source, *(w for pair in changes.items() for w in pair))

    async def reset(self, *, who: str, why: str) -> Head:
        """Ends this epoch: every ticket becomes one of an earlier life. Those inside stay inside."""
        return await self._head("reset", who, why)

    async def restore(self, known: Known) -> Head:
        """Tells Redis of a life that it forgot: from this worker's memory, or from a signed ticket."""
        return self._learn((await self._run("restore", known, ()))[1])

    async def rules(self) -> Rules:
        """The live settings."""
        try:
            stored = await self._redis.hgetall(self._keys[1])
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error
        return Rules.from_redis(cast(dict[bytes, bytes], stored))

    async def _head(self, script: str, *args: Word) -> Head:
        return self._learn((await self._ask(script, *args))[1])

    async def _outcome(self, script: str, number: int) -> tuple[Outcome, Head]:
        outcome, head, *_ = await self._ask(script, number)
        return Outcome(outcome.decode()), self._learn(head)

    def _learn(self, reply: bytes) -> Head:
        head = Head.parse(reply)
        self.known = self.known.after(head)
        return head

    async def _ask(self, script: str, *args: Word) -> list[bytes]:
        reply = await self._run(script, self.known, args)
        if reply[0] == b"LOST":
            await self.restore(self.known)
            reply = await self._run(script, self.known, args)
            if reply[0] == b"LOST":
                raise LineUnavailableError("Redis could not be told what it forgot")
        return reply

    async def _run(self, script: str, known: Known, args: Iterable[Word]) -> list[bytes]:
        words = (known.epoch, known.issued, known.called, known.floor, known.clock, self._lane, *args)
        try:
            return await self._evaluate(script, words)
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    async def _evaluate(self, script: str, words: tuple[Word, ...]) -> list[bytes]:
        sha = self._shas.get(script)
        if sha is not None:
            try:
                return await self._evalsha(sha, words)
            except NoScriptError:
                pass
        self._shas[script] = await self._redis.script_load(lua.source(script))
        return await self._evalsha(self._shas[script], words)

    async def _evalsha(self, sha: str, words: tuple[Word, ...]) -> list[bytes]:
        reply = await self._redis.evalsha(sha, len(self._keys), *self._keys, *words)
        return cast(list[bytes], reply)


def _unavailable(error: Exception) -> LineUnavailableError:
    # a full disk, no replica, no memory: Redis is there, and what ops staff need is its own word for it
    verb = "refuses" if isinstance(error, ResponseError) else "does not answer"
    return LineUnavailableError(f"Redis {verb}: {error}")


def _items(reply: object) -> list[bytes]:
    return reply if isinstance(reply, list) else []
