"""What the clock will do to a room, and the events that it has held, in Redis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha1
from typing import cast

from waitroom.errors import EventHeldError, OvertakenError
from waitroom.line.calls import ANYTHING, Calls
from waitroom.line.head import Head
from waitroom.line.memory import SaleEvent
from waitroom.line.plan import Planned


class Timetable(Calls):
    """The plan of a room, its messages (which may come at set times), and its events."""

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

    async def event(self) -> SaleEvent:
        """The event that the room is in, or was in last."""
        names = ("event", "commitment", "digest", "opened_at", "seed")
        fields = cast(list[bytes | None], await self._read(self._redis.hmget(self._of_room.room, names)))
        name, commitment, digest, opened_at, seed = ((field or b"").decode() for field in fields)
        self.memory.event = SaleEvent(name, commitment, digest, int(opened_at or 0), seed)
        return self.memory.event

    async def held_events(self) -> dict[str, int]:
        """The events that have opened, each with when, in milliseconds since 1970."""
        stored = cast(dict[bytes, bytes], await self._read(self._redis.hgetall(self._of_room.rules)))
        held = b"held:"
        return {key[len(held) :].decode(): int(at) for key, at in stored.items() if key.startswith(held)}

    async def reveal(self, seed: str, *, as_committed: bool) -> Head:
        """Publishes the seed of the draw, once the door has opened. The first one counts."""
        return await self._head("reveal", seed, int(as_committed))


def fingerprint(message: str, translations: str, notices: str) -> str:
    """Tells what those waiting are told from something else; as ``tell.lua`` has it."""
    return sha1("\0".join((message, translations, notices)).encode(), usedforsecurity=False).hexdigest()
