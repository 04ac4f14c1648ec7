"""What a visitor brings, and what is handed out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waitroom.gate.tokens import (
    CutTokenError,
    ExpiredTokenError,
    ForgedTokenError,
    Mint,
    OtherRoomError,
    Pass,
    Ticket,
    TokenError,
)
from waitroom.gate.visitor import NOTHING, Brought, Tokens
from waitroom.line.desk import Helped, Spot
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Rules

MakeRoom = Callable[..., Room]
SECRET, SESSION_MS = "the secret of the shop", 8_000
TICKETS, PASSES = Mint(Ticket, [SECRET]), Mint(Pass, [SECRET])


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    """A room with short visits."""
    return make_room(Rules(session_ms=SESSION_MS), head=Head(epoch=7, issued=9))


@pytest.fixture
def tokens(room: Room) -> Tokens:
    """The tokens of the room."""
    return Tokens(room, TICKETS, PASSES)


def ticket_text(room: str = "drop") -> str:
    """A genuine ticket."""
    return TICKETS.sign(Ticket(room, 7, "general", 3, 1))


def read(tokens: Tokens, *headers: tuple[bytes, str]) -> Brought:
    """What is found in a request with these headers."""
    return tokens.read(
        {"type": "http", "headers": [(name, text.encode("latin-1")) for name, text in headers]}
    )


def pass_of_age(room: Room, age_ms: int) -> str:
    """A genuine pass that was last renewed so long ago."""
    return PASSES.sign(Pass("drop", 7, "general", 3, room.clock_ms - age_ms))


def test_a_stranger_brings_nothing(tokens: Tokens) -> None:
    """Other cookies and headers are nothing of ours."""
    assert NOTHING == read(tokens, (b"cookie", "cart=1; waitroom_ticket_other=x"), (b"waitroom-room", "drop"))


def test_tokens_come_in_cookies(tokens: Tokens, room: Room) -> None:
    """Both are read, and are no matter of headers then."""
    text = f"waitroom_ticket_drop={ticket_text()}; waitroom_pass_drop={pass_of_age(room, 0)}"
    brought = read(tokens, (b"cookie", text))
    assert brought.ticket is not None and brought.admission is not None
    assert (3, "7:general:3", False, False) == (
        brought.ticket.number, brought.admission.session, brought.by_header, brought.renew,
    )  # fmt: skip


def test_tokens_come_in_headers(tokens: Tokens, room: Room) -> None:
    """A client without cookies brings them itself, and wants them so; its headers win over cookies."""
    ticket = read(tokens, (b"waitroom-ticket", ticket_text()), (b"cookie", "waitroom_ticket_drop=junk"))
    admission = read(tokens, (b"waitroom-pass", pass_of_age(room, 0)))
    assert ticket.ticket is not None and ticket.by_header and ticket.refused is None
    assert admission.admission is not None and admission.by_header


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("junk", CutTokenError),
        (ticket_text()[:-1], ForgedTokenError),
        (ticket_text("other"), OtherRoomError),
        (Mint(Ticket, ["another secret of it"]).sign(Ticket("drop", 7, "general", 3, 1)), ForgedTokenError),
    ],
)
def test_a_refused_ticket_tells_why(tokens: Tokens, text: str, reason: type[TokenError]) -> None:
    """It does not count, and the reason is typed."""
    brought = read(tokens, (b"cookie", f"waitroom_ticket_drop={text}"))
    assert brought.ticket is None and isinstance(brought.refused, reason)


def test_a_pass_is_renewed_when_it_has_aged(tokens: Tokens, room: Room) -> None:
    """An eighth of the session."""
    brought = read(tokens, (b"waitroom-pass", pass_of_age(room, SESSION_MS // 2)))
    assert brought.admission is not None and brought.renew


def test_an_expired_pass_does_not_take_the_ticket_with_it(tokens: Tokens, room: Room) -> None:
    """The ticket still counts."""
    cookie = f"waitroom_ticket_drop={ticket_text()}; waitroom_pass_drop={pass_of_age(room, 2 * SESSION_MS)}"
    brought = read(tokens, (b"cookie", cookie))
    assert brought.admission is None and brought.ticket is not None
    assert isinstance(brought.refused, ExpiredTokenError)


def test_a_visit_that_the_shop_ended_is_over(tokens: Tokens, room: Room) -> None:
    """Its pass admits no more though its time is not over."""
    room.visits.end(["7:general:3"])
    brought = read(tokens, (b"waitroom-pass", pass_of_age(room, 0)))
    assert brought.admission is None and brought.refused is None


def test_a_visit_that_the_shop_failed_goes_on_until_the_shop_ends_it(tokens: Tokens, room: Room) -> None:
    """Its pass is renewed though it ran out; the shop's word ends it all the same, and no later failure undoes that."""
    room.visits.losses.failed("7:general:3")
    header = (b"waitroom-pass", pass_of_age(room, 2 * SESSION_MS))
    kept = read(tokens, header)
    assert kept.admission is not None and kept.renew
    room.visits.end(["7:general:3"])
    room.visits.losses.failed("7:general:3")
    assert "7:general:3" not in room.visits.losses
    assert {} == room.visits.take()
    over = read(tokens, header)
    assert over.admission is None and over.refused is None


