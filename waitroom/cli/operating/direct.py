"""Running rooms, straight at their Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from redis.asyncio import Redis

from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.state import RoomState, state_of
from admin.live import LiveRoom
from waitroom.assembly.redis import connect
from waitroom.cli.line import find_room, who_asks, with_redis, with_store
from waitroom.cli.operating.desk import Look, pairs
from waitroom.embedded import EmbeddedRedis
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.live.settings import names_of
from waitroom.live.turning import Author, Wish, one_line, pausing, resuming, setting, turn
from waitroom.settings import Settings

SHOWN = 50
"""Events that a look has."""


class DirectDesk:
    """The rooms of a configuration file. Who only looks changes nothing of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def rooms(self) -> list[RoomState]:
        """All rooms as they are."""

        async def run(redis: Redis) -> list[RoomState]:
            rooms = [LiveRoom(each, redis, Seeds(())) for each in self._settings.rooms]
            for seen in rooms:
                await seen.look_on()
            return [state_of(seen) for seen in rooms]

        return with_redis(self._settings, run)

    def change(self, room: str, changes: Sequence[str], why: str) -> list[str]:
        """Sets ``name=value`` pairs."""
        wanted = pairs(changes, names_of(find_room(self._settings, room)))
        return self._turn(room, setting(wanted), why, wanted)

    def pause(self, room: str, why: str) -> list[str]:
        """Admits nobody new."""
        return self._turn(room, pausing, why)

    def resume(self, room: str, why: str) -> list[str]:
        """Returns to the mode before the pause."""
        return self._turn(room, resuming, why)

    def reset(self, room: str, why: str) -> list[str]:
        """Begins the line anew."""
        find_room(self._settings, room)

        async def apply(store: LineStore) -> list[str]:
            head = await store.reset(who=who_asks(), why=one_line(why))
            return [f"{room}: the line begins anew (epoch {head.epoch}); those inside stay inside"]

        return with_store(self._settings, room, apply)

    @contextmanager
    def watching(self, room: str) -> Iterator[Callable[[], Look]]:
        """What looks at a room, again and again."""
        settings = find_room(self._settings, room)
        with asyncio.Runner() as runner:
            url = self._settings.redis_url or EmbeddedRedis(self._settings.data_dir).url
            redis = connect(url, self._settings)
            seen = LiveRoom(settings, redis, Seeds(()))

            async def look() -> Look:
                await seen.look_on()
                newest = [entry for entry in reversed(seen.record.entries) if entry.kind != "called"][:SHOWN]
                return Look(state_of(seen), [RoomEvent.of(entry, settings) for entry in newest])

            try:
                yield lambda: runner.run(look())
            finally:
                runner.run(redis.aclose())

    def _turn(self, room: str, wish: Wish, why: str, wanted: Mapping[str, str] | None = None) -> list[str]:
        settings = find_room(self._settings, room)

        async def apply(store: LineStore) -> list[str]:
            done = await turn(store, settings, wish, Author(who_asks(), why))
            order = list(wanted or ())
            changes = sorted(
                done.changes, key=lambda each: order.index(each.name) if each.name in order else 0
            )
            return [f"{room}: {each}" for each in changes] or [f"{room}: nothing is new"]

        return with_store(self._settings, room, apply)
