"""What Redis keeps of those who want to be told: for each a sealed contact, until it is used or its time is over."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import VERSION
from waitroom.redis.cluster import shard_of
from waitroom.reminders.channels import Channel
from waitroom.reminders.reminder import Box, Contact, Place

OVERLAP_MICROSECONDS = 2_000_000
"""What came so shortly before the last look is read once more: clocks of a failed-over Redis may differ a little."""
_SCRIPTS = Path(__file__).parent / "scripts"


class Stage(StrEnum):
    """What is told."""

    NEAR = "near"
    """The turn comes soon."""
    COME = "come"
    """It is there."""


class Listed(NamedTuple):
    """A place in the index; ``at`` is when its holder asked, in microseconds since 1970."""

    place: Place
    at: float


class Kept:
    """The reminders of one room. Raises :class:`~waitroom.errors.LineUnavailableError` where Redis does not answer."""

    def __init__(self, redis: Redis, room: str, secrets: Sequence[str], *, lasts_seconds: float) -> None:
        self._redis = shard_of(redis, room)
        self._box = Box(room, secrets)
        self._prefix = f"waitroom:{VERSION}:{{{room}}}:reminder"
        self._lasts_ms = round(lasts_seconds * 1000)
        self._keep, self._take = (
            self._redis.register_script((_SCRIPTS / f"{name}.lua").read_text()) for name in ("keep", "take")
        )

    def __repr__(self) -> str:
        return f"<Kept {self._prefix}s>"

    async def keep(self, place: Place, contact: Contact, *, is_near: bool) -> None:
        """Keeps where to tell the holder of a place; what was kept for it before is forgotten."""
        sealed = self._box.seal(place, contact)
        args: list[str | bytes | int] = [
            str(place),
            sealed,
            contact.channel.value,
            self._lasts_ms,
            int(is_near),
        ]
        await _answer(self._keep(keys=self._keys(place), args=args))

    async def channel(self, place: Place) -> Channel | None:
        """By which the holder of a place will be told; None: by none."""
        found = cast(bytes | None, await _answer(self._redis.hget(self._keys(place)[0], "channel")))
        return Channel(found.decode()) if found else None

    async def forget(self, place: Place) -> None:
        """Deletes what is kept for a place, if anything is."""
        reminder, index = self._keys(place)
        pipe = self._redis.pipeline()
        pipe.delete(reminder)
        pipe.zrem(index, str(place))
        await _answer(pipe.execute())

    async def take(self, place: Place, stage: Stage) -> Contact | None:
        """Takes a message to be sent, once among all workers; None where there is none to be sent."""
        found = await _answer(self._take(keys=self._keys(place), args=[str(place), stage.value]))
        return self._box.open(place, cast(bytes, found)) if found else None

    async def put_back(self, place: Place, stage: Stage, contact: Contact, *, lasts_seconds: float) -> None:
        """Undoes a taking: this worker ends before it could send."""
        if stage is Stage.NEAR:
            await _answer(self._redis.hdel(self._keys(place)[0], "near"))
            return
        args: list[str | bytes | int] = [
            str(place),
            self._box.seal(place, contact),
            contact.channel.value,
            max(round(lasts_seconds * 1000), 1),
            1,
        ]
        await _answer(self._keep(keys=self._keys(place), args=args))

    async def listed(self, since: float = 0.0) -> list[Listed]:
        """The places of those who asked since then, and some of shortly before; 0: all."""
        least = max(since - OVERLAP_MICROSECONDS, 0)
        found = cast(
            list[tuple[bytes, float]],
            await _answer(self._redis.zrangebyscore(self._keys()[1], least, "+inf", withscores=True)),
        )
        return [Listed(Place.read(text.decode()), at) for text, at in found]

    async def lead(self, me: str, *, for_seconds: float) -> bool:
        """Whether this worker is the one that sends: the first to ask is, for so long as it goes on asking."""
        key, ms = f"{self._prefix}s:leader", round(for_seconds * 1000)
        if await _answer(self._redis.set(key, me, px=ms, nx=True)):
            return True
        if await _answer(self._redis.get(key)) != me.encode():
            return False
        return bool(await _answer(self._redis.pexpire(key, ms)))

    async def resign(self, me: str) -> None:
        """Lets another worker lead at once."""
        key = f"{self._prefix}s:leader"
        if await _answer(self._redis.get(key)) == me.encode():
            await _answer(self._redis.delete(key))

    def _keys(self, place: Place | None = None) -> tuple[str, str]:
        return f"{self._prefix}:{place}", f"{self._prefix}s"


async def _answer(asked: Awaitable[Any]) -> object:
    try:
        return await asked
    except (RedisError, OSError) as error:
        raise LineUnavailableError(f"Redis does not answer: {error}") from error
