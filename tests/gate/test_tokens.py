"""Tickets and passes: what is accepted, and the typed reasons why anything else is not."""

from __future__ import annotations

import pickle
from copy import copy
from dataclasses import replace

import pytest

from waitroom.gate.tokens import (
    MAX_LENGTH,
    RENEW_FRACTION,
    CutTokenError,
    ExpiredTokenError,
    ForgedTokenError,
    Mint,
    OtherRoomError,
    Pass,
    Ticket,
    TokenError,
    check_pass,
    wants_renewal,
)
from waitroom.signing import Signatures

OLD, NEW = "the old secret of the shop", "the new secret of the shop"
TICKET = Ticket("drop", 1_700_000_000, "general", 4711, 1_700_000_123_456)
PASS = Pass("drop", 1_700_000_000, "general", 4711, 1_700_000_123_456)
SESSION_MS = 8_000


def test_what_was_signed_is_read_again() -> None:
    """A ticket and a pass come back whole."""
    tickets, passes = Mint(Ticket, [OLD]), Mint(Pass, [OLD])
    assert TICKET == tickets.verify(tickets.sign(TICKET), "drop")
    assert PASS == passes.verify(passes.sign(PASS), "drop")


HELD = (
    (Ticket, "drop:1700000000:general:4711:1700000123456.EHr2-temTBjFJXdMLj4dCF9Efaw7XNGjPfaEaAf90OY"),
    (Ticket, "drop:1700000000:general:4711:1700000123456:2:3.O2xCPvZ1MgVJ63CJ74qMIRsnvVQwfji0XceE9xgvf0I"),
    (Pass, "drop:1700000000:general:4711:1700000123456.V4gkgjlmNNU0l2N2iq704ow605i42I-2gahOjhKx6Uw"),
    (Pass, "drop:1700000000:general:4711:1700000123456:2:3.G1YMcishVHmcjYtWTb_X-zupPup2GDXBX27p8Lrpvmg"),
)
"""What visitors hold of version 0.1.0, signed with ``OLD``."""


@pytest.mark.parametrize(("kind", "text"), HELD)
def test_what_visitors_hold_counts_in_later_versions(kind: type[Ticket | Pass], text: str) -> None:
    """The form and the signature of tickets and passes stay: gateways of two versions believe each other's."""
    more = {"hand": 2, "waited": 3} if ":2:3." in text else {}
    token = kind("drop", 1_700_000_000, "general", 4711, 1_700_000_123_456, **more)
    assert token == Mint(kind, [OLD]).verify(text, "drop")
    assert text == Mint(kind, [OLD]).sign(token)


def test_a_token_is_a_cookie_value() -> None:
    """It needs no quoting (RFC 6265 section 4.1.1), and stays below the longest that is read."""
    longest = Ticket("r" * 40, 2**33, "general", 10**12, 2**43)
    text = Mint(Ticket, [OLD]).sign(longest)
    assert not set(text) & set(' ",;\\') and text.isascii() and text.isprintable()
    assert MAX_LENGTH > len(text)


def test_the_newest_secret_signs_and_all_are_believed() -> None:
    """After a rotation old tokens still count, and new ones bear the new signature."""
    before, rotated = Mint(Ticket, [OLD]), Mint(Ticket, [NEW, OLD])
    assert TICKET == rotated.verify(before.sign(TICKET), "drop")
    assert Mint(Ticket, [NEW]).sign(TICKET) == rotated.sign(TICKET)


def test_a_secret_that_was_taken_away_is_believed_no_more() -> None:
    """Its tokens are forged from then on."""
    with pytest.raises(ForgedTokenError):
        Mint(Ticket, [NEW]).verify(Mint(Ticket, [OLD]).sign(TICKET), "drop")


def test_a_ticket_never_serves_as_a_pass() -> None:
    """Nor a pass as a ticket: each kind has a salt of its own."""
    tickets, passes = Mint(Ticket, [OLD]), Mint(Pass, [OLD])
    with pytest.raises(ForgedTokenError):
        passes.verify(tickets.sign(TICKET), "drop")
    with pytest.raises(ForgedTokenError):
        tickets.verify(passes.sign(PASS), "drop")


def test_a_token_of_another_room_is_told_apart() -> None:
    """It is genuine, and opens nothing here; also when it was read before."""
    mint = Mint(Ticket, [OLD])
    text = mint.sign(TICKET)
    assert TICKET == mint.verify(text, "drop")
    for name in ("other", "dro", "drop:1", ""):
        with pytest.raises(OtherRoomError):
            mint.verify(text, name)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "x", "drop:1:general:1:1", "a.b.c", "a" * (MAX_LENGTH + 1), "é.x"]
)
def test_what_is_no_whole_token_is_refused(text: str) -> None:
    """Empty, dotless, overlong and non-ASCII texts are refused, and none of them is a failure."""
    with pytest.raises(TokenError):
        Mint(Ticket, [OLD]).verify(text, "drop")


def test_an_overlong_token_is_refused_unread() -> None:
    """Even a genuine one with something behind it."""
    mint = Mint(Ticket, [OLD])
    with pytest.raises(CutTokenError):
        mint.verify(mint.sign(TICKET) + "A" * MAX_LENGTH, "drop")


def test_a_token_is_verified_once() -> None:
    """The second time the very same object is handed out, with no new signature computed."""
    mint = Mint(Pass, [OLD])
    text = mint.sign(PASS)
    assert mint.verify(text, "drop") is mint.verify("".join(text), "drop")


def test_refusals_are_not_remembered_as_acceptances() -> None:
    """A forged text is refused each time."""
    mint = Mint(Pass, [OLD])
    text = Mint(Pass, [NEW]).sign(PASS)
    for _ in range(3):
        with pytest.raises(ForgedTokenError):
            mint.verify(text, "drop")


def test_a_pass_lives_as_long_as_the_session() -> None:
    """From its last renewal on; then it has expired."""
    for now in (PASS.at - 60_000, PASS.at, PASS.at + SESSION_MS):
        check_pass(PASS, now_ms=now, session_ms=SESSION_MS)
    with pytest.raises(ExpiredTokenError):
        check_pass(PASS, now_ms=PASS.at + SESSION_MS + 1, session_ms=SESSION_MS)


def test_a_pass_is_renewed_when_an_eighth_of_the_session_has_gone_by() -> None:
    """Not with each answer."""
    threshold = PASS.at + SESSION_MS // RENEW_FRACTION
    ages = [PASS.at - 1, PASS.at, threshold, threshold + 1]
    expected = [False, False, False, True]
    assert expected == [wants_renewal(PASS, now_ms=now, session_ms=SESSION_MS) for now in ages]


def test_a_visit_is_named_by_its_ticket() -> None:
    """Every pass of one ticket is of one session, renewed or not."""
    assert "1700000000:general:4711" == PASS.session


def test_what_a_later_version_adds_is_passed_over() -> None:
    """While gateways of two versions run side by side, a ticket of the later one counts at both."""
    later = Signatures("ticket", [NEW]).sign("drop:7:general:41:1000:2:0:what comes later")
    assert Ticket("drop", 7, "general", 41, 1000, 2) == Mint(Ticket, [NEW]).verify(later, "drop")


def test_a_copy_of_a_pass_is_of_the_same_visit() -> None:
    """Dated anew, copied, or sent to another process."""
    held = Pass("drop", 3, "general", 12, 1000, hand=2)
    others = [replace(held, at=2000), copy(held), pickle.loads(pickle.dumps(held))]
    assert ["3:general:12"] * 3 == [other.session for other in others]
    assert [False, True, True] == [other == held for other in others]
