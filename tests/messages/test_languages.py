"""Which text somebody gets, by the languages that they read."""

from __future__ import annotations

import pytest

from waitroom.messages.languages import best, tag, wanted
from waitroom.messages.message import SILENCE, Message, Said


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", ()),
        ("de", ("de",)),
        ("de-CH, de;q=0.9, en;q=0.8, *;q=0.5", ("de-ch", "de", "en", "*")),
        ("en;q=0.2, fr", ("fr", "en")),
        ("en;q=0, fr;q=0.5", ("fr",)),
        ("en ; q=0.7,fr", ("fr", "en")),
        ("en;q=nan, fr;q=2, de;q=x, lv", ("lv",)),
        ("<script>, e n, é, en_US", ("en",)),
        (",".join(f"a{letter}" for letter in "abcdefghijklmnopqrs"), tuple(f"a{x}" for x in "abcdefghijkl")),
        ("x" * 5000, ()),
    ],
)
def test_what_is_asked_for(field: str, expected: tuple[str, ...]) -> None:
    """By weight, then by place; what is no language, or is not wanted, is left out."""
    assert expected == wanted([(b"accept-language", field.encode())])


@pytest.mark.parametrize(
    ("available", "asked", "expected"),
    [
        (("en", "de", "fr"), ("fr",), "fr"),
        (("en", "de"), ("fr", "de"), "de"),
        (("en", "de"), ("de-ch", "en"), "de"),
        (("en", "de-AT"), ("de-ch", "en"), "de-AT"),
        (("en", "de-AT"), ("de",), "de-AT"),
        (("zh-Hans", "zh-Hant-TW"), ("zh-hant",), "zh-Hant-TW"),
        (("en", "de"), ("*", "de"), None),
        (("en", "de"), ("lv",), None),
        (("en", "de"), (), None),
        (("", "de"), ("en", "de"), "de"),
    ],
)
def test_the_best_of_those_there_are(
    available: tuple[str, ...], asked: tuple[str, ...], expected: str | None
) -> None:
    """The first language that is there, be it more or less precise."""
    assert expected == best(available, asked)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("DE", "de"),
        ("pt-br", "pt-BR"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("sl-nedis", "sl-nedis"),
        ("es-419", "es-419"),
    ],
)
def test_a_tag_is_written_in_one_way(given: str, expected: str) -> None:
    """As RFC 5646 recommends."""
    assert expected == tag(given)


@pytest.mark.parametrize(
    "given", ["", "e", "english", "en_US", "en-", "*", "en-us-", "en us", "de\n", "x-klingon"]
)
def test_what_is_no_tag_is_refused(given: str) -> None:
    """With the text in the error."""
    with pytest.raises(ValueError, match="is not a language tag"):
        tag(given)


def test_whoever_reads_the_text_is_given_no_translation() -> None:
    """Even where a translation is wanted as well, but less."""
    message = Message("Hello", "en", {"de": "Hallo"})
    assert Said("Hello", "en") == message.to(("en-gb", "de"))
    assert Said("Hallo", "de") == message.to(("de-de", "en"))
    assert Said("Hello", "en") == message.to(())


def test_a_message_survives_being_kept() -> None:
    """And nothing is kept of silence."""
    message = Message("Hello ✨", "en", {"de": "Hallo"})
    assert message == Message.from_json(message.to_json())
    assert ("", SILENCE) == (SILENCE.to_json(), Message.from_json(""))
