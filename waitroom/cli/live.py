"""``waitroom set`` and ``waitroom reset``: a running room, from the command line."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence

from pydantic import ValidationError

from waitroom.assembly import connect, rules_of, store_of
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import LineUnavailableError, SettingsError
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings, allowed, format_duration

CHANGEABLE = ("rate", "capacity", "mode", "message", "session", "keep", "presence", "burst", "entry")
_DURATIONS = ("session", "keep", "presence", "burst", "entry")
_SHOWN = 60


def change_live(settings: Settings, room: str, changes: Sequence[str], why: str) -> list[str]:
    """Sets ``name=value`` pairs for a running room, and returns a line for each."""
    _find(settings, room)
    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or name not in CHANGEABLE:
            raise SettingsError(
                f"{change!r} is not a change; write name=value with one of {', '.join(CHANGEABLE)}"
            )
        if name in wanted:
            raise SettingsError(f"{name} is given twice")
        wanted[name] = value

    async def apply(store: LineStore) -> list[str]:
        before = _as_settings(room, await store.rules())
        after = _checked(before, wanted)
        stored = rules_of(after).to_redis()
        fields = {name: f"{name}_ms" if name in _DURATIONS else name for name in wanted}
        await store.configure(
            {field: stored[field] for field in fields.values()}, source="live", who=_who(), why=why
        )
        return [f"{room}: {name} {_shown(before, name)} -> {_shown(after, name)}" for name in wanted]

    return asyncio.run(_with_store(settings, room, apply))


def reset_room(settings: Settings, room: str, why: str) -> list[str]:
    """Begins a room's line anew, and returns a line that says so."""
    _find(settings, room)

    async def apply(store: LineStore) -> list[str]:
        head = await store.reset(who=_who(), why=why)
        return [f"{room}: the line begins anew (epoch {head.epoch}); those inside stay inside"]

    return asyncio.run(_with_store(settings, room, apply))


def _find(settings: Settings, room: str) -> RoomSettings:
    found = next((candidate for candidate in settings.rooms if candidate.name == room), None)
    if found is None:
        names = ", ".join(candidate.name for candidate in settings.rooms)
        raise SettingsError(f"there is no room {room!r}; the rooms are {names}")
    return found


def _who() -> str:
    return f"{getpass.getuser()} by command line"


async def _with_store(
    settings: Settings, room: str, apply: Callable[[LineStore], Awaitable[list[str]]]
) -> list[str]:
    redis = connect(settings.redis_url or EmbeddedRedis(settings.data_dir).url)
    try:
        return await apply(store_of(_find(settings, room), redis))
    except LineUnavailableError as error:
        if settings.redis_url is None:
            raise LineUnavailableError(f"no gateway runs with data_dir {settings.data_dir}") from error
        raise
    finally:
        await redis.aclose()


def _as_settings(room: str, rules: Rules) -> RoomSettings:
    """The live rules as settings."""
    values = rules.to_redis()
    given = {name: values[name] for name in CHANGEABLE if name not in _DURATIONS}
    durations = {name: int(values[f"{name}_ms"]) / 1000 for name in _DURATIONS}
    return RoomSettings.model_validate({"name": room, **given, **durations})


def _checked(before: RoomSettings, wanted: dict[str, str]) -> RoomSettings:
    given = {name: getattr(before, name) for name in ("name", *CHANGEABLE)}
    try:
        return RoomSettings.model_validate({**given, **wanted})
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "rule":
            raise SettingsError(f"{name} ({_shown(before, name)} now) {problem['msg']}") from error
        value = _cut(wanted.get(name, ""))
        meant = allowed(RoomSettings.model_fields[name])
        raise SettingsError(f"{name}: {value!r} was given, allowed is {meant}") from error


def _shown(room: RoomSettings, name: str) -> str:
    value = getattr(room, name)
    if name in _DURATIONS:
        return format_duration(value)
    return f"{value:g}" if isinstance(value, float) else _cut(str(value)) or "(none)"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
