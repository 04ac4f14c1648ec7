"""What the routes that turn a room share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request

from admin.api.rooms.state import ChangedState, changed_state_of, state_of
from admin.audit.trail import record
from admin.auth.actor import Actor
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import OvertakenError
from waitroom.line.rules import Mode
from waitroom.live.turning import Author, Change, Turned, Turning, Wish, turn
from waitroom.settings import ApprovalSettings


class TwoNeededError(Exception):
    """What was worked out needs a second person."""

    def __init__(self, turning: Turning) -> None:
        super().__init__("this needs two people")
        self.turning = turning


def alone(settings: ApprovalSettings) -> Callable[[Turning], None]:
    """Raises :class:`TwoNeededError` for what one operator alone cannot do."""

    def allow(turning: Turning) -> None:
        above, before, after = settings.rate_above, turning.before, turning.after
        if above is None:
            return
        opens = after.mode is Mode.PASS and before.mode is not Mode.PASS
        if opens or after.rate > max(above, before.rate):
            raise TwoNeededError(turning)

    return allow


async def turned(
    request: Request,
    seen: LiveRoom,
    actor: Actor,
    wish: Wish,
    reason: str,
    versions: frozenset[int] | None,
    allow: Callable[[Turning], None] = lambda _: None,
) -> ChangedState:
    """A room after a wish for it has come true. Raises a :class:`~admin.problems.Problem` with status 412 where the
    room has another version than those."""
    record(request, why=reason)

    async def act() -> Turned:
        store = seen.room.general.store
        return await turn(store, seen.settings, wish, Author(actor.name, reason), seen=versions, allow=allow)

    return await done(request, seen, (await overtaken(seen, act)).changes)


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


async def done(request: Request, seen: LiveRoom, changes: Sequence[Change]) -> ChangedState:
    """The room as it is now that this was changed; everyone who watches hears of it, and the audit log has it."""
    record(
        request,
        before={each.name: each.before for each in changes},
        after={each.name: each.after for each in changes},
    )
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
