"""An invitation as a signed text: what is read, and why anything else is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.gate.tokens import Mint, Ticket
from waitroom.shaping.invitation import Invitation, InvitationError, Refusal, Seal
from waitroom.signing import MAX_LENGTH

OLD, NEW = "the old secret of the shop", "the new secret of the shop"
INVITATION = Invitation("drop", "members", "abcdefgh-17", "SuHy5gmRP6JBmWg7VCL4lA", 3, 1_000, 2_000)


def refusal(seal: Seal, text: str) -> Refusal:
    """Why a text is refused."""
    with pytest.raises(InvitationError) as refused:
        seal.read(text)
    return refused.value.refusal


def test_what_was_signed_is_read_again() -> None:
    """Whole, and in letters that an address needs no escapes for; the longest one fits."""
    seal = Seal([OLD])
    longest = Invitation("r" * 40, "l" * 20, "abcdefgh-99999999", "h" * 22, 10_000_000, 2**33, 2**33)
    for invitation in (INVITATION, replace(INVITATION, holder=""), longest):
        text = seal.sign(invitation)
        assert invitation == seal.read(text)
        assert len(text) < MAX_LENGTH
        assert not set(text) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.")


def test_secrets_rotate() -> None:
    """The newest signs, all are believed, and one that was taken away no more."""
    text = Seal([OLD]).sign(INVITATION)
    assert INVITATION == Seal([NEW, OLD]).read(text)
    assert Seal([NEW]).sign(INVITATION) == Seal([NEW, OLD]).sign(INVITATION)
    assert Refusal.FORGED == refusal(Seal([NEW]), text)


def test_no_other_token_is_an_invitation() -> None:
    """Each kind has a salt of its own, so that a ticket signed with the same secret is forged here."""
    assert Refusal.FORGED == refusal(
        Seal([OLD]), Mint(Ticket, [OLD]).sign(Ticket("drop", 1, "general", 2, 3))
    )


@pytest.mark.parametrize("end", [".", ")", ">", '."', "\n", " ", "!?"])
def test_what_mail_programs_add_is_left_out(end: str) -> None:
    """A link at the end of a sentence often comes with its full stop."""
    assert INVITATION == Seal([OLD]).read(Seal([OLD]).sign(INVITATION) + end)


@given(st.data())
def test_no_change_of_a_letter_is_believed(data: st.DataObject) -> None:
    """Nor is anything that somebody makes up."""
    seal = Seal([OLD])
    text = seal.sign(INVITATION)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda found: found != text[at]))
    changed = text[:at] + letter + text[at + 1 :]
    if changed.strip().rstrip(".,;:!?)>]}\"'") != text:
        assert refusal(seal, changed) in (Refusal.CUT, Refusal.FORGED)
    assert refusal(seal, data.draw(st.text())) in (Refusal.CUT, Refusal.FORGED)


def test_it_counts_from_its_begin_until_its_end() -> None:
    """The end itself is over; the reason tells too early from too late."""
    INVITATION.check(1_000)
    INVITATION.check(1_999.9)
    for now, reason in ((999.9, Refusal.NOT_YET), (2_000, Refusal.EXPIRED)):
        with pytest.raises(InvitationError) as refused:
            INVITATION.check(now)
        assert reason is refused.value.refusal
