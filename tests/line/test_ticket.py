"""The life of a ticket follows the table."""

from __future__ import annotations

from itertools import product

import pytest

from waitroom.line.ticket import TRANSITIONS, Event, IllegalEventError, Stage, Ticket


@pytest.mark.parametrize(("stage", "event"), list(product(Stage, Event)))
def test_only_the_table_happens(stage: Stage, event: Event) -> None:
    """An event moves a ticket as the table says; any other is an error and changes nothing."""
    ticket = Ticket(1, seen=0, stage=stage)
    if (stage, event) in TRANSITIONS:
        ticket.on(event)
        assert TRANSITIONS[stage, event] is ticket.stage
    else:
        with pytest.raises(IllegalEventError):
            ticket.on(event)
        assert stage is ticket.stage


def test_every_place_ends() -> None:
    """From every stage a ticket can come to its end, and from the end only the support desk leads away."""
    ending = {Stage.SPENT}
    while more := {start for (start, _), end in TRANSITIONS.items() if end in ending} - ending:
        ending |= more
    assert set(Stage) == ending
    assert {Event.REINSTATE} == {event for start, event in TRANSITIONS if start is Stage.SPENT}


def test_the_door_is_passed_once() -> None:
    """Nobody who is inside or spent can enter again."""
    assert not {(Stage.INSIDE, Event.ENTER), (Stage.SPENT, Event.ENTER)} & set(TRANSITIONS)
