"""The gateway's cookies: their attributes, and reading them out of whatever comes."""

from __future__ import annotations

import pytest

from waitroom.gate import cookies

TICKET, PASS = b"waitroom_ticket_drop", b"waitroom_pass_drop"


def test_a_cookie_carries_its_room() -> None:
    """Each room has a ticket and a pass cookie of its own."""
    assert (TICKET, PASS) == (cookies.ticket_cookie("drop"), cookies.pass_cookie("drop"))


@pytest.mark.parametrize(("secure", "end"), [(True, b"; Secure"), (False, b"")])
def test_attributes(secure: bool, end: bytes) -> None:
    """It is for the whole site, out of reach of scripts, and Secure where the visitor came by HTTPS."""
    name, value = cookies.write(TICKET, "abc", secure=secure)
    assert b"set-cookie" == name
    assert b"waitroom_ticket_drop=abc; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax" + end == value


@pytest.mark.parametrize("secure", [True, False])
def test_a_cookie_is_taken_away_as_it_was_given(secure: bool) -> None:
    """Clearing has the same name, path and flags, no value and no time."""
    given, taken = cookies.write(PASS, "", secure=secure), cookies.clear(PASS, secure=secure)
    assert given[1].replace(b"86400", b"0") == taken[1]


@pytest.mark.parametrize(
    ("jars", "tickets", "passes"),
    [
        ([], [], []),
        ([b""], [], []),
        ([b"waitroom_ticket_drop=a; waitroom_pass_drop=b"], ["a"], ["b"]),
        ([b"x=1;waitroom_pass_drop=b;y=2"], [], ["b"]),
        ([b"waitroom_ticket_drop=a", b"waitroom_pass_drop=b"], ["a"], ["b"]),
        ([b"waitroom_ticket_drop=first; waitroom_ticket_drop=second"], ["first", "second"], []),
        ([b"waitroom_ticket_drop=; waitroom_ticket_drop=second"], ["second"], []),
        ([b"waitroom_ticket_other=a; xwaitroom_ticket_drop=b"], [], []),
        ([b"waitroom_ticket_drop"], [], []),
        ([b"waitroom_ticket_drop=a=b"], ["a=b"], []),
        ([b";;;=; waitroom_ticket_drop=\xff"], ["\xff"], []),
        ([b"; ".join([b"waitroom_ticket_drop=x"] * 199)], ["x"] * cookies.MOST_VALUES, []),
    ],
)
def test_reading(jars: list[bytes], tickets: list[str], passes: list[str]) -> None:
    """All values of a name are seen, up to a few, in whichever ``Cookie`` header they come."""
    assert tickets == cookies.read(jars, TICKET)
    assert passes == cookies.read(jars, PASS)
