"""The table of adaptive admission, as it is written and refused."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import pytest

from waitroom.settings import AdaptiveSettings, Settings
from waitroom.shaping.aims import Aims

ROOM = '[[rooms]]\nname = "drop"\n'


def test_it_is_off_unless_said(read: Callable[..., Settings]) -> None:
    """A room without the table admits at its rate."""
    assert (False, Aims()) == Aims.from_text(read(ROOM).rooms[0].adaptive.to_text())


def test_all_that_changes_live_goes_to_the_rules(read: Callable[..., Settings]) -> None:
    """The text of the rules has it, and it reads back as the same settings."""
    text = 'on = true\nleast = 30\nmost = 600\nlatency = "800ms"\nerrors = 0.02\nignore = ["/poll/*"]'
    table = read(f"{ROOM}[rooms.adaptive]\n{text}").rooms[0].adaptive
    assert (True, Aims(30, 600, 0.8, 0.02)) == Aims.from_text(table.to_text())
    assert table.model_copy(update={"ignore": ()}) == AdaptiveSettings.from_text(table.to_text())


def test_the_environment_reaches_it(read: Callable[..., Settings]) -> None:
    """By its path."""
    settings = read(ROOM, WAITROOM_ROOMS__0__ADAPTIVE__ON="true", WAITROOM_ROOMS__0__ADAPTIVE__MOST="90")
    assert (True, 90) == (settings.rooms[0].adaptive.on, settings.rooms[0].adaptive.most)


def test_without_a_most_the_rate_bounds_it() -> None:
    """And with one, the lower of the two."""
    assert inf == Aims.from_text(AdaptiveSettings().to_text())[1].most
    assert 300 == Aims().bounded(300).most
    assert 200 == Aims(most=200).bounded(300).most
    assert (3, 3) == (Aims(least=6).bounded(3).least, Aims(least=6).bounded(3).most)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("least = -1", "a number from 0 to 1000000"),
        ("least = 10\nmost = 5", "must not be below least (10)"),
        ('latency = "soon"', "a duration"),
        ("errors = 0", "a number above 0, up to 0.5"),
        ("errors = 1", "a number above 0, up to 0.5"),
        ('ignore = ["poll"]', "a list of decoded paths"),
        ("target = 3", "unknown setting"),
    ],
)
def test_what_is_wrong_is_told(refused: Callable[..., list[str]], line: str, complaint: str) -> None:
    """With its place and what is allowed."""
    [told] = refused(f"{ROOM}[rooms.adaptive]\n{line}\n")
    assert "rooms[0].adaptive." in told
    assert complaint in told
