"""The support desk: a shopper's code to their place, why it stands where it stands, and help. Works without scripts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from admin.auth.access import Operator, Viewer
from admin.auth.actor import Actor
from admin.console import console_of
from admin.pages.forms import fields, go_to
from admin.pages.looks import Look, Tone
from admin.pages.templates import page
from admin.problems import Problem, as_problem
from admin.support.helping import Wish, help_place, state_of
from admin.support.looking import Shown, locate, look
from waitroom.errors import LineUnavailableError
from waitroom.line.desk import Fate
from waitroom.support.desk import LONGEST_REASON
from waitroom.support.place import Action, Found

LONGEST_CODE = 100
FATES: Mapping[Fate | None, Look] = {
    Fate.WAITING: Look("Waits in line", "queue", Tone.NOTE),
    Fate.CALLED: Look("Called, and not there", "clock", Tone.WARN),
    Fate.GRANTED: Look("Is being let in", "play", Tone.GOOD),
    Fate.LATE: Look("Called, and waits for the rate", "clock", Tone.NOTE),
    Fate.INSIDE: Look("In the shop", "check", Tone.GOOD),
    Fate.MISSED: Look("Missed its turn", "warn", Tone.BAD),
    Fate.LEFT: Look("Given up", "out", Tone.WARN),
    Fate.FINISHED: Look("Used, visit ended", "check", Tone.IDLE),
    Fate.SPENT: Look("Used, visit over", "check", Tone.IDLE),
    Fate.SETTLED: Look("Settled long ago", "info", Tone.IDLE),
    Fate.UNKNOWN: Look("Never given out", "info", Tone.IDLE),
    None: Look("Of an earlier line", "info", Tone.IDLE),
}
_ICONS = {
    "called": "play", "passed": "play", "drawn": "queue", "missed": "warn", "reinstated": "undo", "undone": "undo",
    "brought_forward": "support", "changed": "auto", "reset": "warn", "restored": "warn", "redis_restarted": "warn",
    "shared": "warn", "rested": "clock", "opened": "play", "begun": "queue", "moved": "clock",
}  # fmt: skip
_TONES = {"missed": "bad", "reinstated": "good", "brought_forward": "good", "called": "note", "reset": "warn"}
_SAID = {
    Action.RESTORE: "Given back. The page on the shopper’s phone follows by itself.",
    Action.FRONT: "It is called next. The page on the shopper’s phone follows by itself.",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the history."""

    after_ms: int | None
    """Where only a span is known: its begin."""
    at_ms: int | None
    text: str
    who: str
    why: str
    icon: str
    tone: str


@router.get("/support", name="support")
async def desk_page(request: Request, actor: Viewer) -> Response:
    """A place by its code; without one, the question for it."""
    given = {name: request.query_params.get(name, "").strip() for name in ("code", "room", "lane")}
    done = request.query_params.get("done", "")
    return await _page(request, actor, given, said=_SAID[Action(done)] if done in list(Action) else "")


@router.post("/support", name="supportPlace")
async def help_from_page(request: Request, actor: Operator) -> Response:
    """Helps a place; the answer is how it stands then, or why that was not done."""
    form = await fields(request)
    given = {name: form.get(name, "").strip() for name in ("code", "room", "lane")}
    action, why = form.get("action", ""), form.get("why", "")
    if action not in list(Action):
        raise Problem(422, "wrong-request", "This asks for nothing that the desk can do.")
    try:
        place = await locate(console_of(request), given["code"][:LONGEST_CODE], given["room"], given["lane"])
        wish = Wish(Action(action), why, form.get("state", ""))
        done = await help_place(request, actor, place, wish)
    except (Problem, LineUnavailableError) as error:
        return await _page(request, actor, given, problem=as_problem(error), why=why, action=action)
    there = {"code": done.place.code, "room": done.place.room, "lane": done.place.lane}
    return go_to(f"/support?{urlencode({**there, 'done': action})}")


async def _page(
    request: Request,
    actor: Actor,
    given: Mapping[str, str],
    *,
    problem: Problem | None = None,
    said: str = "",
    why: str = "",
    action: str = "",
) -> Response:
    console, shown = console_of(request), None
    if given["code"]:
        try:
            place = await locate(console, given["code"][:LONGEST_CODE], given["room"], given["lane"])
            shown = await look(console, place)
        except (Problem, LineUnavailableError) as error:
            problem = problem or as_problem(error)
    of_room = console.room(shown.found.place.room) if shown else None
    return page(
        request,
        "support.html",
        actor,
        here="support",
        problem=problem,
        kind=problem.kind if problem else "",
        others=_others(problem),
        is_near=bool(problem and problem.members.get("near")),
        given=given,
        said=said if shown and shown.found.is_helped else "",
        why=why,
        wanted=action,
        rooms=[each.name for each in console.settings.rooms],
        shown=shown,
        look=FATES[shown.found.fate] if shown else None,
        state=state_of(shown.found.fate) if shown else "",
        timezone=of_room.timezone if of_room else "UTC",
        moments=_moments(shown) if shown else (),
        now_ms=int(time.time() * 1000),
        most_reason=LONGEST_REASON,
    )


def _others(problem: Problem | None) -> list[tuple[str, str]]:
    """The places that may be meant instead: what they are, and where they are looked at."""
    told: list[tuple[str, str]] = []
    for name in ("elsewhere", "near", "places") if problem else ():
        places = problem.members.get(name) if problem else None
        for each in places if isinstance(places, list) else ():
            there = {key: each[key] for key in ("code", "room", "lane")}
            what = f"{each['code']}: ticket {each['number']:,} of {each['lane']} in {each['room']}"
            told.append((what, f"/support?{urlencode(there)}"))
    return told


def _moments(shown: Shown) -> list[Moment]:
    found = shown.found
    told = [
        Moment(None, each.at_ms, _words(each.text), each.who, each.why, _ICONS.get(each.kind, "info"),
               _TONES.get(each.kind, ""))
        for each in found.history
    ]  # fmt: skip
    joined = _joined(found)
    if joined is None:
        return told
    before = [each for each in told if _is_before(each.at_ms or 0, found)]
    return [*before, joined, *told[len(before) :]]


def _is_before(at_ms: int, found: Found) -> bool:
    """Whether something happened before the place was given out."""
    if found.joined_after_ms is not None:
        return at_ms <= found.joined_after_ms
    return at_ms < (found.joined_before_ms or 0)


def _joined(found: Found) -> Moment | None:
    is_known = found.joined_after_ms is not None or found.joined_before_ms is not None
    if found.fate is Fate.UNKNOWN or not is_known:
        return None
    text = f"joined the line of {found.place.lane} as number {found.place.number:,}"
    return Moment(found.joined_after_ms, found.joined_before_ms, text, "", "", "plus", "note")


def _words(text: str) -> str:
    """A change of settings as people read it."""
    return text.removeprefix("changed: ").replace(" -> ", " → ")
