"""Reads the record of a room, and how the room stands at its end, from Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import room_keys
from waitroom.record.standing import Standing

CHUNK = 1000
"""Entries that are read at once."""
_KEYS_BEFORE_LANES = 7
_KEYS_OF_LANE = 9

Stored = tuple[str, Mapping[str, str]]
"""The id of an entry, and its fields."""


class RecordReader:
    """The record of one room. Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not
    answer. Changes nothing."""

    def __init__(self, redis: Redis, room: str, lanes: Sequence[str]) -> None:
        self.room = room
        self._redis = redis
        self._lanes = lanes
        keys = room_keys(room, lanes)
        self._room, self._rules, self._sessions, self._granted, _, self._log, _ = keys[:_KEYS_BEFORE_LANES]
        self._lane_keys = keys[_KEYS_BEFORE_LANES::_KEYS_OF_LANE]

    def __repr__(self) -> str:
        return f"<RecordReader of {self.room}>"

    async def entries(self, *, since: str = "-", until: str = "+") -> AsyncIterator[Stored]:
        """What happened in the room, oldest first, as far back as it is kept. ``since`` and ``until`` are ids of
        entries, or milliseconds since 1970."""
        while True:
            chunk = await self._ask(self._redis.xrange(self._log, since, until, CHUNK))
            for entry_id, fields in chunk:
                yield entry_id.decode(), {_text(name): _text(value) for name, value in fields.items()}
            if len(chunk) < CHUNK:
                return
            since = f"({chunk[-1][0].decode()}"

    async def backwards(self, *, until: str = "+", since: str = "-") -> AsyncIterator[Stored]:
        """The same, newest first."""
        while True:
            chunk = await self._ask(self._redis.xrevrange(self._log, until, since, CHUNK))
            for entry_id, fields in chunk:
                yield entry_id.decode(), {_text(name): _text(value) for name, value in fields.items()}
            if len(chunk) < CHUNK:
                return
            until = f"({chunk[-1][0].decode()}"

    async def standing(self, *, since: str = "") -> Standing:
        """How the room stands, and which is its last entry at that moment. ``since``: the record is read from there."""
        # read before: who is inside then has been called by then
        inside = await self._inside()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.time()
            pipe.xrevrange(self._log, "+", "-", 1)
            pipe.xlen(self._log)
            pipe.hmget(self._room, ["chain", "epoch", "admitted"])
            pipe.hgetall(self._rules)
            for key in self._lane_keys:
                pipe.hmget(key, ["called", "passed", "drawn_count"])
            answers = await self._ask(pipe.execute())
        (seconds, micros), last, length, (chain, epoch, admitted), rules, *of_lanes = answers
        lanes = dict(
            zip(self._lanes, ([int(float(value or 0)) for value in of] for of in of_lanes), strict=True)
        )
        return Standing(
            room=self.room,
            since=since,
            at_ms=seconds * 1000 + micros // 1000,
            last_id=last[0][0].decode() if last else "",
            length=length,
            chain=(chain or b"").decode(),
            epoch=int(epoch or 0),
            admitted=int(float(admitted or 0)),
            settings={_text(name): _text(value) for name, value in rules.items()},
            called={lane: called for lane, (called, passed, _) in lanes.items() if not passed},
            inside={
                lane: number
                for (of_epoch, lane), number in inside.items()
                if of_epoch == int(epoch or 0) and lane in lanes and not lanes[lane][2]
            },
        )

    async def chain(self) -> str:
        """The chain of the newest entry."""
        return _text(await self._ask(self._redis.hget(self._room, "chain")) or b"")

    async def _inside(self) -> dict[tuple[int, str], int]:
        """The highest number inside, or about to be, by epoch and lane."""
        epoch = int(await self._ask(self._redis.hget(self._room, "epoch")) or 0)
        highest: dict[tuple[int, str], int] = {}
        for key, prefix in ((self._sessions, ""), (self._granted, f"{epoch}:")):
            cursor = -1
            while cursor:
                cursor, members = await self._ask(self._redis.zscan(key, max(cursor, 0), count=CHUNK))
                for member, _ in members:
                    of_epoch, lane, number = f"{prefix}{_text(member)}".split(":")
                    place = (int(of_epoch), lane)
                    highest[place] = max(highest.get(place, 0), int(number))
        return highest

    async def _ask(self, command: object) -> Any:
        try:
            return await cast(Awaitable[Any], command)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
