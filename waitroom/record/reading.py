"""Reads the record of a room, and how the room stands at its end, from Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import RoomKeys, lane_keys
from waitroom.record.standing import Standing
from waitroom.redis.cluster import shard_of

CHUNK = 1000
"""Entries that are read at once."""
MOST_BEYOND = 100
"""Numbers that are kept of a lane: one is enough to find a record wrong."""

Stored = tuple[str, Mapping[str, str]]
"""The id of an entry, and its fields."""


class RecordReader:
    """The record of one room. Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not
    answer. Changes nothing."""

    def __init__(self, redis: Redis, room: str, lanes: Sequence[str]) -> None:
        self.room = room
        self._redis = shard_of(redis, room)
        self._lanes = lanes
        self._keys = RoomKeys.of(room)

    def __repr__(self) -> str:
        return f"<RecordReader of {self.room}>"

    async def entries(self, *, since: str = "-", until: str = "+") -> AsyncIterator[Stored]:
        """What happened in the room, oldest first, as far back as it is kept. ``since`` and ``until`` are ids of
        entries, or milliseconds since 1970."""
        while True:
            chunk = await self._ask(self._redis.xrange(self._keys.log, since, until, CHUNK))
            for entry_id, fields in chunk:
                yield entry_id.decode(), {_text(name): _text(value) for name, value in fields.items()}
            if len(chunk) < CHUNK:
                return
            since = f"({chunk[-1][0].decode()}"

    async def backwards(self, *, until: str = "+", since: str = "-") -> AsyncIterator[Stored]:
        """The same, newest first."""
        while True:
            chunk = await self._ask(self._redis.xrevrange(self._keys.log, until, since, CHUNK))
            for entry_id, fields in chunk:
                yield entry_id.decode(), {_text(name): _text(value) for name, value in fields.items()}
            if len(chunk) < CHUNK:
                return
            until = f"({chunk[-1][0].decode()}"

    async def standing(self, *, since: str = "") -> Standing:
        """How the room stands, and which is its last entry at that moment. ``since``: the record is read from there."""
        # read before: who is inside then has been called by then
        lanes = await self._all_lanes()
        inside = await self._beyond(lanes)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.time()
            pipe.xrevrange(self._keys.log, "+", "-", 1)
            pipe.xlen(self._keys.log)
            pipe.hmget(self._keys.room, ["chain", "epoch", "admitted"])
            pipe.hgetall(self._keys.rules)
            for lane in lanes:
                pipe.hmget(lane_keys(self.room, lane)[0], ["called", "passed", "drawn_count", "epoch"])
            answers = await self._ask(pipe.execute())
        (seconds, micros), last, length, (chain, epoch, admitted), rules, *of_lanes = answers
        counts = ([int(float(value or 0)) for value in of] for of in of_lanes)
        of_epoch = int(epoch or 0)
        stand = {
            lane: (called, passed, drawn)
            for lane, (called, passed, drawn, began) in zip(lanes, counts, strict=True)
            if began in (0, of_epoch)
        }
        return Standing(
            room=self.room,
            since=since,
            at_ms=seconds * 1000 + micros // 1000,
            last_id=last[0][0].decode() if last else "",
            length=length,
            chain=(chain or b"").decode(),
            epoch=of_epoch,
            admitted=int(float(admitted or 0)),
            settings={_text(name): _text(value) for name, value in rules.items()},
            called={lane: called for lane, (called, passed, _) in stand.items() if not passed},
            beyond={
                lane: beyond
                for (began, lane), numbers in inside.items()
                if began == of_epoch and lane in stand and not stand[lane][2]
                if (beyond := tuple(sorted(n for n in numbers if n > stand[lane][0]))[:MOST_BEYOND])
            },
        )

    async def chain(self) -> str:
        """The chain of the newest entry."""
        return _text(await self._ask(self._redis.hget(self._keys.room, "chain")) or b"")

    async def _all_lanes(self) -> tuple[str, ...]:
        """Those that the reader was told of, and those that the gateways have."""
        named = _text(await self._ask(self._redis.hget(self._keys.room, "lanes")) or b"")
        return tuple(dict.fromkeys((*self._lanes, *named.split())))

    async def _beyond(self, lanes: Sequence[str]) -> dict[tuple[int, str], set[int]]:
        """Numbers inside, or about to be, by epoch and lane: those that are not called yet."""
        epoch = int(await self._ask(self._redis.hget(self._keys.room, "epoch")) or 0)
        called = {
            lane: int(await self._ask(self._redis.hget(lane_keys(self.room, lane)[0], "called")) or 0)
            for lane in lanes
        }
        found: dict[tuple[int, str], set[int]] = {}
        for key, prefix in ((self._keys.sessions, ""), (self._keys.granted, f"{epoch}:")):
            cursor = -1
            while cursor:
                cursor, members = await self._ask(self._redis.zscan(key, max(cursor, 0), count=CHUNK))
                for member, _ in members:
                    of_epoch, lane, number = f"{prefix}{_text(member)}".split(":")
                    if int(number) > called.get(lane, 0):
                        found.setdefault((int(of_epoch), lane), set()).add(int(number))
        return found

    async def _ask(self, command: object) -> Any:
        try:
            return await cast(Awaitable[Any], command)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
