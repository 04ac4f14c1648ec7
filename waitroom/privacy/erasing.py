"""Erases what Redis holds of one place, or of one member of the shop.

A place that is still of use is given up first, by the scripts of the line, so that all counts stay right. What cannot
go is told with the rest: a bit that says that the number was used, for somebody could use it again; and the row of an
ended visit, without which its pass would count again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.forms.shelf import form_key, forms_key
from waitroom.invitations.keys import batches_key, codes_key, prefix, revoked_key
from waitroom.line.keys import RoomKeys, lane_keys, redeem_keys
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome
from waitroom.redis.cluster import shard_of
from waitroom.support.place import Located

MOST_HANDS = 8
"""``MOST_HANDS`` in ``line/scripts/lib/hands.lua``."""


class Kind(StrEnum):
    """In what a trace is."""

    MEMBER = "member"
    """Of a sorted set."""
    FIELD = "field"
    """Of a hash."""
    KEY = "key"
    """A whole key."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that Redis holds. ``stays`` says why it cannot go, and until when; empty: it goes."""

    kind: Kind
    key: str
    name: bytes = b""
    stays: str = ""

    def __str__(self) -> str:
        # digests of codes are no text
        name = (
            self.name.decode()
            if self.name.isascii() and self.name.decode().isprintable()
            else self.name.hex()
        )
        text = f"{self.key}  {name}".rstrip()
        return f"{text}  (stays: {self.stays})" if self.stays else text


