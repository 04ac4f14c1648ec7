"""An opening that is moved is written as its neighbours are, and never at a time that is not there."""

from __future__ import annotations

import pytest

from waitroom.errors import SettingsError
from waitroom.planning.words import by_seconds, events_given, with_opening_moved, without
from waitroom.settings import RoomSettings
from waitroom.shaping.schedule import moment

RIGA = RoomSettings(name="drop", timezone="Europe/Riga")


@pytest.mark.parametrize(
    ("opens", "by", "expected"),
    [
        ("2026-12-01 10:00", "15m", "2026-12-01 10:15"),
        ("2026-12-01T10:00", "-1h30m", "2026-12-01 08:30"),
        ("2026-12-01 10:00", "10s", "2026-12-01 10:00:10"),
        ("2026-12-01 10:00+01:00", "15m", "2026-12-01 10:15+01:00"),
        # in Riga the clocks go forward at 3:00 on 29 March 2026, and back at 4:00 on 25 October
        ("2026-03-29 02:50", "15m", "2026-03-29 04:05"),
        ("2026-10-25 02:50", "15m", "2026-10-25 03:05+03:00"),
        ("2026-10-25 03:50+03:00", "15m", "2026-10-25 04:05+03:00"),
    ],
)
def test_the_time_is_moved_by_real_minutes(opens: str, by: str, expected: str) -> None:
    """Whatever the clocks on the wall do; a time that comes twice is written with its offset."""
    events = events_given(
        [{"name": "spring", "opens": opens}, {"name": "other", "opens": "2030-01-01 10:00"}], RIGA
    )
    moved = with_opening_moved(events, "spring", by_seconds(by), "Europe/Riga")
    assert [expected, "2030-01-01 10:00"] == [each["opens"] for each in moved]
    before, after = moment(opens, "Europe/Riga"), moment(str(moved[0]["opens"]), "Europe/Riga")
    assert round(by_seconds(by) * 1000) == after - before


def test_nothing_else_of_an_event_is_changed() -> None:
    """A closing that was given as a moment stays where it is."""
    given = {
        "name": "spring", "opens": "2026-12-01 10:00", "prequeue": "30m", "draw": False,
        "closes": "2026-12-01 20:00", "rate": "100, then +50 every 5m to 600", "mode": "queue",
    }  # fmt: skip
    events = events_given([given], RIGA)
    assert [{**given, "opens": "2026-12-01 10:15"}] == with_opening_moved(
        events, "spring", 900, "Europe/Riga"
    )
    assert [] == without(events, "spring")


@pytest.mark.parametrize("text", ["", "0m", "15", "quarter of an hour", "--15m", "+-15m", "1m15h"])
def test_what_is_no_distance_is_refused(text: str) -> None:
    """With what is allowed. A number without a unit is seconds, as everywhere."""
    if text == "15":
        assert 15.0 == by_seconds(text)
        return
    with pytest.raises(SettingsError, match="allowed: a duration"):
        by_seconds(text)


def test_an_event_that_is_not_there_is_refused_with_those_that_are() -> None:
    """So that a slip of the pen is seen."""
    events = events_given([{"name": "spring", "opens": "2026-12-01 10:00"}], RIGA)
    with pytest.raises(SettingsError, match="there is no event 'sprung' in the plan; there are spring"):
        without(events, "sprung")


def test_all_mistakes_are_told_in_the_words_of_the_file() -> None:
    """Each with where it is, what was given and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        events_given([{"name": "Spring", "opens": "tomorrow", "shuts": "6h"}], RIGA)
    lines = str(refused.value).splitlines()
    assert ["events[0].name", "events[0].opens", "events[0].shuts"] == [line.split(":")[0] for line in lines]
    with pytest.raises(
        SettingsError, match=r"^events: 'b' begins at 2026-12-01 12:00 EET, before 'a' closes at"
    ):
        events_given(
            [
                {"name": "a", "opens": "2026-12-01 10:00", "closes": "6h"},
                {"name": "b", "opens": "2026-12-01 12:00"},
            ],
            RIGA,
        )


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({"opens": "0001-01-01 00:00"}, "opens: given"),
        ({"opens": "9999-12-31 23:59"}, "opens: given"),
        ({"opens": "2030-01-01 10:00", "closes": "99999999999d"}, "closes: given"),
        ({"opens": "2030-01-01 10:00", "closes": "9999-01-01 10:00"}, "closes: given"),
    ],
)
def test_a_time_that_nobody_can_mean_is_refused(event: dict[str, str], word: str) -> None:
    """A digit was mistaken; and no clock could show it."""
    with pytest.raises(
        SettingsError, match=rf"^events\[0\]\.{word} .*; must (be of the years|not be longer)"
    ):
        events_given([{"name": "spring", **event}], RIGA)
    with pytest.raises(SettingsError, match=r'^by: given "99999999999d"'):
        by_seconds("99999999999d")
