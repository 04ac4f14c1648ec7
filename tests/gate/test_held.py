"""The position that an event stream tells never goes up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from starlette.types import Message

from waitroom.gate.decision import Standing
from waitroom.gate.events import Stream
from waitroom.gate.state import State, state_of
from waitroom.gate.tokens import Ticket
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.shaping.reason import Reason

MakeRoom = Callable[..., Room]
HEAD = Head(epoch=7, issued=100, called=10, clock=1_000_000, flow=60.0)


@pytest.fixture
def stream() -> Stream:
    """A stream to nobody."""

    async def send(_: Message) -> None:
        """Nothing is sent."""

    return Stream(send, Ticket("drop", 7, "general", 50, 1))


@pytest.fixture
def told(make_room: MakeRoom) -> Callable[..., State]:
    """The state of a number while so many stand before it."""

    def state(present: Iterable[int], number: int = 50) -> State:
        room = make_room(Rules(rate=60.0), head=HEAD, present=[*present, number])
        return state_of(room, Standing.WAITING, number, "general")

    return state


def test_those_who_come_back_do_not_raise_it(stream: Stream, told: Callable[..., State]) -> None:
    """The number waits for them, the reason says so, and the estimate is the true one."""
    assert 6 == stream.held(told(range(20, 25))).position
    after = told(range(20, 40))
    held = stream.held(after)
    assert (6, 5, Reason.OTHERS_BACK, after.eta) == (held.position, held.ahead, held.eta_reason, held.eta)
    assert 4 == stream.held(told(range(20, 23))).position
    again = stream.held(told(range(20, 23)))
    assert (4, None) == (again.position, again.eta_reason)


def test_those_whom_the_support_desk_calls_do_not_raise_it(
    stream: Stream, told: Callable[..., State]
) -> None:
    """The reason is another one: nobody came back."""
    assert 6 == stream.held(told(range(20, 25))).position
    held = stream.held(told(range(20, 26)), Reason.OTHERS_FIRST)
    assert (6, Reason.OTHERS_FIRST) == (held.position, held.eta_reason)


def test_a_new_place_is_told_as_it_is(stream: Stream, told: Callable[..., State]) -> None:
    """Its number is another one."""
    assert 6 == stream.held(told(range(20, 25))).position
    assert 11 == stream.held(told(range(20, 30), 60)).position


def test_a_reason_of_the_room_comes_first(stream: Stream, told: Callable[..., State]) -> None:
    """Who waits longer for two reasons is told the one that concerns everyone."""
    stream.held(told(range(20, 25)))
    slow = told(range(20, 40))._replace(eta_reason=Reason.SHOP_SLOW)
    assert Reason.SHOP_SLOW == stream.held(slow).eta_reason


def test_no_position_is_told_while_nobody_knows_it(make_room: MakeRoom, stream: Stream) -> None:
    """While those whose places were lost come back, a count of them would be far too low, and then stand."""
    room = make_room(Rules(), head=HEAD._replace(hold=HEAD.clock + 1), present=[50])
    state = stream.held(state_of(room, Standing.WAITING, 50, "general"))
    assert (None, None, None) == (state.position, state.ahead, state.eta)
