"""Who was seen is told to Redis once a slot, and nothing is lost when that fails."""

from __future__ import annotations

from waitroom.line.presence import MAX_FLUSH, Presence


def in_slot(slot: int = 1) -> Presence:
    """Presence in a running slot."""
    presence = Presence()
    presence.enter_slot(slot)
    return presence


def test_a_number_is_told_once_a_slot() -> None:
    """However often it polls."""
    presence = in_slot()
    for _ in range(3):
        presence.saw(5)
        presence.saw(6)
    assert [5, 6] == presence.take()
    presence.saw(5)
    assert [] == presence.take()
    presence.enter_slot(2)
    assert [] == presence.take()
    presence.saw(5)
    assert [5] == presence.take()


def test_an_open_stream_is_told_anew_in_each_slot() -> None:
    """Until the last one of that number closes."""
    presence = in_slot()
    with presence.streaming(5):
        with presence.streaming(5):
            assert [5] == presence.take()
        for slot in (2, 3):
            presence.enter_slot(slot)
            assert [5] == presence.take()
    presence.enter_slot(4)
    assert [] == presence.take()


def test_what_could_not_be_told_is_told_later() -> None:
    """Also in the same slot."""
    presence = in_slot()
    presence.saw(5)
    presence.put_back(presence.take())
    assert [5] == presence.take()


def test_a_slot_that_runs_already_changes_nothing() -> None:
    """Its beginning may be heard of twice."""
    presence = in_slot()
    presence.saw(5)
    presence.take()
    presence.enter_slot(1)
    presence.saw(5)
    assert [] == presence.take()


def test_when_redis_forgot_all_is_told_anew() -> None:
    """The streams at once, the others when they are seen again."""
    presence = in_slot()
    presence.saw(4)
    with presence.streaming(5):
        presence.take()
        presence.forget()
        presence.saw(4)
        assert [4, 5] == sorted(presence.take())


def test_numbers_move_with_their_life_of_the_line() -> None:
    """Those who were told, are to be told, and those who watch alike."""
    presence = in_slot()
    presence.saw(4)
    presence.take()
    presence.saw(5)
    with presence.streaming(6):
        presence.shift(100)
        assert [104, 105, 106] == sorted(presence.take())
        presence.enter_slot(2)
        assert [106] == presence.take()


def test_in_a_line_that_was_begun_anew_nobody_has_been_seen() -> None:
    """Neither polls nor streams of the line before count."""
    presence = in_slot()
    presence.saw(4)
    with presence.streaming(5):
        presence.drop()
        presence.enter_slot(2)
        assert [] == presence.take()


def test_a_crowd_is_told_in_parts() -> None:
    """No call holds Redis for long."""
    presence = in_slot()
    for number in range(MAX_FLUSH + 5):
        presence.saw(number)
    assert [MAX_FLUSH, 5, 0] == [len(presence.take()) for _ in range(3)]
    assert "<Presence slot 1: 0 to tell, 0 streams>" == repr(presence)
