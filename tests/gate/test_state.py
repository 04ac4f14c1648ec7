"""Where a visitor stands, as the page, the JSON and the event stream tell it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from waitroom.gate.decision import Standing
from waitroom.gate.state import Notice, plain_state, refresh_after, standing, state_of
from waitroom.gate.tokens import Ticket
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules, SoldOut
from waitroom.shaping.forecast import Estimate
from waitroom.shaping.reason import Reason
from waitroom.support.code import support_code

MakeRoom = Callable[..., Room]
HEAD = Head(epoch=7, issued=40, called=10, clock=1_000_000, flow=60.0)
MEMBERS = [
    "room", "state", "position", "ahead", "waiting", "eta_seconds", "eta_range", "eta_reason", "refresh_after", "lane",
    "number", "code", "message", "message_language", "notice", "opens_at", "opens_in", "rests_in",
]  # fmt: skip


def ticket(number: int, epoch: int = 7) -> Ticket:
    """A genuine ticket of the room."""
    return Ticket("drop", epoch, "general", number, 1)


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    """Ten are called, 3 and 6 of them are back late; 11, 12, 15 and 20 to 40 are present; 12 and 14 have left."""
    rules = Rules(message="Welcome")
    return make_room(
        rules, head=HEAD, present=[11, 12, 15, *range(20, 41)], used=[12, 14], late=(3, 6)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, Standing.CALLED), (3, Standing.LATE), (6, Standing.LATE), (10, Standing.CALLED), (11, Standing.WAITING),
        (12, Standing.LEFT), (13, Standing.WAITING), (14, Standing.LEFT), (40, Standing.WAITING),
        (41, Standing.WAITING),
    ],
)  # fmt: skip
def test_how_a_ticket_stands(room: Room, number: int, expected: Standing) -> None:
    """Called up to ``called``, but for the late; given up where its bit is used; else waiting."""
    assert (expected, number) == standing(room, ticket(number))


def test_a_ticket_of_another_life_has_no_standing(room: Room) -> None:
    """Nor has no ticket at all."""
    assert (Standing.NONE, 0) == standing(room, ticket(11, epoch=6))
    assert (Standing.NONE, 0) == standing(room, None)


def test_a_ticket_of_a_life_that_was_joined_to_this_one_counts(make_room: MakeRoom) -> None:
    """Its number is moved by the offset."""
    room = make_room(Rules(), head=HEAD._replace(alias=9, offset=20), present=[31])
    assert (Standing.WAITING, 31) == standing(room, ticket(11, epoch=9))


def test_where_everyone_passes_a_used_ticket_was_called(make_room: MakeRoom) -> None:
    """There tickets are used before they are called."""
    room = make_room(Rules(mode=Mode.PASS), head=HEAD, present=[12], used=[12])
    assert (Standing.CALLED, 12) == standing(room, ticket(12))


def test_the_state_has_exactly_the_public_members(room: Room) -> None:
    """Those of the interface and the notice, in one order, with their values."""
    members = json.loads(state_of(room, Standing.WAITING, 15, "general").to_json())
    assert MEMBERS == list(members)
    wait = room.general.outlook.estimate(3)
    assert wait is not None
    expected = {
        "room": "drop", "state": "waiting", "position": 4, "ahead": 3, "waiting": 25, "eta_seconds": wait.seconds,
        "eta_range": [wait.low, wait.high], "eta_reason": None, "refresh_after": 2, "lane": "general", "number": 15,
        "code": support_code("drop", 7, "general", 15), "message": "Welcome", "message_language": None,
        "notice": None, "opens_at": None, "opens_in": None, "rests_in": None,
    }  # fmt: skip
    assert expected == members


@pytest.mark.parametrize("name", ["closed", "left", "admitted"])
def test_a_state_without_a_place_has_the_same_members(room: Room, name: str) -> None:
    """With null where there is nothing to tell."""
    members = plain_state(room, name).members()
    assert MEMBERS == list(members)
    nulls = {
        "position",
        "ahead",
        "eta_seconds",
        "eta_range",
        "eta_reason",
        "lane",
        "number",
        "code",
        "message_language",
        "notice",
        "opens_at",
        "opens_in",
        "rests_in",
    }
    assert nulls == {member for member, value in members.items() if value is None}
    assert name == members["state"]


@pytest.mark.parametrize(
    ("mode", "stands", "number", "state", "position", "notice", "has_eta"),
    [
        (Mode.AUTO, Standing.WAITING, 11, "waiting", 3, None, True),
        (Mode.QUEUE, Standing.WAITING, 11, "waiting", 3, None, True),
        (Mode.AUTO, Standing.LATE, 6, "waiting", 2, Notice.LATE, True),
        (Mode.AUTO, Standing.CALLED, 10, "called", 1, None, True),
        (Mode.AUTO, Standing.LEFT, 12, "left", None, None, False),
        (Mode.PAUSE, Standing.WAITING, 11, "waiting", 3, Notice.PAUSED, False),
        (Mode.PAUSE, Standing.CALLED, 10, "waiting", 3, Notice.PAUSED, False),
        (Mode.CLOSED, Standing.WAITING, 11, "closed", None, None, False),
        (Mode.CLOSED, Standing.CALLED, 10, "closed", None, None, False),
        (Mode.PASS, Standing.WAITING, 11, "called", 1, None, False),
    ],
)
def test_what_each_standing_is_told_in_each_mode(
    make_room: MakeRoom, mode: Mode, stands: Standing, number: int, state: str, position: int | None,
    notice: Notice | None, has_eta: bool,
) -> None:  # fmt: skip
    """State, position and notice follow from mode and standing; an estimate only where the line moves."""
    room = make_room(Rules(mode=mode), head=HEAD, present=[11, 15], used=[12], late=(3, 6))
    told = state_of(room, stands, number, "general")
    assert (state, position, notice, has_eta) == (
        told.state,
        told.position,
        told.notice,
        told.eta is not None,
    )


@pytest.mark.parametrize(
    ("rules", "stands", "reason"),
    [
        (Rules(rate=0), Standing.WAITING, Reason.STOPPED),
        (Rules(mode=Mode.QUEUE, rate=0), Standing.LATE, Reason.STOPPED),
        (Rules(rate=0), Standing.CALLED, None),
        (Rules(rate=0.5), Standing.WAITING, None),
        (Rules(mode=Mode.PAUSE, rate=0), Standing.WAITING, Reason.PAUSED),
        (Rules(mode=Mode.PASS, rate=0), Standing.WAITING, None),
        (Rules(rate=0, sold_out=SoldOut.YES), Standing.WAITING, None),
    ],
)
def test_a_rate_of_nought_is_told(
    make_room: MakeRoom, rules: Rules, stands: Standing, reason: Reason | None
) -> None:
    """For as long as nobody is let in by it, whoever waits reads so."""
    assert reason == state_of(make_room(rules, head=HEAD, present=[11, 15]), stands, 11, "general").eta_reason


def test_while_redis_is_away_the_state_says_so(room: Room) -> None:
    """The last known position stands."""
    room.down_since = 1.0
    told = state_of(room, Standing.WAITING, 15, "general")
    assert (Notice.UNAVAILABLE, 4) == (told.notice, told.position)


@pytest.mark.parametrize(
    ("seconds", "presence_ms", "expected"),
    [
        (None, 60_000, 10), (1, 60_000, 2), (25, 60_000, 2), (100, 60_000, 10), (1000, 60_000, 20),
        (10**9, 60_000, 20), (10**9, 600_000, 20), (10**9, 30_000, 10), (10**9, 6_000, 2), (10**9, 1_000, 1),
        (1, 1_000, 1), (None, 2_000, 1),
    ],
)  # fmt: skip
def test_refresh_is_seldom_far_back_and_often_near_the_door(
    make_room: MakeRoom, seconds: int | None, presence_ms: int, expected: int
) -> None:
    """Between 2 and 20 seconds, but always three times within the presence window where that can be."""
    room = make_room(Rules(presence_ms=presence_ms), head=HEAD)
    eta = None if seconds is None else Estimate(seconds, 0, seconds)
    assert expected == refresh_after(room, eta)
