"""What comes from elsewhere is a text in a spreadsheet, and never a formula."""

from __future__ import annotations

import pytest

from waitroom.spreadsheets import harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|'/c calc'!A1",
        "+SUM(A1)",
        "-1+1|x",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        " =1",
        "\uff1d1",
        "+",
        "-",
        "=",
        "-@1",
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    """Whatever follows, and however wide the sign is written."""
    assert f"'{text}" == harmless(text)


@pytest.mark.parametrize(
    "text",
    ["", "Zoë", "a=1", "42", "-42", "+371 2000 0000", "-3.5", "+49 (0)30/1234", "1-2", "'=1", "2026-05-01"],
)
def test_plain_texts_and_numbers_stay(text: str) -> None:
    """Telephone numbers too."""
    assert text == harmless(text)
