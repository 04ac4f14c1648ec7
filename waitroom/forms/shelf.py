"""Where kept forms are in Redis: one for each place, a bounded number for each room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line import lua
from waitroom.line.keys import VERSION
from waitroom.redis.cluster import shard_of

_SCRIPTS = Path(__file__).parent / "scripts"


def forms_key(room: str) -> str:
    """zset: a visit that has a form -> until when it is kept, in milliseconds since 1970."""
    return f"waitroom:{VERSION}:{{{room}}}:forms"


def form_key(room: str, visit: str) -> str:
    """The form of a place, encrypted. Ends by itself."""
    return f"{forms_key(room)}:{visit}"


class FormShelf:
    """The forms of one room. Raises :class:`~waitroom.errors.LineUnavailableError` where Redis does not answer, or
    takes nothing more in."""

    def __init__(self, redis: Redis, room: str, *, most: int, keep_seconds: float) -> None:
        self._redis = redis = shard_of(redis, room)
        self._room = room
        self._most = most
        self._keep_ms = round(keep_seconds * 1000)
        self._keep = redis.register_script(f"{lua.clock()}\n{(_SCRIPTS / 'keep.lua').read_text()}")
        self._take = redis.register_script((_SCRIPTS / "take.lua").read_text())

    def __repr__(self) -> str:
        return f"<FormShelf of {self._room}>"

    async def keep(self, visit: str, sealed: bytes) -> bool:
        """Keeps a form, in the place of an earlier one; False where the room keeps too many."""
        words: list[str | bytes | int] = [visit, sealed, self._keep_ms, self._most]
        return bool(await self._ask(self._keep(self._keys(visit), words)))

    async def look(self, visit: str) -> bytes | None:
        """The form of a place."""
        found: bytes | None = await self._ask(self._redis.get(form_key(self._room, visit)))
        return found

    async def take(self, visit: str) -> bytes | None:
        """The same, and it is gone: one who asks gets it, once."""
        found: bytes | None = await self._ask(self._take(self._keys(visit), [visit]))
        return found

    def _keys(self, visit: str) -> list[str]:
        return [form_key(self._room, visit), forms_key(self._room)]

    # the client's replies have no types
    async def _ask(self, reply: Any) -> Any:
        try:
            return await reply
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error
