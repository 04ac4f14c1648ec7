"""Holders: the same for the same member, and nobody's name."""

from __future__ import annotations

import pytest

from waitroom.shaping.members import MAX_MEMBER, MemberError, Members, nobody

OLD, NEW = "the old secret of the shop", "the new secret of the shop"


def test_a_member_has_one_holder() -> None:
    """Spaces around the key do not count; another member, room or secret gives another."""
    anna = Members("drop", [OLD]).holder("anna@shop.example")
    assert anna == Members("drop", [OLD]).holder(" anna@shop.example\n")
    others = [
        Members("drop", [OLD]).holder("Anna@shop.example"),
        Members("other", [OLD]).holder("anna@shop.example"),
        Members("drop", [NEW]).holder("anna@shop.example"),
    ]
    assert 4 == len({anna, *others})
    assert 22 == len(anna)
    assert "anna" not in anna


def test_room_and_member_are_kept_apart() -> None:
    """The end of one is never taken for the beginning of the other."""
    assert Members("a", [OLD]).holder("bc") != Members("ab", [OLD]).holder("c")


def test_a_rotated_secret_changes_no_holder() -> None:
    """Until the old one is taken away: else a member could hold a place by each."""
    before = Members("drop", [OLD]).holder("anna")
    assert before == Members("drop", [OLD, NEW, OLD]).holder("anna")
    assert before == Members("drop", [NEW, OLD]).holder("anna")
    assert before != Members("drop", [NEW]).holder("anna")


@pytest.mark.parametrize("member", ["", "  ", "x" * (MAX_MEMBER + 1)])
def test_a_key_must_name_somebody(member: str) -> None:
    """An empty one would make one member of all who have none."""
    with pytest.raises(MemberError):
        Members("drop", [OLD]).holder(member)


def test_nobody_is_always_another() -> None:
    """Whoever is no member shares a place with nobody."""
    assert 1000 == len({nobody() for _ in range(1000)})
