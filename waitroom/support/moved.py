"""Why a place stands where it stands, in one sentence for the shopper who asks. Pure."""

from __future__ import annotations

from waitroom.line.desk import Fate
from waitroom.support.place import Found, Happening

_OF_THE_DESK = frozenset({"brought_forward", "reinstated"})
_ENDED = {
    Fate.INSIDE: "Its turn came, and its holder came in.",
    Fate.GRANTED: "Its turn has come: its holder is being let in.",
    Fate.FINISHED: "It was used: its holder was in the shop, and the shop has ended the visit.",
    Fate.SPENT: "It was used: its holder was in the shop, and the visit ran out.",
    Fate.SETTLED: "It was settled so long ago that nothing is kept of it.",
    Fate.UNKNOWN: "No such number has been given out yet.",
}


def why_moved(found: Found) -> str:
    """The one cause that matters most."""
    if found.given_up_for is not None:
        return f"The support desk gave its holder {found.given_up_for} back, so this one was given up."
    match found.fate:
        case None:
            return "The line was begun anew after it was given out: no place of before counts any more."
        case Fate.MISSED:
            since = f" They were given {found.went_to} when they came back." if found.went_to else ""
            return f"Its turn came, and its holder was not there in time to take it.{since}"
        case Fate.LEFT:
            since = f" They were given {found.went_to} since." if found.went_to else ""
            return f"Its holder gave it up.{since}"
        case Fate.CALLED:
            return "Its turn has come, and its holder is not there: they may still come in."
        case Fate.LATE:
            return (
                "Its holder was away when its turn came, is back, and comes in as soon as the rate allows it."
            )
        case Fate.WAITING:
            return _why_it_waits(found)
    return _ENDED[found.fate]


def _why_it_waits(found: Found) -> str:
    helped = _last(found, *_OF_THE_DESK)
    if helped is not None:
        return f"{helped.text[0].upper()}{helped.text[1:]}."
    if _last(found, "rested") is not None:
        return "Its holder has let others pass, and keeps its turn meanwhile."
    if found.came_from is not None:
        return (
            f"Its holder had {found.came_from} before, which is over, and was given this one on coming back."
        )
    if found.turn is None:
        return "The order is still to be drawn: until then nobody has a position."
    if found.turn != found.place.number:
        return (
            f"The draw at the opening gave it turn {found.turn:,}; until then everyone had the same chance."
        )
    if before := str(found.went_before):
        return f"{before[0].upper()}{before[1:]} went before it; its own place in the order is what it was."
    if (changed := _last(found, "changed")) is not None:
        what = changed.text.removeprefix("changed: ")
        return f"It has not moved back. The wait is another since {changed.who or 'somebody'} changed {what}."
    if _last(found, "moved") is not None:
        return "It has not moved back. The wait is another since the opening was moved."
    return "It has not moved back: it stands in the order in which places were given out."


def _last(found: Found, *kinds: str) -> Happening | None:
    return next((each for each in reversed(found.history) if each.kind in kinds), None)
