"""All colours of the pages, out of three: what a link is in, what is behind it, and what text is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from waitroom.themes.contrast import SHAPE, TEXT, contrast, is_dark, legible, mixed, on

_WARNINGS = {False: ("#fff5e0", "#6b4500"), True: ("#2c220e", "#f5cf86")}
"""Behind a warning and its text, by whether the page is dark."""
_DARK_TEXT = 6.0
"""What an accent that is worked out for the dark has: as bright as the one of the plain look."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What a shop chooses."""

    accent: str
    background: str
    text: str

    def faults(self) -> Iterator[Fault]:
        """The pairs that cannot be read by everybody (WCAG 2.2, level AA)."""
        for name, colour in (("text", self.text), ("accent", self.accent)):
            ratio = contrast(colour, self.background)
            if ratio < TEXT:
                yield Fault(name, colour, self.background, ratio, legible(colour, (self.background,)))


@dataclass(frozen=True, slots=True)
class Fault:
    """A colour that has too little contrast to the background, and the nearest that has enough."""

    name: str
    colour: str
    background: str
    ratio: float
    better: str

    def __str__(self) -> str:
        return (
            f"{self.name} {self.colour} on background {self.background} has a contrast of {self.ratio:.2f}:1, and text "
            f"needs {TEXT}:1 (WCAG 2.2 AA); {self.better} would do"
        )


PLAIN = Colours("#4f4bd1", "#ffffff", "#16161d")
"""Those of the plain look, by day."""
PLAIN_DARK = Colours("#a5a3f7", "#17171c", "#f1f1f5")
"""And by night."""


def for_the_dark(accent: str, background: str) -> str:
    """An accent made bright enough for a dark background."""
    return legible(accent, (background,), _DARK_TEXT)


def properties(colours: Colours) -> Mapping[str, str]:
    """The custom properties of the style sheet, by name, for colours that have no faults."""
    accent, paper, ink = colours.accent, colours.background, colours.text
    dark = is_dark(paper)
    ground, tint = (
        mixed(paper, "#000000" if dark else ink, 0.35 if dark else 0.03),
        mixed(paper, accent, 0.07),
    )
    track = next(
        shade
        for share in (0.12, 0.09, 0.06, 0.03, 0.0)
        if contrast(accent, shade := mixed(paper, ink, share)) >= SHAPE or not share
    )
    # what is soft is text as well, on the paper and on the tint
    if contrast(ink, tint) < TEXT:
        tint = paper
    soft = legible(mixed(ink, paper, 0.3), (paper, tint))
    warn, warn_ink = _WARNINGS[dark]
    return {
        "paper": paper,
        "ground": ground,
        "ink": ink,
        "soft": soft,
        "line": mixed(paper, ink, 0.12),
        "track": track,
        "accent": accent,
        "on-accent": on(accent),
        "tint": tint,
        "warn": warn,
        "warn-ink": warn_ink,
    }
