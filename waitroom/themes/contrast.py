"""Contrast as WCAG 2.2 measures it, and colours that have enough of it.

Contrast is ``(lighter + 0.05) / (darker + 0.05)`` of the relative luminances (WCAG 2.2, "contrast ratio"). Colours are
written ``#rrggbb``. All functions are pure.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a fifth of a second, which only whoever has colours of their own spends
    from coloraide import Color

TEXT = 4.5
"""What text needs before what is behind it (WCAG 2.2, success criterion 1.4.3, level AA)."""
SHAPE = 3.0
"""What a bar or the edge of a button needs (1.4.11, level AA)."""
_STEPS = 100


@lru_cache(maxsize=1024)
def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    return _colour(one).contrast(other, method="wcag21")


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with this share of ``other``, as even to the eye as Oklab is."""
    return _hex(_colour(one).mix(other, share, space="oklab"))


def is_dark(colour: str) -> bool:
    """Whether white is easier to read on it than black."""
    return contrast(colour, "#ffffff") > contrast(colour, "#000000")


def legible(colour: str, behind: tuple[str, ...], least: float = TEXT) -> str:
    """The nearest colour of the same hue that has this contrast to all that is behind it: itself, where it has."""
    away = "#ffffff" if is_dark(behind[0]) else "#000000"
    for step in range(_STEPS + 1):
        shifted = colour if step == 0 else mixed(colour, away, step / _STEPS)
        if all(contrast(shifted, each) >= least for each in behind):
            return shifted
    return away


def on(colour: str) -> str:
    """What a text on it is written in: white where that can be read, else black."""
    return "#ffffff" if contrast(colour, "#ffffff") >= TEXT else "#000000"


def _colour(written: str) -> Color:
    from coloraide import Color

    return Color(written)


def _hex(colour: Color) -> str:
    return colour.convert("srgb").fit("srgb").to_string(hex=True)
