"""All catalogues: whole, sound, and of the texts that there are now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import c2py

import pytest
from babel import Locale
from babel.messages.catalog import Message

from waitroom.words.catalogue import FOLDER, TEMPLATE, catalog_of, catalogue, path_of
from waitroom.words.extraction import as_text, extracted
from waitroom.words.language import language
from waitroom.words.offered import OFFERED, SOURCE
from waitroom.words.plurals import plural_forms

TRANSLATED = [tag for tag in OFFERED if tag != SOURCE]
SLOTS = re.compile(r"%\(\w+\)s|\{\w+\}|</?[a-z][^>]*>")
"""What is filled in, and markup."""
MORE = "run `python -m waitroom.words`"
SAME = frozenset(
    {
        "{low} – {high}", "{low}–{high} min", "{m} min", "{h} h", "{h} h {m} min", "{d} d {h} h", "Error", "Opening",
        "Ticket", "Tickets", "Under {high}", "Code", "Privacy", "In detail",
    }
)  # fmt: skip
"""Texts that are what they are in English in other languages too."""


def messages(tag: str) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalog_of(tag) if message.id)


def source_of(message: Message) -> str:
    """The text in English; of several forms the plural."""
    return message.id if isinstance(message.id, str) else message.id[1]


def strings_of(message: Message) -> tuple[str, ...]:
    """The translation, or its forms."""
    match message.string:
        case str(text):
            return (text,)
        case None:
            return ("",)
        case forms:
            return tuple(forms)


def test_there_are_as_many_as_are_offered() -> None:
    """Forty at least, right-to-left ones among them, and a file for each but the source."""
    assert {path_of(tag) for tag in TRANSLATED} == set(FOLDER.glob("*.po"))
    assert 40 <= len(OFFERED)
    assert {"ar", "he", "fa", "ur"} == {tag for tag in OFFERED if language(tag).direction == "rtl"}


def test_the_template_has_what_is_to_be_translated() -> None:
    """It is what the templates and the code say now."""
    assert as_text(extracted(), "") == TEMPLATE.read_text(encoding="utf-8"), MORE


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_is_missing_and_nothing_unused(tag: str) -> None:
    """The texts of a catalogue are those of the template, each translated, in the form that the tool writes."""
    wanted = {(message.context, source_of(message)) for message in extracted() if message.id}
    there = {(message.context, source_of(message)) for message in messages(tag)}
    assert (set(), set()) == (wanted - there, there - wanted), MORE
    assert [] == [source_of(message) for message in messages(tag) if not all(strings_of(message))]
    assert [] == [source_of(message) for message in messages(tag) if message.fuzzy]
    assert as_text(catalog_of(tag), tag) == path_of(tag).read_text(encoding="utf-8"), MORE


@pytest.mark.parametrize("tag", TRANSLATED)
def test_what_is_filled_in_is_kept(tag: str) -> None:
    """Slots and markup are those of the source; only a form that is for a single number may leave that out."""
    for message in messages(tag):
        wanted = sorted(SLOTS.findall(source_of(message)))
        for string in strings_of(message):
            found = sorted(SLOTS.findall(string))
            assert found == wanted or (found == [] and isinstance(message.id, tuple)), string


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_breaks_the_page(tag: str) -> None:
    """Texts stand in attributes too: no straight quote but in the source's own markup, no stray space, no percent."""
    for message in messages(tag):
        for string in strings_of(message):
            plain = SLOTS.sub("", string)
            assert not set('"<>&%\n\t') & set(plain), string
            assert string == string.strip() and "  " not in string, string


@pytest.mark.parametrize("tag", TRANSLATED)
def test_texts_are_translated(tag: str) -> None:
    """A catalogue is not English with another name: but for short forms and loan words nothing is the same."""
    same = [source_of(message) for message in messages(tag) if source_of(message) in strings_of(message)]
    assert [] == [text for text in same if text not in SAME and not text.startswith("{n}")]


@pytest.mark.parametrize("tag", OFFERED)
def test_plural_forms_are_those_of_cldr(tag: str) -> None:
    """Each number up to a thousand has the form of its category, which ``Intl.PluralRules`` gives it too."""
    rule = Locale.parse(tag, sep="-").plural_form
    reached = {rule(number) for number in range(1001)}
    forms = [form for form in ("zero", "one", "two", "few", "many", "other") if form in reached]
    written = re.fullmatch(r"nplurals=(\d); plural=(.+);", plural_forms(tag))
    assert written is not None and len(forms) == int(written[1])
    chosen = c2py(written[2])
    assert [rule(number) for number in range(1001)] == [forms[chosen(number)] for number in range(1001)]
    if tag != SOURCE:
        assert catalog_of(tag).num_plurals == len(forms)


def minutes(tag: str, count: int) -> str:
    """How long something lasts, in that language."""
    text: str = catalogue(tag).npgettext("lasting", "{n} minute", "{n} minutes", count)
    return text.format(n=count)


def test_arabic_has_six_forms() -> None:
    """None, one, two, a few, many and a hundred."""
    assert ["0 دقيقة", "دقيقة واحدة", "دقيقتين", "3 دقائق", "11 دقيقة", "100 دقيقة"] == [
        minutes("ar", count) for count in (0, 1, 2, 3, 11, 100)
    ]


def test_latvian_has_a_form_of_nought() -> None:
    """It is that of ten, eleven and twenty too; twenty-one is like one."""
    assert ["10 minūtes", "1 minūti", "21 minūti", "2 minūtes"] == [
        minutes("lv", count) for count in (10, 1, 21, 2)
    ]
    after = catalogue("lv").npgettext
    assert ["{n} stundām", "{n} stundas", "{n} stundām"] == [
        after("after", "{n} hour", "{n} hours", count) for count in (20, 1, 2)
    ]


def test_what_is_missing_is_said_in_english() -> None:
    """A text that a catalogue does not know yet is not left out."""
    latvian = catalogue("lv")
    assert ("Brand new", "2 things") == (
        latvian.gettext("Brand new"),
        latvian.ngettext("1 thing", "2 things", 2),
    )
