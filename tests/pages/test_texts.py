"""Numbers and times in words."""

from __future__ import annotations

import pytest

from waitroom.gate.texts import Texts


@pytest.mark.parametrize(
    ("eta_range", "words"),
    [
        (None, "Not known yet"),
        ((0, 0), "Under 1 min"),
        ((0, 61), "Under 2 min"),
        ((60, 60), "About 1 min"),
        ((240, 380), "4–7 min"),
        ((1500, 1860), "25–35 min"),
        ((3000, 4000), "50 min – 1 h 10 min"),
        ((5400, 8100), "1 h 30 min – 2 h 15 min"),
        ((7200, 7200), "About 2 h"),
    ],
)
def test_estimate_is_rounded_outwards(eta_range: tuple[int, int] | None, words: str) -> None:
    """An estimate is never narrower than what was measured, and coarser the longer it is."""
    assert words == Texts().eta(eta_range)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (45, "45 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (600, "10 minutes"),
        (659, "10 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
    ],
)
def test_promised_time_is_never_rounded_up(seconds: int, words: str) -> None:
    """A promise names whole units and at most the time that the room keeps."""
    assert words == Texts().lasting(seconds) == Texts().later(seconds)


def test_number_has_its_thousands_apart() -> None:
    """Long numbers can be read at a glance; one that is not known is a dash."""
    assert (Texts().number(1284003), Texts().number(7), Texts().number(None)) == ("1,284,003", "7", "–")
