"""``waitroom privacy``: what is kept of people, by the settings as they are."""

from __future__ import annotations

from pydantic_core import to_json
from redis.asyncio import Redis

from waitroom.assembly.line import rules_of, store_of
from waitroom.cli.line import find_room, with_redis
from waitroom.errors import LineUnavailableError
from waitroom.line.rules import Rules
from waitroom.privacy.inventory import inventory
from waitroom.privacy.words import NOT_KEPT, as_text
from waitroom.settings import RoomSettings, Settings


def show(settings: Settings, room: str | None, *, as_json: bool) -> list[str]:
    """What is kept, a room after the other: by the live rules where the line can be reached, else by the file's."""
    rooms = settings.rooms if room is None else (find_room(settings, room),)
    held = [(each.name, inventory(settings, each, _rules(settings, each))) for each in rooms]
    if as_json:
        kept = {name: [each.members() for each in holdings] for name, holdings in held}
        return [to_json({"rooms": kept, "not_kept": NOT_KEPT}).decode()]
    return [line for name, holdings in held for line in [*as_text(name, holdings), ""]][:-1]


def _rules(settings: Settings, room: RoomSettings) -> Rules:
    async def live(redis: Redis) -> Rules:
        return await store_of(room, redis).rules()

    try:
        return with_redis(settings, live)
    except LineUnavailableError:
        return rules_of(room)
