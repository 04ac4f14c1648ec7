"""Texts for spreadsheets: those open CSV files without asking, and take some texts for formulas."""

from __future__ import annotations

import re

_BEGINS_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001 - as wide as spreadsheets take them
_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,()/-]*")
"""A number, a date, a telephone number: nothing is called in it."""


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe before it (`OWASP,
    CSV Injection <https://owasp.org/www-community/attacks/CSV_Injection>`_). Numbers and telephone numbers stay."""
    if text.lstrip(" ")[:1] not in _BEGINS_FORMULA or not text or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"
