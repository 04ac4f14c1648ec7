"""A shopper's place as the console shows it: how it stands, why, and what help would come to."""

from __future__ import annotations

from dataclasses import dataclass

from admin.console import Console
from admin.problems import Problem
from admin.standing import rate_in_force, wait_behind
from waitroom.line.desk import Fate
from waitroom.shaping.forecast import Estimate
from waitroom.support.code import CodeError
from waitroom.support.effect import Effect, effects_of
from waitroom.support.errors import AmbiguousCodeError, NoPlaceError
from waitroom.support.moved import why_moved
from waitroom.support.place import Found, Located


@dataclass(frozen=True, slots=True)
class Shown:
    """One place."""

    found: Found
    why: str
    """Why it stands where it stands."""
    wait: Estimate | None
    """Until it is called; None: it is not waiting, or nobody knows."""
    effects: tuple[Effect, ...]


async def locate(console: Console, code: str, room: str = "", lane: str = "") -> Located:
    """The place of a code. Raises a :class:`~admin.problems.Problem` with status 422 for what can be no code, with 404
    where no place has it, and with 409 where several may be meant."""
    try:
        return await console.support.locate(code, room=room or None, lane=lane or None)
    except CodeError as error:
        raise Problem(422, "wrong-code", _sentence(error)) from None
    except NoPlaceError as error:
        raise Problem(
            404, "no-place", _sentence(error), elsewhere=_told(error.elsewhere), near=_told(error.near)
        ) from None
    except AmbiguousCodeError as error:
        raise Problem(409, "several-places", _sentence(error), places=_told(error.places)) from None


async def look(console: Console, place: Located) -> Shown:
    """A place as it is now."""
    found = await console.support.look(place)
    room, before = console.live.rooms[place.room], None
    if found.fate is Fate.WAITING and found.came_from is not None:
        before = await console.support.stands(found.came_from)
    mode, rate = room.rules.mode, rate_in_force(room)
    wait = (
        wait_behind(room, place.lane, found.position - 1)
        if found.position is not None and place.lane in room.lanes
        else None
    )
    return Shown(found, why_moved(found), wait, effects_of(found, before, mode=mode, rate_per_minute=rate))


def _told(places: tuple[Located, ...]) -> list[dict[str, object]]:
    return [{"code": place.code, **place._asdict()} for place in places]


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(("?", ".")) else ".")
