"""The languages that there are: each has a catalogue of its own in ``catalogues``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "en"
"""The language of the texts in the templates and the code. It needs no catalogue."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A language under its ``own`` name, and the regions that write numbers, dates or times in another way."""

    own: str
    regions: tuple[str, ...] = ()


OFFERED: Mapping[str, Offer] = {
    "en": Offer("English", ("AU", "CA", "GB", "IE", "IN", "NZ", "ZA")),
    "ar": Offer("العربية", ("DZ", "EG", "IQ", "JO", "KW", "LB", "LY", "MA", "QA", "SA", "TN")),
    "lv": Offer("Latviešu"),
    "tr": Offer("Türkçe"),
}
"""By tag, in the order in which they are listed for visitors."""
