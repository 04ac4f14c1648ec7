"""``waitroom support``: finds a shopper's place by its code, tells what became of it, and helps."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic_core import to_json
from redis.asyncio import Redis

from waitroom.assembly.line import desk_of
from waitroom.cli.line import find_room, who_asks, with_redis
from waitroom.line.desk import Fate
from waitroom.settings import Settings, format_duration
from waitroom.support.moved import why_moved
from waitroom.support.place import Action, Found, Happening
from waitroom.support.words import FATES

_LASTS = {
    Fate.INSIDE: "the visit goes on for {} without a request",
    Fate.GRANTED: "its holder has {} to come in",
    Fate.CALLED: "its holder has {} to come in",
}
_MAY = {
    Action.RESTORE: 'waitroom support {code} --restore --why "…"    {gives}',
    Action.FRONT: 'waitroom support {code} --front --why "…"      calls it next',
}
_GIVES = {Fate.WAITING: "gives back the place of before", Fate.CALLED: "gives its holder more time"}


def support(
    settings: Settings,
    code: str,
    *,
    room: str | None,
    lane: str | None,
    action: Action | None,
    why: str,
) -> tuple[list[str], Found]:
    """Looks a code up, and helps its place first where ``action`` says so. What was done in words, and the place."""
    if room is not None:
        find_room(settings, room)

    async def run(redis: Redis) -> tuple[list[str], Found]:
        desk = desk_of(settings, redis)
        place = await desk.locate(code, room=room, lane=lane)
        done: list[str] = []
        match action:
            case Action.RESTORE:
                restored = await desk.restore(place, who=who_asks(), why=why)
                may = (
                    "its holder may come in at once" if restored.is_called else "it waits for its turn again"
                )
                done = [f"{restored.place} is given back: {may}"]
                if restored.instead_of is not None:
                    done.append(f"{restored.instead_of} is given up for it")
                place = restored.place
            case Action.FRONT:
                await desk.bring_forward(place, who=who_asks(), why=why)
                done = [f"{place} is called next"]
        return done, await desk.look(place)

    return with_redis(settings, run)


def as_text(settings: Settings, found: Found) -> list[str]:
    """A place in words, in the room's time zone."""
    zone = ZoneInfo(find_room(settings, found.place.room).timezone)
    turn = f", turn {found.turn:,}" if found.turn not in (None, found.place.number) else ""
    lines = [f"{found.place}{turn} (code {found.place.code}) {FATES[found.fate]}"]
    lines += [f"  {line}" for line in _details(found, zone)]
    lines.append(f"  why: {why_moved(found)}")
    lines += [_happened(each, zone) for each in found.history]
    gives = _GIVES.get(found.fate or Fate.MISSED, "gives it back")
    lines += [_MAY[action].format(code=found.place.code, gives=gives) for action in found.actions]
    return lines


def as_json(found: Found) -> str:
    """The same for programs."""
    return to_json(found.members()).decode()


def _details(found: Found, zone: ZoneInfo) -> list[str]:
    lines = []
    if found.position is not None:
        lines.append(
            f"at position {found.position:,}; its holder is {'' if found.is_present else 'not '}there"
        )
    if found.fate in _LASTS and found.lasts_seconds:
        lines.append(_LASTS[found.fate].format(format_duration(found.lasts_seconds)))
    if found.joined_before_ms is not None:
        after = f"between {_time(found.joined_after_ms, zone)} and " if found.joined_after_ms else "before "
        lines.append(f"given out {after}{_time(found.joined_before_ms, zone)}")
    elif found.joined_after_ms is not None:
        lines.append(f"given out after {_time(found.joined_after_ms, zone)}")
    if found.came_from is not None:
        lines.append(f"its holder had {found.came_from} before (code {found.came_from.code})")
    if found.given_up_for is not None:
        lines.append(f"it was given up for {found.given_up_for} (code {found.given_up_for.code})")
    if found.went_to is not None:
        lines.append(f"its holder was given {found.went_to} since (code {found.went_to.code})")
    return lines


def _happened(each: Happening, zone: ZoneInfo) -> str:
    by = f", by {each.who}" + (f": {each.why}" if each.why else "") if each.who else ""
    return f"{_time(each.at_ms, zone)}  {each.text}{by}"


def _time(at_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M:%S}"
