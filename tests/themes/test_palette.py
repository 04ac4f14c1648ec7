"""The colours of a theme: contrasts as WCAG has them, and all colours out of three."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waitroom.themes.contrast import SHAPE, TEXT, contrast, is_dark, legible, mixed, on
from waitroom.themes.looks import LOOKS, LookName
from waitroom.themes.palette import PLAIN, PLAIN_DARK, Colours, properties

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
READ = [
    ("ink", "paper", TEXT),
    ("ink", "tint", TEXT),
    ("soft", "paper", TEXT),
    ("soft", "tint", TEXT),
    ("accent", "paper", TEXT),
    ("on-accent", "accent", TEXT),
    ("warn-ink", "warn", TEXT),
    ("accent", "track", SHAPE),
]
"""Each pair that the sheet uses, and what it needs."""


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, a colour on itself 1, and a known grey is what everybody has for it."""
    assert 21 == pytest.approx(contrast("#000000", "#ffffff"))
    assert 1 == contrast("#777777", "#777777")
    assert 4.48 == pytest.approx(contrast("#777777", "#ffffff"), abs=0.005)


def test_a_legible_colour_is_the_nearest() -> None:
    """One that can be read stays; another goes on until it can, and no further than that."""
    assert "#0b6e4f" == legible("#0b6e4f", ("#ffffff",))
    found = legible("#ff9900", ("#ffffff",))
    assert TEXT <= contrast(found, "#ffffff") < TEXT + 0.2
    assert TEXT <= contrast(legible("#333333", ("#000000",)), "#000000") < TEXT + 0.2


@given(COLOURS, COLOURS)
def test_there_is_a_legible_colour_for_any(colour: str, behind: str) -> None:
    """Whatever is behind it."""
    assert contrast(legible(colour, (behind,)), behind) >= TEXT
    assert contrast(on(colour), colour) >= TEXT
    assert is_dark("#000000") and not is_dark("#ffffff")
    assert re.fullmatch("#[0-9a-f]{6}", mixed(colour, behind, 0.3))


@settings(max_examples=50)
@given(COLOURS, COLOURS, COLOURS)
def test_what_has_no_fault_can_be_read_everywhere(accent: str, background: str, text: str) -> None:
    """Of every palette that is let in, each pair that the sheet uses has what WCAG AA asks for."""
    fitting = Colours(legible(accent, (background,)), background, legible(text, (background,)))
    assert [] == list(fitting.faults())
    made = properties(fitting)
    assert [] == [
        (one, other, contrast(made[one], made[other]))
        for one, other, least in READ
        if contrast(made[one], made[other]) < least
    ]


@pytest.mark.parametrize("name", LookName)
def test_looks_can_be_read(name: LookName) -> None:
    """All that are there already, by day and by night."""
    for colours in (LOOKS[name].light, LOOKS[name].dark):
        made = properties(colours)
        assert [] == list(colours.faults())
        for one, other, least in READ:
            assert contrast(made[one], made[other]) >= least, (name, one, other)


def test_a_fault_says_what_would_do() -> None:
    """It names the pair, its contrast, what is needed, and a colour that has it."""
    [fault] = Colours("#ff9900", "#ffffff", "#000000").faults()
    assert "accent #ff9900 on background #ffffff has a contrast of 2.14:1" in str(fault)
    assert fault.better in str(fault) and contrast(fault.better, "#ffffff") >= TEXT


def test_the_plain_look_is_that_of_the_sheet(pytestconfig: pytest.Config) -> None:
    """What is mixed with is what pages are in where nothing is set."""
    sheet = next((pytestconfig.rootpath / "templates").rglob("waiting.css")).read_text()
    for colours in (PLAIN, PLAIN_DARK):
        for name, colour in (
            ("accent", colours.accent),
            ("ink", colours.text),
            ("paper", colours.background),
        ):
            shorter = "#" + colour[1::2] if colour[1::2] == colour[2::2] else colour
            assert re.search(rf"--{name}: (?:{colour}|{shorter});", sheet), (name, colour)