def test_a_pass_that_admits_no_more_is_still_shown_at_the_door(tokens: Tokens, room: Room) -> None:
    """It names the same place as the ticket that it came from, while that may last."""
    brought = read(tokens, (b"waitroom-pass", pass_of_age(room, 2 * SESSION_MS)))
    assert brought.admission is None and isinstance(brought.refused, ExpiredTokenError)
    assert brought.ticket is not None
    assert (7, "general", 3) == (brought.ticket.epoch, brought.ticket.lane, brought.ticket.number)


@pytest.mark.parametrize("in_headers", [True, False])
def test_what_is_handed_out_is_read_again(tokens: Tokens, in_headers: bool) -> None:
    """As cookies always, as headers to those who keep their tokens themselves."""
    given = tokens.hand_out(
        tokens.ticket(4, "general", 7), tokens.admit(4, "general", 7), secure=True, in_headers=in_headers
    )
    cookies = [value.split(b";")[0] for name, value in given if name == b"set-cookie"]
    headers = [(name, value.decode()) for name, value in given if name != b"set-cookie"]
    assert 2 == len(cookies)
    assert ([b"waitroom-ticket", b"waitroom-pass"] if in_headers else []) == [name for name, _ in headers]
    for brought in (read(tokens, (b"cookie", b"; ".join(cookies).decode())), read(tokens, *headers)):
        if brought is NOTHING:
            assert not in_headers
            continue
        assert brought.ticket is not None and brought.admission is not None
        assert "7:general:4" == brought.admission.session


def test_a_renewed_pass_is_of_the_same_visit(tokens: Tokens, room: Room) -> None:
    """Only its date is new."""
    old = Pass("drop", 7, "general", 3, 5)
    new = tokens.renewed(old)
    assert old.session == new.session and abs(new.at - room.clock_ms) < 60_000


def test_both_cookies_are_taken_back(tokens: Tokens) -> None:
    """At the end of a visit nothing of it is left."""
    names = [value.partition(b"=")[0] for _, value in tokens.take_back(secure=False)]
    assert [b"waitroom_ticket_drop", b"waitroom_pass_drop"] == names


def test_a_ticket_that_is_taken_back_is_kept_beside_none(tokens: Tokens, room: Room) -> None:
    """It stands for no place, until the support desk gives that back."""
    kept, _ = [value for _, value in tokens.take_back(Ticket("drop", 7, "general", 3, 5), secure=False)]
    cookie = kept.partition(b";")[0]
    assert cookie.startswith(b"waitroom_ticket_drop=~~former=drop:7:general:3:5.")
    brought = read(tokens, (b"cookie", cookie.decode()))
    assert (None, 3) == (brought.ticket, brought.former and brought.former.number)
    room.regime.helped = Helped(spots=frozenset({Spot("general", 3)}))
    again = read(tokens, (b"cookie", cookie.decode()))
    assert brought.former == again.ticket


def test_the_place_that_was_given_back_is_the_visitors(tokens: Tokens, room: Room) -> None:
    """Whoever holds the ticket of the place that was given up for it has it, through any number of them."""
    spots = [Spot("general", number) for number in (3, 6, 8)]
    room.regime.helped = Helped({spots[2]: spots[1], spots[1]: spots[0]}, frozenset({spots[0]}))
    text = TICKETS.sign(Ticket("drop", 7, "general", 8, 5))
    brought = read(tokens, (b"cookie", f"waitroom_ticket_drop={text}"))
    assert Ticket("drop", 7, "general", 3, 5) == brought.ticket


def test_a_neighbours_cookie_hides_no_ticket(tokens: Tokens) -> None:
    """Of several cookies of one name, the first genuine one counts: a sibling domain may have set the others."""
    cookie = f"waitroom_ticket_drop=tossed; waitroom_ticket_drop={ticket_text()}"
    brought = read(tokens, (b"cookie", cookie))
    assert brought.ticket is not None
    assert brought.refused is None


def test_cookies_of_a_neighbour_do_not_hide_a_pass(tokens: Tokens, room: Room) -> None:
    """A sibling domain may set cookies of the same name, which browsers send first: the genuine one is found."""
    tossed = "; ".join(f"{tokens.pass_cookie.decode()}=x{n}" for n in range(60))
    genuine = f"{tokens.pass_cookie.decode()}={pass_of_age(room, 0)}"
    brought = read(tokens, (b"cookie", f"{tossed}; {genuine}"))
    assert brought.admission is not None
