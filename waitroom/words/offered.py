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
    "bg": Offer("Български"),
    "ca": Offer("Català"),
    "cs": Offer("Čeština"),
    "da": Offer("Dansk"),
    "de": Offer("Deutsch"),
    "el": Offer("Ελληνικά"),
    "es": Offer("Español", ("AR", "CL", "CO", "MX", "PE", "US")),
    "et": Offer("Eesti"),
    "fa": Offer("فارسی"),
    "fi": Offer("Suomi"),
    "fr": Offer("Français", ("BE", "CA", "CH")),
    "he": Offer("עברית"),
    "hi": Offer("हिन्दी"),
    "hr": Offer("Hrvatski"),
    "hu": Offer("Magyar"),
    "id": Offer("Indonesia"),
    "it": Offer("Italiano"),
    "ja": Offer("日本語"),
    "ko": Offer("한국어"),
    "lt": Offer("Lietuvių"),
    "lv": Offer("Latviešu"),
    "ms": Offer("Melayu"),
    "nb": Offer("Norsk bokmål"),
    "nl": Offer("Nederlands", ("BE",)),
    "pl": Offer("Polski"),
    "pt-BR": Offer("Português (Brasil)"),
    "pt-PT": Offer("Português (Portugal)"),
    "ro": Offer("Română"),
    "ru": Offer("Русский"),
    "sk": Offer("Slovenčina"),
    "sl": Offer("Slovenščina"),
    "sr": Offer("Српски"),
    "sr-Latn": Offer("Srpski"),
    "sv": Offer("Svenska"),
    "th": Offer("ไทย"),
    "tr": Offer("Türkçe"),
    "uk": Offer("Українська"),
    "ur": Offer("اردو"),
    "vi": Offer("Tiếng Việt"),
    "zh-Hans": Offer("简体中文"),
    "zh-Hant": Offer("繁體中文", ("HK",)),
}
"""By tag, in the order in which they are listed for visitors."""
