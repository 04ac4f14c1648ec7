"""Looks that are there already: each a few of the settings that a shop could choose itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from waitroom.themes.palette import PLAIN, PLAIN_DARK, Colours


class Font(StrEnum):
    """Fonts that systems have: a page loads none."""

    SYSTEM = "system"
    HUMANIST = "humanist"
    GEOMETRIC = "geometric"
    ROUNDED = "rounded"
    SERIF = "serif"
    MONO = "mono"


STACKS: Mapping[Font, str] = {
    Font.SYSTEM: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
    Font.HUMANIST: 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", "Noto Sans", sans-serif',
    Font.GEOMETRIC: 'Avenir, Montserrat, Corbel, "URW Gothic", "Noto Sans", sans-serif',
    Font.ROUNDED: 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Manjari, "Arial Rounded MT Bold", '
    'Calibri, "Noto Sans", sans-serif',
    Font.SERIF: '"Iowan Old Style", "Palatino Linotype", "URW Palladio L", P052, Georgia, "Noto Serif", serif',
    Font.MONO: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", '
    "monospace",
}
"""What each is on the systems there are, and a face with the most scripts for the rest."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours by day and by night, corners in pixels, a font."""

    light: Colours = PLAIN
    dark: Colours = PLAIN_DARK
    corners: float = 10.0
    font: Font = Font.SYSTEM


class LookName(StrEnum):
    """The looks that are there."""

    PLAIN = "plain"
    INK = "ink"
    FOREST = "forest"
    TERRACOTTA = "terracotta"
    BERRY = "berry"
    OCEAN = "ocean"


LOOKS: Mapping[LookName, Look] = {
    LookName.PLAIN: Look(),
    LookName.INK: Look(
        Colours("#000000", "#ffffff", "#000000"), Colours("#ffffff", "#000000", "#ffffff"), corners=0
    ),
    LookName.FOREST: Look(
        Colours("#1f6b45", "#fbfcf9", "#17211b"), Colours("#7fd1a3", "#121a15", "#e9f2ec"), 8, Font.HUMANIST
    ),
    LookName.TERRACOTTA: Look(
        Colours("#a8431f", "#fffaf4", "#2a1c14"), Colours("#f0a27f", "#1e1613", "#f7ebe2"), 4, Font.SERIF
    ),
    LookName.BERRY: Look(
        Colours("#b3206b", "#fffafc", "#24121c"), Colours("#f58fc0", "#1d1218", "#f9eaf2"), 18, Font.ROUNDED
    ),
    LookName.OCEAN: Look(
        Colours("#0a5f8f", "#f8fbfd", "#10202b"), Colours("#7cc4ee", "#0e171d", "#e6f1f8"), 12, Font.GEOMETRIC
    ),
}
