"""What is written about templates is what there is."""

from __future__ import annotations

from pathlib import Path

from waitroom.themes.reference import reference

MANUAL = Path(__file__).parents[2] / "docs" / "templates.md"


def test_the_manual_is_what_the_command_prints() -> None:
    """`python -m waitroom.themes.reference > docs/templates.md` makes it."""
    assert reference() == MANUAL.read_text()


def test_every_block_and_value_is_described() -> None:
    """None of them stands there without a word on it."""
    assert [] == [line for line in reference().splitlines() if line.endswith("|  |")]
