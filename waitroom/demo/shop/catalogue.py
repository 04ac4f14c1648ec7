"""What the shop sells: one firing of stoneware, every piece in a numbered edition."""

from __future__ import annotations

from dataclasses import dataclass

PER_ORDER = 2
"""The most of one piece that one order may hold."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the firing. ``edition`` is how many were made, and so the stock on opening day."""

    slug: str
    name: str
    price_cents: int
    edition: int
    glaze: str
    size: str
    story: str

    @property
    def art(self) -> str:
        """The path of the piece's picture."""
        return f"/static/art/{self.slug}.svg"


PIECES: tuple[Piece, ...] = (
    Piece(
        slug="moon-jar",
        name="Moon jar",
        price_cents=24_000,
        edition=12,
        glaze="Chalk white over iron",
        size="28 cm tall",
        story="Two bowls thrown apart and joined at the waist. The seam is left for your thumb to find.",
    ),
    Piece(
        slug="tide-bowl",
        name="Tide bowl",
        price_cents=5_800,
        edition=240,
        glaze="Sea green, pooled",
        size="18 cm across",
        story="Wide and low, for noodles or for keys. The glaze runs to the middle and stays there.",
    ),
    Piece(
        slug="ember-mug",
        name="Ember mug",
        price_cents=3_400,
        edition=600,
        glaze="Rust shino",
        size="320 ml",
        story="A handle that fits three fingers and a lip that is thin where it matters.",
    ),
    Piece(
        slug="night-vase",
        name="Night vase",
        price_cents=9_600,
        edition=80,
        glaze="Ink blue, unglazed foot",
        size="24 cm tall",
        story="A narrow neck for a single branch. It looks finished with nothing in it.",
    ),
    Piece(
        slug="field-pitcher",
        name="Field pitcher",
        price_cents=7_200,
        edition=120,
        glaze="Oat, two dips",
        size="1.1 litres",
        story="Pours without a drip. We broke forty spouts to be able to say so.",
    ),
    Piece(
        slug="pebble-pot",
        name="Pebble teapot",
        price_cents=13_800,
        edition=48,
        glaze="Slate, matt",
        size="600 ml",
        story="Round as a river stone, with a lid that stays put when the last cup is poured.",
    ),
    Piece(
        slug="dawn-plate",
        name="Dawn plate",
        price_cents=4_400,
        edition=400,
        glaze="Rose over chalk",
        size="26 cm across",
        story="A dinner plate with a rim that keeps the sauce in and the table clean.",
    ),
    Piece(
        slug="thumb-cup",
        name="Thumb cup",
        price_cents=2_200,
        edition=600,
        glaze="Honey ash",
        size="90 ml",
        story="For espresso. Pressed once with a thumb while wet, so that no two are alike.",
    ),
)

BY_SLUG: dict[str, Piece] = {piece.slug: piece for piece in PIECES}
