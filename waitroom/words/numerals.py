"""Whole numbers as a locale writes them (UTS 35 part 3, number patterns): its digits, and how it groups them."""

from __future__ import annotations

from babel import Locale
from babel.numbers import get_group_symbol

_ZEROS = {"latn": 0x30, "arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966}
"""The zero of each numbering system in Unicode, where the other nine follow it."""


class Numerals:
    """The digits and the groups of one locale. The group is always set apart, as ``useGrouping: true`` does in Intl."""

    def __init__(self, locale: Locale) -> None:
        self.system = str(locale.default_numbering_system)
        """The numbering system, as CLDR and Intl name it."""
        zero = _ZEROS[self.system]
        self.digits = {ord("0") + value: zero + value for value in range(10)}
        """What turns Western digits into its own, for ``str.translate``."""
        self._group = get_group_symbol(locale, numbering_system=self.system)
        self._first, self._others = locale.decimal_formats[None].grouping

    def __call__(self, number: int) -> str:
        """A number that is not negative."""
        digits = str(number)
        head, tail = digits[: -self._first], digits[-self._first :]
        groups = [tail]
        while head:
            groups.append(head[-self._others :])
            head = head[: -self._others]
        return self._group.join(reversed(groups)).translate(self.digits)

    def plain(self, number: int) -> str:
        """The number without groups, for short amounts within a text."""
        return str(number).translate(self.digits)
