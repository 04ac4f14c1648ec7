"""Durations are read and written as people do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.settings import format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("10m", 600.0),
        ("90s", 90.0),
        ("1h30m", 5400.0),
        ("1h 30m", 5400.0),
        ("500ms", 0.5),
        ("1d", 86_400.0),
        ("1d2h3m4s5ms", 93_784.005),
        ("1.5s", 1.5),
        ("90", 90.0),
        (" 2.5 ", 2.5),
        ("0", 0.0),
        (90, 90.0),
        (0.25, 0.25),
    ],
)
def test_what_is_a_duration(written: object, seconds: float) -> None:
    """Units go from the longest to the shortest; a plain number is seconds."""
    assert seconds == parse_duration(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "fast",
        "m",
        "10x",
        "-5s",
        "5s1m",
        "1m1m",
        "1e3",
        "5 s 3",
        "\u0661s",
        -1,
        float("nan"),
        float("inf"),
        True,
        None,
        [],
    ],
)
def test_what_is_no_duration(written: object) -> None:
    """Anything else is refused, flags and negative durations included."""
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(600, "10m"), (90, "1m30s"), (0.5, "500ms"), (86_400, "1d"), (0, "0s"), (3601.5, "1h1s500ms")],
)
def test_how_a_duration_is_written(seconds: float, written: str) -> None:
    """Each unit that is not zero is written once."""
    assert written == format_duration(seconds)


@given(st.integers(min_value=0, max_value=10**10))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    """A duration survives being written and read, to the millisecond."""
    assert milliseconds / 1_000 == parse_duration(format_duration(milliseconds / 1_000))
