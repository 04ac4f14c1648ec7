"""Why a place stands where it stands, and what help would come to: told by tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from waitroom.line.desk import Fate
from waitroom.line.rules import Mode
from waitroom.support.effect import effects_of
from waitroom.support.history import History
from waitroom.support.moved import why_moved
from waitroom.support.place import Action, Found, Happening, Located, WentBefore

PLACE = Located("drop", 1_764_000_000, "general", 8)
OTHER = PLACE._replace(number=3)
WAITING = Found(PLACE, Fate.WAITING, 8, position=4012, is_present=True, keep_seconds=600)
SLOW = Happening(1, "changed", "changed: rate 300 -> 100", "olga", "payment is slow")
FRONT = Happening(
    2, "brought_forward", "the support desk brings place 8 of general to the front", "ben", "late"
)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (WAITING, "It has not moved back: it stands in the order in which places were given out."),
        (replace(WAITING, history=(SLOW,)), "since olga changed rate 300 -> 100."),
        (replace(WAITING, history=(Happening(1, "moved", "spring opens"),)), "since the opening was moved."),
        (
            replace(WAITING, went_before=WentBefore(3, 1), history=(SLOW,)),
            "3 who had been away when called and 1 whom the support desk brought forward went before it",
        ),
        (replace(WAITING, turn=77, went_before=WentBefore(3, 1)), "The draw at the opening gave it turn 77"),
        (replace(WAITING, history=(Happening(1, "rested", "lets pass"), SLOW)), "has let others pass"),
        (replace(WAITING, turn=None), "The order is still to be drawn"),
        (replace(WAITING, came_from=OTHER, turn=77), "Its holder had ticket 3 of general in drop before"),
        (replace(WAITING, came_from=OTHER, history=(FRONT, SLOW)), "The support desk brings place 8"),
        (
            replace(WAITING, fate=Fate.LEFT, given_up_for=OTHER),
            "gave its holder ticket 3 of general in drop back",
        ),
        (
            replace(WAITING, fate=Fate.MISSED, went_to=OTHER),
            "was not there in time to take it. They were given",
        ),
        (replace(WAITING, fate=Fate.LEFT), "Its holder gave it up."),
        (replace(WAITING, fate=None), "The line was begun anew"),
        *((replace(WAITING, fate=fate), " ") for fate in Fate),
    ],
)
def test_the_cause_that_matters_most_is_told(found: Found, why: str) -> None:
    """As a sentence, for each way in which a place can stand."""
    told = why_moved(found)
    assert why in told
    assert not told[0].islower()
    assert told.endswith(".")


def effects(found: Found, before: Found | None = None, mode: Mode = Mode.QUEUE) -> list[tuple[str, ...]]:
    """What each action would do."""
    return [
        (each.action, each.place.code, each.text, each.others, *each.notes)
        for each in effects_of(found, before, mode=mode, rate_per_minute=100)
    ]


def test_the_front_costs_each_before_it_one_admission() -> None:
    """Nothing where it is the next one; what is in the way is named."""
    text = "It goes from position 4,012 to the front: it is called next, within the room's rate."
    cost = "Each of the 4,011 before it waits for one more: 0.6 s at 100 a minute."
    assert [(Action.FRONT, PLACE.code, text, cost)] == effects(WAITING)
    assert ("",) == effects(replace(WAITING, position=1))[0][3:]
    [(*_, paused, away)] = effects(replace(WAITING, is_present=False), mode=Mode.PAUSE)
    assert paused.startswith("The room is paused")
    assert "they have 10m to come, or it waits for its old turn again" in away


def test_giving_back_says_when_its_holder_may_come_in() -> None:
    """At once where its turn was called; and what is given up for it."""
    missed = Found(OTHER, Fate.MISSED, 3, keep_seconds=600, is_turn_called=True, went_to=PLACE)
    [(action, code, text, others, note)] = effects(missed)
    assert (Action.RESTORE, OTHER.code) == (action, code)
    assert "may come in at once, and has 10m to do so" in text
    assert note.startswith("Ticket 8 of general in drop, which its holder has now, is given up for it.")
    assert others.startswith("Each who waits behind it waits for one more")
    assert "It waits for turn 3 again" in effects(replace(missed, fate=Fate.LEFT, is_turn_called=False))[0][2]
    assert "Its holder has 10m from now on" in effects(replace(missed, fate=Fate.CALLED))[0][2]


def test_of_a_waiting_place_the_one_before_it_is_given_back() -> None:
    """Its own code is that of what is given up."""
    before = Found(OTHER, Fate.MISSED, 3, is_turn_called=True, keep_seconds=600, went_to=PLACE)
    front, restore = effects(replace(WAITING, came_from=OTHER), before)
    assert (Action.FRONT, PLACE.code) == front[:2]
    assert (Action.RESTORE, OTHER.code) == restore[:2]
    assert "Ticket 8 of general in drop" in restore[4]


@pytest.mark.parametrize("fate", [Fate.INSIDE, Fate.GRANTED, Fate.LATE, Fate.UNKNOWN, Fate.SETTLED, None])
def test_what_needs_no_help_gets_none(fate: Fate | None) -> None:
    """Or cannot be helped."""
    assert [] == effects(replace(WAITING, fate=fate))


def test_what_its_holder_took_back_is_told() -> None:
    """Of the place itself, and of no other."""
    history = History(OTHER)
    for number in ("3", "8"):
        fields = {"lane": "general", "number": number, "turn": number, "called": "9", "issued": "20"}
        history.feed(f"{number}-0", {"type": "undone", "epoch": str(OTHER.epoch), "clock": "1", **fields})
    [told] = history.happenings(is_missed=False)
    assert ("undone", 3) == (told.kind, told.at_ms)
    assert "takes place 3 of general back" in told.text