class Eraser:
    """Looks up and erases in one room. Raises :class:`~waitroom.errors.LineUnavailableError`."""

    def __init__(
        self, redis: Redis, store: Callable[[str], LineStore], room: str, lanes: tuple[str, ...]
    ) -> None:
        self._redis = shard_of(redis, room)
        self._store = store
        self._room = room
        self._lanes = lanes

    async def of_place(self, place: Located) -> list[Trace]:
        """What there is of a place."""
        return [each async for each in self._found(self._of_place(place))]

    async def of_holder(self, holder: str) -> list[Trace]:
        """What there is of a member, by the holder that stands for them."""
        return [each async for each in self._found(self._of_holder(holder))]

    async def place_of(self, holder: str) -> Located | None:
        """The place that a holder was given last."""
        kept = await self._ask(self._redis.hget(redeem_keys(self._room)[0], holder))
        if not kept:
            return None
        lane, epoch, number = bytes(kept).decode().rsplit(":", 2)
        return Located(self._room, int(epoch), lane, int(number))

    async def give_up(self, place: Located) -> bool:
        """Ends the wait or the visit, where there is one; whether there was."""
        if place.lane not in self._lanes:
            return False
        store = self._store(place.lane)
        visit = _visit(place)
        keys = RoomKeys.of(self._room)
        is_inside = await self._ask(self._redis.zscore(keys.sessions, visit)) is not None
        if is_inside:
            await store.finish(visit)
        head = await store.advance()
        outcome = (await store.leave(place.number))[0] if head.epoch == place.epoch else None
        return is_inside or outcome is Outcome.LEFT

    async def erase(self, traces: list[Trace]) -> int:
        """Takes away all that does not stay; how many."""
        going = [trace for trace in traces if not trace.stays]
        pipe = self._redis.pipeline()
        for trace in going:
            match trace.kind:
                case Kind.MEMBER:
                    pipe.zrem(trace.key, trace.name)
                case Kind.FIELD:
                    pipe.hdel(trace.key, trace.name)
                case Kind.KEY:
                    pipe.delete(trace.key)
        # every worker looks anew at whom the desk has helped
        pipe.hincrby(RoomKeys.of(self._room).rules, "version", 1)
        *done, _ = await self._ask(pipe.execute())
        return sum(map(bool, done))

    async def _of_place(self, place: Located) -> AsyncIterator[Trace]:
        keys, visit, spot = RoomKeys.of(self._room), _visit(place), f"{place.lane}:{place.number}"
        yield Trace(Kind.MEMBER, keys.sessions, visit.encode())
        yield Trace(
            Kind.MEMBER,
            keys.ended,
            visit.encode(),
            "without it the pass would count again; it goes with later ones",
        )
        for key in ("networks", "joins:exchanged"):
            yield Trace(Kind.KEY, f"{prefix(self._room)}:{key}:{visit}")
        yield Trace(Kind.KEY, f"{prefix(self._room)}:reminder:{visit}")
        yield Trace(Kind.MEMBER, f"{prefix(self._room)}:reminders", visit.encode())
        yield Trace(Kind.KEY, form_key(self._room, visit))
        yield Trace(Kind.MEMBER, forms_key(self._room), visit.encode())
        holders, _, redeemed, _ = redeem_keys(self._room)
        async for holder, kept in self._fields(holders):
            if kept == f"{place.lane}:{place.epoch}:{place.number}".encode():
                yield Trace(Kind.FIELD, holders, holder)
                yield Trace(Kind.MEMBER, redeemed, b"h" + holder)
        life = await self._ask(self._redis.hget(keys.room, "epoch"))
        if life is None or int(float(life)) != place.epoch:
            return  # of a line that is over: all below is of another place by now
        yield Trace(Kind.MEMBER, keys.granted, spot.encode())
        for hand in range(1, MOST_HANDS + 1):
            yield Trace(Kind.MEMBER, keys.hands, f"{spot}:{hand}".encode())
        async for trace in self._of_desk(keys, spot):
            yield trace
        lane = lane_keys(self._room, place.lane)
        for key in lane[1], *lane[-2:]:
            yield Trace(Kind.MEMBER, key, b"%d" % place.number)

    async def _of_desk(self, keys: RoomKeys, spot: str) -> AsyncIterator[Trace]:
        yield Trace(Kind.FIELD, keys.desk, spot.encode())
        for way, back in (">", "<"), ("<", ">"):
            if other := await self._ask(self._redis.hget(keys.followed, way + spot)):
                yield Trace(Kind.FIELD, keys.followed, (way + spot).encode())
                yield Trace(Kind.FIELD, keys.followed, back.encode() + bytes(other))

    async def _of_holder(self, holder: str) -> AsyncIterator[Trace]:
        holders, _, redeemed, _ = redeem_keys(self._room)
        name = holder.encode()
        yield Trace(Kind.FIELD, holders, name)
        yield Trace(Kind.MEMBER, redeemed, b"h" + name)
        yield Trace(
            Kind.MEMBER, revoked_key(self._room), name, "else the invitations would count again; a year"
        )
        for batch in await self._ask(self._redis.hgetall(batches_key(self._room))):
            key = codes_key(self._room, bytes(batch).decode())
            async for digest, kept in self._fields(key):
                if kept.partition(b":")[2] == name:
                    yield Trace(Kind.FIELD, key, digest)

    async def _found(self, traces: AsyncIterator[Trace]) -> AsyncIterator[Trace]:
        async for trace in traces:
            if await self._is_there(trace):
                yield trace

    async def _is_there(self, trace: Trace) -> bool:
        match trace.kind:
            case Kind.MEMBER:
                return await self._ask(self._redis.zscore(trace.key, trace.name)) is not None
            case Kind.FIELD:
                return await self._ask(self._redis.hget(trace.key, trace.name)) is not None
            case Kind.KEY:
                return bool(await self._ask(self._redis.exists(trace.key)))

    async def _fields(self, key: str) -> AsyncIterator[tuple[bytes, bytes]]:
        try:
            async for name, value in self._redis.hscan_iter(key, count=500):
                yield cast(bytes, name), cast(bytes, value)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error

    # the client's replies have no types
    async def _ask(self, reply: Awaitable[Any] | Any) -> Any:
        try:
            return await reply
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


def _visit(place: Located) -> str:
    return f"{place.epoch}:{place.lane}:{place.number}"
