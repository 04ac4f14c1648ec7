"""What the routes that turn a room share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from admin.api.rooms.state import ChangedState, changed_state_of, state_of
from admin.auth.actor import Actor
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import OvertakenError
from waitroom.live.turning import Author, Change, Turned, Wish, turn


async def turned(
    seen: LiveRoom, actor: Actor, wish: Wish, reason: str, versions: frozenset[int] | None
) -> ChangedState:
    """A room after a wish for it has come true. Raises a :class:`~admin.problems.Problem` with status 412 where the
    room has another version than those."""

    async def act() -> Turned:
        store = seen.room.general.store
        return await turn(store, seen.settings, wish, Author(actor.name, reason), seen=versions)

    return await done(seen, (await overtaken(seen, act)).changes)


async def overtaken(seen: LiveRoom, act: Callable[[], Awaitable[Turned]]) -> Turned:
    """What ``act`` did. Where somebody else was quicker: a :class:`~admin.problems.Problem` with status 412 that has
    the state as it is now."""
    try:
        return await act()
    except OvertakenError:
        await seen.room.look()
        await seen.look()
        state = state_of(seen)
        raise Problem(
            412,
            "overtaken",
            f"Somebody has changed the room meanwhile{_who(seen)}. Nothing was done: look at what there is now.",
            {"etag": state.etag},
            state=state.model_dump(mode="json"),
        ) from None


async def done(seen: LiveRoom, changes: Sequence[Change]) -> ChangedState:
    """The room as it is now that this was changed; everyone who watches hears of it."""
    await seen.room.look()
    await seen.look()
    seen.tell()
    return changed_state_of(seen, changes)


def _who(seen: LiveRoom) -> str:
    last = seen.record.last_set
    if last is None:
        return ""
    who, why = last.fields.get("who", ""), last.fields.get("why", "")
    return f": {who}" + (f", {why!r}" if why else "") if who else ""
