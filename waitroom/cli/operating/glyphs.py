"""Numbers that can be read across a room, and curves of one line."""

from __future__ import annotations

from collections.abc import Sequence

_DIGITS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    "–": ("  ", "▀▀", "  "),
}
_BARS = "▁▂▃▄▅▆▇█"
_THOUSAND, _MILLION = 1_000, 1_000_000


def big(text: str) -> str:
    """A text in three lines: digits large, what else there is small at their feet."""
    rows = ["", "", ""]
    for each in text:
        glyph = _DIGITS.get(each, (" ", " ", each))
        for at, part in enumerate(glyph):
            rows[at] += part + (" " if each in _DIGITS else "")
    return "\n".join(row.rstrip() for row in rows)


def short(count: float | None) -> str:
    """A count in at most five characters; a dash where it is not known."""
    if count is None:
        return "–"
    if count < 100 * _THOUSAND:
        return f"{count:.0f}"
    return f"{count / _THOUSAND:.0f}k" if count < _MILLION else f"{count / _MILLION:.1f}M"


def sparkline(values: Sequence[float], width: int) -> str:
    """The last ``width`` values, each as a bar between nothing and the highest of them."""
    shown = values[-width:]
    highest = max(shown, default=0)
    if highest <= 0:
        return _BARS[0] * len(shown)
    return "".join(_BARS[min(int(value / highest * len(_BARS)), len(_BARS) - 1)] for value in shown)
