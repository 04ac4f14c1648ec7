"""Help for one place: asked for in a page or over the API, done by the desk, and kept in both logs."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from admin.audit.trail import record
from admin.auth.actor import Actor
from admin.console import console_of
from admin.problems import Problem
from waitroom.line.desk import Fate
from waitroom.support.desk import LONGEST_REASON
from waitroom.support.errors import HelpRefusedError
from waitroom.support.place import Action, Located

ENDED = "ended"
"""How a place of an earlier life of the line stands."""


ACTIONS = {Action.RESTORE: "restorePlace", Action.FRONT: "bringForward"}
"""As the audit log calls them, wherever they come from."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done."""

    action: Action
    why: str
    seen: str = ""
    """How the place stood when they looked; empty: it does not matter."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done."""

    place: Located
    """Which has the help: of one that waited, the one before it was given back."""
    text: str


async def help_place(request: Request, actor: Actor, place: Located, wish: Wish) -> Done:
    """Does it. Raises a :class:`~admin.problems.Problem` with status 422 without a reason, with 412 where the place
    stands otherwise than it was seen, and with 409 where there is nothing to help."""
    desk = console_of(request).support
    about = f"{place.room}, {place.lane}, ticket {place.number} ({place.code})"
    record(request, action=ACTIONS[wish.action], about=about, why=wish.why)
    if not wish.why.strip():
        raise Problem(422, "no-reason", "A reason must be given: it is kept in the record.")
    if len(wish.why) > LONGEST_REASON:
        raise Problem(422, "wrong-request", f"reason: at most {LONGEST_REASON} characters.")
    before = await desk.stands(place)
    stands = state_of(before.fate)
    record(request, before={"state": stands})
    if wish.seen and wish.seen != stands:
        raise Problem(
            412,
            "overtaken",
            f"Nothing was done: it was {wish.seen} when you looked, and is {stands} now. Look at it as it is.",
        )
    try:
        if wish.action is Action.FRONT:
            await desk.bring_forward(place, who=actor.name, why=wish.why)
            done = Done(place, f"{_named(place)} is called next.")
        else:
            restored = await desk.restore(place, who=actor.name, why=wish.why)
            may = "its holder may come in at once" if restored.is_called else "it waits for its turn again"
            instead = f" {_named(restored.instead_of)} was given up for it." if restored.instead_of else ""
            done = Done(restored.place, f"{_named(restored.place)} is given back: {may}.{instead}")
    except HelpRefusedError as error:
        raise Problem(409, "not-helped", f"Nothing was done: {error}.") from None
    record(request, after={"code": done.place.code})
    return done


def state_of(fate: Fate | None) -> str:
    """How a place stands, as the API and forms name it."""
    return ENDED if fate is None else fate.value


def _named(place: Located) -> str:
    text = str(place)
    return text[0].upper() + text[1:]
