"""How a language writes numbers and moments, and which one somebody gets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel import Locale
from babel.numbers import format_decimal

from waitroom.messages.languages import Wanted
from waitroom.words.language import Language, Languages, language
from waitroom.words.offered import OFFERED

EVERY = [language(tag) for tag in OFFERED] + [
    language(tag, region) for tag, offer in OFFERED.items() for region in offer.regions
]


@pytest.mark.parametrize("spoken", EVERY, ids=repr)
def test_numbers_are_written_as_babel_writes_them(spoken: Language) -> None:
    """With the locale's groups, in India lakhs and crores; the digits, which Babel leaves Western, are the locale's."""
    locale = Locale.parse(spoken.spoken, sep="-")
    for number in (0, 7, 999, 1284, 12_840, 1_284_003):
        wanted = format_decimal(number, locale=locale, numbering_system=spoken.number.system)
        assert wanted.translate(spoken.number.digits) == spoken.number(number)


@pytest.mark.parametrize(
    ("tag", "region", "number", "moment"),
    [
        ("en", "", "1,284", "Jun 1, 2030, 3:05\u202fPM"),
        ("en", "GB", "1,284", "1 Jun 2030, 15:05"),
        ("ar", "", "1,284", "01\u200f/06\u200f/2030، 3:05 م"),
        ("ar", "EG", "١٬٢٨٤", "٠١\u200f/٠٦\u200f/٢٠٣٠، ٣:٠٥ م"),
        ("lv", "", "1\xa0284", "2030. gada 1. jūn. 15:05"),
        ("tr", "", "1.284", "1 Haz 2030 15:05"),
        ("ko", "", "1,284", "2030. 6. 1. 오후 3:05"),
        ("fa", "", "۱٬۲۸۴", "۱ ژوئن ۲۰۳۰،\u200f ۱۵:۰۵"),
    ],
)
def test_moments_are_written_as_the_locale_does(tag: str, region: str, number: str, moment: str) -> None:
    """Numerals, order and the clock of 12 or 24 hours."""
    spoken = language(tag, region)
    assert (number, moment) == (
        spoken.number(1284),
        spoken.moment(datetime(2030, 6, 1, 15, 5, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (("lv", "en"), "lv"),
        (("xx", "lv"), "lv"),
        ((), "en"),
        (("xx",), "en"),
        (("en-gb", "en"), "en-GB"),
        (("en-us",), "en"),
        (("de-at",), "de"),
        (("ar-eg",), "ar-EG"),
        (("pt",), "pt-BR"),
        (("pt-ao",), "pt-PT"),
        (("zh-tw",), "zh-Hant"),
        (("zh-hk",), "zh-Hant-HK"),
        (("zh-hant-hk",), "zh-Hant-HK"),
        (("zh",), "zh-Hans"),
        (("zh-sg",), "zh-Hans"),
        (("sr",), "sr"),
        (("sr-latn-rs",), "sr-Latn"),
        (("sr-me",), "sr-Latn"),
        (("sh",), "sr-Latn"),
        (("no",), "nb"),
        (("nn-no", "en"), "nb"),
        (("iw",), "he"),
        (("in",), "id"),
        (("es-mx",), "es-MX"),
        # chosen on the page, by somebody whose browser says where they are
        (("en", "de-de", "en-gb"), "en-GB"),
        (("fr", "en-gb"), "fr"),
    ],
)
def test_somebody_gets_the_nearest_language(wanted: Wanted, spoken: str) -> None:
    """By tag, script and region; the region where it writes in its own way."""
    assert spoken == Languages().to(wanted).spoken


def test_a_site_may_offer_a_few_languages() -> None:
    """The first is for who reads none of them; they are listed with those first that somebody reads."""
    few = Languages(("lv", "en", "ru"))
    assert ["lv", "ru", "lv", "en"] == [few.to(each).tag for each in ((), ("ru",), ("de",), ("de", "en"))]
    assert ["ru", "en", "lv"] == list(few.in_order(("ru-ru", "en", "ru")))


def test_a_region_that_is_not_listed_is_refused() -> None:
    """Whatever a browser asks for, only so many are ever made."""
    with pytest.raises(KeyError):
        language("en", "ZZ")


@pytest.mark.parametrize("tag", OFFERED)
def test_a_language_is_listed_under_its_own_name(tag: str) -> None:
    """As CLDR has it, but for capitals and for what Chinese and Serbian readers call their scripts."""
    name = Locale.parse(tag, sep="-").get_display_name()
    assert name is not None
    assert OFFERED[tag].own.lower() == name.lower() or tag in ("zh-Hans", "zh-Hant", "sr-Latn")
