"""``waitroom set``: live settings from the command line."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Sequence

from pydantic import ValidationError

from waitroom.assembly import connect, rules_of
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import SettingsError
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings, allowed

CHANGEABLE = ("rate", "capacity", "mode", "message", "session", "keep", "presence", "burst", "entry")


def change_live(settings: Settings, room: str, changes: Sequence[str], why: str) -> list[str]:
    """Sets ``name=value`` pairs for a running room, and returns a line for each that changed."""
    found = next((candidate for candidate in settings.rooms if candidate.name == room), None)
    if found is None:
        names = ", ".join(candidate.name for candidate in settings.rooms)
        raise SettingsError(f"there is no room {room!r}; the rooms are {names}")
    wanted = _checked(found, dict(map(_pair, changes)))
    return asyncio.run(_change(settings, room, wanted, why))


def _pair(change: str) -> tuple[str, str]:
    name, equals, value = change.partition("=")
    if not equals or name not in CHANGEABLE:
        raise SettingsError(
            f"{change!r} is not a change; write name=value with one of {', '.join(CHANGEABLE)}"
        )
    return name, value


def _checked(room: RoomSettings, changes: dict[str, str]) -> dict[str, str]:
    try:
        changed = RoomSettings.model_validate({**room.model_dump(), **changes})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError(
            f"{name}: {changes.get(name, '')!r} was given, allowed is {allowed(RoomSettings.model_fields[name])}"
        ) from error
    fields = {"session", "keep", "presence", "burst", "entry"}
    names = [f"{name}_ms" if name in fields else name for name in changes]
    values = rules_of(changed).to_redis()
    return {name: values[name] for name in names}


async def _change(settings: Settings, room: str, wanted: dict[str, str], why: str) -> list[str]:
    redis = connect(settings.redis_url or EmbeddedRedis(settings.data_dir).url)
    try:
        store = LineStore(redis, room)
        before = Rules.to_redis(await store.rules())
        await store.configure(wanted, source="live", who=f"{getpass.getuser()} by command line", why=why)
    finally:
        await redis.aclose()
    return [f"{room}: {name} {before[name]} -> {value}" for name, value in wanted.items()]
