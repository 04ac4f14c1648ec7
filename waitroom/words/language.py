"""One language as the pages speak it: words, direction, numerals, times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time

from waitroom.messages.languages import Wanted, best, full
from waitroom.words.catalogue import catalogue
from waitroom.words.numerals import Numerals
from waitroom.words.offered import OFFERED, SOURCE


class Language:
    """A language, in a region of it where that writes numbers or times in its own way."""

    def __init__(self, tag: str, region: str = "") -> None:
        self.tag = tag
        """Of the catalogue, such as ``zh-Hant``."""
        self.region = region
        self.spoken = f"{tag}-{region}" if region else tag
        """As HTML and HTTP name it, such as ``en-GB``."""
        self._locale = Locale.parse(self.spoken, sep="-")
        self.direction: Literal["ltr", "rtl"] = "rtl" if self._locale.text_direction == "rtl" else "ltr"
        self.number = Numerals(self._locale)
        self.formats = f"{self.spoken}-u-ca-gregory-nu-{self.number.system}"
        """What Intl is told in a browser, whose own digits and calendar may be others."""

    def __repr__(self) -> str:
        return f"Language({self.spoken})"

    @property
    def words(self) -> NullTranslations:
        """Its texts."""
        return catalogue(self.tag)

    @property
    def own_name(self) -> str:
        """What it calls itself."""
        return OFFERED[self.tag].own

    def moment(self, moment: datetime) -> str:
        """A date and time to the minute, as Intl's ``dateStyle: "medium"`` and ``timeStyle: "short"``."""
        return self._joined(moment, "short")

    def instant(self, moment: datetime) -> str:
        """The same to the second."""
        return self._joined(moment, "medium")

    def time_of_day(self, moment: datetime) -> str:
        """The time alone, to the minute, as Intl's ``timeStyle: "short"``."""
        text = format_time(moment, "short", tzinfo=moment.tzinfo, locale=self._locale)
        return text if self.number.system == "latn" else text.translate(self.number.digits)

    def _joined(self, moment: datetime, style: Literal["short", "medium"]) -> str:
        system = self.number.system
        date = format_date(moment, "medium", locale=self._locale)
        pattern: str = self._locale.time_formats[style].pattern
        if self.tag == "ko":
            # its short names of the halves of a day are Latin letters in CLDR, and nowhere else
            pattern = pattern.replace("a", "aaaa")
        time = format_time(moment, pattern, tzinfo=moment.tzinfo, locale=self._locale)
        text = str(self._locale.datetime_formats["medium"]).replace("{0}", time).replace("{1}", date)
        return text if system == "latn" else text.translate(self.number.digits)


@lru_cache(None)
def language(tag: str, region: str = "") -> Language:
    """One of those that there are. Raises ``KeyError`` for another."""
    if region and region not in OFFERED[tag].regions:
        raise KeyError(region)
    return Language(tag, region)


class Languages:
    """Those that a site offers; the first is for who reads none of them."""

    def __init__(self, tags: Sequence[str] = ()) -> None:
        self.tags = tuple(tags) or tuple(OFFERED)
        self.to = lru_cache(1024)(self._to)
        """The one that somebody gets who wants these."""

    def in_order(self, wanted: Wanted) -> Sequence[str]:
        """Their tags: first those that somebody wants, then all others."""
        liked = dict.fromkeys(tag for range_ in wanted if (tag := best(self.tags, (range_,))))
        return [*liked, *(tag for tag in self.tags if tag not in liked)]

    def _to(self, wanted: Wanted) -> Language:
        tag = best(self.tags, wanted) or self.tags[0]
        return language(tag, _region(tag, wanted))


def _region(tag: str, wanted: Wanted) -> str:
    """The first region of the language that somebody asks for by name, where it has a way of its own."""
    offered = full(tag)
    for range_ in wanted:
        asked = full(range_)
        region = asked.region.upper()
        if (
            asked[:2] == offered[:2]
            and region in OFFERED[tag].regions
            and range_.endswith(f"-{region.lower()}")
        ):
            return region
    return ""


ENGLISH = language(SOURCE)
"""The language of the source."""
