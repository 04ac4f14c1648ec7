"""The counts of a room's waits and answers in Redis: a hash an hour, which is gone when its time is over."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.feedback.buckets import BUCKETS
from waitroom.feedback.question import Kind, Where
from waitroom.feedback.survival import Stood
from waitroom.line.keys import answered_key, feedback_key, waits_key
from waitroom.redis.cluster import shard_of

HOUR_SECONDS = 3600
ASKED_SECONDS = 86_400
"""For so long after leaving, or after the last visit, an answer counts: as long as a browser keeps a ticket."""
BITS_SECONDS = 2 * ASKED_SECONDS
LINE_SECONDS = 600
"""For so long it is known how the line stood: of a longer silence nothing can be said."""
_AT_ONCE = 200
"""Hours that are read in one round trip."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered, and after how long a wait; of whom is not known."""

    kind: Kind
    where: Where
    bucket: int
    score: int

    @property
    def field(self) -> str:
        """The field in which it is counted."""
        return f"answer:{self.kind}:{self.where}:{self.bucket}:{self.score}"


@dataclass(frozen=True, slots=True)
class Hour:
    """What was counted in one hour."""

    number: int
    """Since 1970."""
    stood: tuple[Stood, ...]
    """By bucket."""
    answers: Mapping[Answer, int]


class FeedbackLedger:
    """The counts of one room. Each method raises :class:`~waitroom.errors.LineUnavailableError`."""

    def __init__(self, redis: Redis, room: str, keep_seconds: float) -> None:
        self._redis = shard_of(redis, room)
        self._room = room
        self._keep_seconds = int(keep_seconds)

    def __repr__(self) -> str:
        return f"<FeedbackLedger of {self._room}>"

    async def answer(self, epoch: int, lane: str, number: int, given: Answer, now: float) -> bool:
        """Counts an answer of a ticket. False: the ticket has answered before, and nothing was changed."""
        keys = answered_key(self._room, epoch, lane), feedback_key(self._room, _hour(now))
        words = number, BITS_SECONDS, self._keep_seconds, given.field
        return bool(await self._ask(self._redis.eval(_script("answer"), len(keys), *keys, *words)))

    async def has_answered(self, epoch: int, lane: str, number: int) -> bool:
        """Whether a ticket has."""
        return bool(await self._ask(self._redis.getbit(answered_key(self._room, epoch, lane), number)))

    async def waits(self) -> bytes:
        """How the line stood when it was looked at last; empty: nobody has looked lately."""
        return cast(bytes | None, await self._ask(self._redis.get(waits_key(self._room)))) or b""

    async def tally(self, before: bytes, after: bytes, counts: Mapping[str, int], now: float) -> bool:
        """Puts the line ``after`` in the place of the one ``before`` and adds the counts, both or neither. False:
        somebody else has looked meanwhile."""
        keys = waits_key(self._room), feedback_key(self._room, _hour(now))
        pairs = (word for pair in counts.items() for word in pair)
        words = before, after, LINE_SECONDS, self._keep_seconds, *pairs
        return bool(await self._ask(self._redis.eval(_script("tally"), len(keys), *keys, *words)))

    async def hours(self, first: int, last: int) -> list[Hour]:
        """Those hours in which anything was counted, ``first`` … ``last``, in order."""
        found: list[Hour] = []
        for begin in range(first, last + 1, _AT_ONCE):
            numbers = range(begin, min(begin + _AT_ONCE, last + 1))
            pipe = self._redis.pipeline(transaction=False)
            for number in numbers:
                pipe.hgetall(feedback_key(self._room, number))
            told = cast(Sequence[dict[bytes, bytes]], await self._ask(pipe.execute()))
            found += [_parse(number, each) for number, each in zip(numbers, told, strict=True) if each]
        return found

    async def _ask(self, command: object) -> object:
        try:
            return await cast(Awaitable[object], command)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


def _hour(now: float) -> int:
    return int(now // HOUR_SECONDS)


def _parse(number: int, told: Mapping[bytes, bytes]) -> Hour:
    counts = {name.decode(): int(count) for name, count in told.items()}
    stood = tuple(
        Stood(
            seconds=float(counts.get(f"seconds:{bucket}", 0)),
            left=float(counts.get(f"left:{bucket}", 0)),
            silent=float(counts.get(f"silent:{bucket}", 0)),
            entered=float(counts.get(f"entered:{bucket}", 0)),
        )
        for bucket in range(BUCKETS)
    )
    answers = {
        Answer(Kind(kind), Where(where), int(bucket), int(score)): count
        for name, count in counts.items()
        if name.startswith("answer:")
        for _, kind, where, bucket, score in [name.split(":")]
    }
    return Hour(number, stood, answers)


@cache
def _script(name: str) -> str:
    # the text, not its digest: a Redis that was restarted knows no script, and these are short
    return (Path(__file__).parent / "scripts" / f"{name}.lua").read_text()
