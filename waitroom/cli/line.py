"""The line of a running room, for a command that looks at it or changes it."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis

from waitroom.assembly.line import store_of
from waitroom.assembly.redis import connect
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import LineUnavailableError, SettingsError
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings

T = TypeVar("T")


def find_room(settings: Settings, room: str) -> RoomSettings:
    """The settings of the room of that name. Raises :class:`~waitroom.errors.SettingsError`."""
    found = next((candidate for candidate in settings.rooms if candidate.name == room), None)
    if found is None:
        names = ", ".join(candidate.name for candidate in settings.rooms)
        raise SettingsError(f"there is no room {room!r}; the rooms are {names}")
    return found


def who_asks() -> str:
    """Who runs the command, for the record."""
    return f"{getpass.getuser()} by command line"


def with_store(settings: Settings, room: str, act: Callable[[LineStore], Awaitable[T]]) -> T:
    """What ``act`` makes of the room's line. Raises :class:`~waitroom.errors.LineUnavailableError`."""
    return with_redis(settings, lambda redis: act(store_of(find_room(settings, room), redis)))


def with_redis(settings: Settings, act: Callable[[Redis], Awaitable[T]]) -> T:
    """What ``act`` makes of the Redis of the lines. Raises :class:`~waitroom.errors.LineUnavailableError`."""

    async def run() -> T:
        redis = connect(settings.redis_url or EmbeddedRedis(settings.data_dir).url, settings)
        try:
            return await act(redis)
        except LineUnavailableError as error:
            if settings.redis_url is None:
                raise LineUnavailableError(f"no gateway runs with data_dir {settings.data_dir}") from error
            raise
        finally:
            await redis.aclose()

    return asyncio.run(run())
