"""The decision as complete tables: every kind, mode, standing, pass and holding."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from waitroom.gate.decision import Decision, Facts, Standing, decide
from waitroom.gate.negotiate import Kind
from waitroom.line.rules import Mode

PEOPLE = (Kind.NAVIGATION, Kind.CALL)
BOTH = (False, True)

TICKETS: dict[Mode, dict[Standing, Decision]] = {
    Mode.AUTO: {
        Standing.NONE: Decision.JOIN,
        Standing.WAITING: Decision.WAIT,
        Standing.LATE: Decision.WAIT,
        Standing.LEFT: Decision.JOIN,
        Standing.CALLED: Decision.CLAIM,
    },
    Mode.QUEUE: {
        Standing.NONE: Decision.JOIN,
        Standing.WAITING: Decision.WAIT,
        Standing.LATE: Decision.WAIT,
        Standing.LEFT: Decision.JOIN,
        Standing.CALLED: Decision.CLAIM,
    },
    Mode.PASS: {
        Standing.NONE: Decision.JOIN,
        Standing.WAITING: Decision.CLAIM,
        Standing.LATE: Decision.CLAIM,
        Standing.LEFT: Decision.JOIN,
        Standing.CALLED: Decision.CLAIM,
    },
    Mode.PAUSE: {
        Standing.NONE: Decision.JOIN,
        Standing.WAITING: Decision.WAIT,
        Standing.LATE: Decision.WAIT,
        Standing.LEFT: Decision.JOIN,
        Standing.CALLED: Decision.WAIT,
    },
    Mode.CLOSED: dict.fromkeys(Standing, Decision.CLOSED),
}

SUBRESOURCES: dict[tuple[Mode, bool], Decision] = {
    (Mode.AUTO, False): Decision.FORWARD,
    (Mode.AUTO, True): Decision.REFUSE,
    (Mode.QUEUE, False): Decision.REFUSE,
    (Mode.QUEUE, True): Decision.REFUSE,
    (Mode.PASS, False): Decision.FORWARD,
    (Mode.PASS, True): Decision.FORWARD,
    (Mode.PAUSE, False): Decision.REFUSE,
    (Mode.PAUSE, True): Decision.REFUSE,
    (Mode.CLOSED, False): Decision.REFUSE,
    (Mode.CLOSED, True): Decision.REFUSE,
}

PREFETCHES: dict[Mode, Decision] = {
    Mode.AUTO: Decision.REFUSE,
    Mode.QUEUE: Decision.REFUSE,
    Mode.PASS: Decision.FORWARD,
    Mode.PAUSE: Decision.REFUSE,
    Mode.CLOSED: Decision.REFUSE,
}


@pytest.mark.parametrize(("kind", "mode", "standing", "holding"), [*product(Kind, Mode, Standing, BOTH)])
def test_those_inside_stay_inside(kind: Kind, mode: Mode, standing: Standing, holding: bool) -> None:
    """A valid pass leads to the origin, whatever else is the case."""
    facts = Facts(kind, mode, inside=True, standing=standing, holding=holding)
    assert Decision.FORWARD == decide(facts)


@pytest.mark.parametrize(("kind", "mode", "standing", "holding"), [*product(PEOPLE, Mode, Standing, BOTH)])
def test_people_join_wait_or_show_their_ticket(
    kind: Kind, mode: Mode, standing: Standing, holding: bool
) -> None:
    """Pages and calls are treated by their ticket and the mode alone; Redis knows whether a newcomer waits."""
    facts = Facts(kind, mode, inside=False, standing=standing, holding=holding)
    assert TICKETS[mode][standing] == decide(facts)


@pytest.mark.parametrize(("mode", "standing", "holding"), [*product(Mode, Standing, BOTH)])
def test_a_part_of_a_page_passes_only_where_nobody_is_held(
    mode: Mode, standing: Standing, holding: bool
) -> None:
    """A sub-resource never joins and never claims, even with a ticket that was called."""
    facts = Facts(Kind.SUBRESOURCE, mode, inside=False, standing=standing, holding=holding)
    assert SUBRESOURCES[mode, holding] == decide(facts)


@pytest.mark.parametrize(("mode", "standing", "holding"), [*product(Mode, Standing, BOTH)])
def test_a_page_in_a_frame_takes_no_place(mode: Mode, standing: Standing, holding: bool) -> None:
    """It passes where nobody is held, as a part of a page does; else it leads out of the frame."""
    facts = Facts(Kind.FRAMED, mode, inside=False, standing=standing, holding=holding)
    passes = SUBRESOURCES[mode, holding] is Decision.FORWARD
    assert (Decision.FORWARD if passes else Decision.OUT_OF_FRAME) == decide(facts)


@pytest.mark.parametrize(("mode", "standing", "holding"), [*product(Mode, Standing, BOTH)])
def test_a_prefetch_is_refused_but_in_an_open_room(mode: Mode, standing: Standing, holding: bool) -> None:
    """What nobody has asked for yet gets nothing that the visit itself would have to be admitted for."""
    facts = Facts(Kind.PREFETCH, mode, inside=False, standing=standing, holding=holding)
    assert PREFETCHES[mode] == decide(facts)


@pytest.mark.parametrize(("mode", "standing", "holding"), [*product(Mode, Standing, BOTH)])
def test_a_preflight_always_passes(mode: Mode, standing: Standing, holding: bool) -> None:
    """It never brings cookies, and the call that follows is decided on its own."""
    facts = Facts(Kind.PREFLIGHT, mode, inside=False, standing=standing, holding=holding)
    assert Decision.FORWARD == decide(facts)


@pytest.mark.parametrize(("mode", "holding"), [*product(Mode, BOTH)])
def test_a_form_of_another_site_gets_no_ticket(mode: Mode, holding: bool) -> None:
    """Its sender's cookies stayed behind: it passes where nobody is held, and is else asked to come by GET."""
    facts = Facts(Kind.FOREIGN, mode, inside=False, standing=Standing.NONE, holding=holding)
    passes = SUBRESOURCES[mode, holding] is Decision.FORWARD
    assert (Decision.FORWARD if passes else Decision.RETURN) == decide(facts)


@pytest.mark.parametrize(
    ("mode", "standing", "holding"),
    [*product(Mode, [each for each in Standing if each is not Standing.NONE], BOTH)],
)
def test_a_form_that_brings_its_ticket_is_a_navigation(mode: Mode, standing: Standing, holding: bool) -> None:
    """Where the cookies did come, nothing is in doubt."""
    facts = Facts(Kind.FOREIGN, mode, inside=False, standing=standing, holding=holding)
    assert TICKETS[mode][standing] == decide(facts)


@pytest.mark.parametrize(("kind", "mode", "standing"), list(product(Kind, Mode, Standing)))
def test_who_is_barred_gets_no_place_and_loses_none(kind: Kind, mode: Mode, standing: Standing) -> None:
    """By invitation only: nobody joins and no part of a page passes, except where everyone does; a ticket counts."""
    facts = Facts(kind, mode, inside=False, standing=standing, holding=False, barred=True)
    free = decide(replace(facts, barred=False))
    if mode is Mode.PASS or kind is Kind.PREFLIGHT:
        assert free == decide(facts)
    elif free is Decision.JOIN:
        assert Decision.UNINVITED == decide(facts)
    elif free is Decision.FORWARD:
        assert decide(facts) in (Decision.REFUSE, Decision.RETURN, Decision.OUT_OF_FRAME)
    else:
        assert free == decide(facts)
