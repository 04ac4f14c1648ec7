"""The pages in every language: whole, light, and in the right direction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from tests.pages.test_challenge_html import VIEW as CHALLENGE
from tests.pages.test_draw_html import BOTH
from tests.pages.test_invitation_html import VIEW as INVITATION
from tests.pages.test_waiting_html import TEMPLATES, VIEW, Document
from waitroom.gate.packing import packed
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.gate.views import PageState
from waitroom.gate.whole_page import Page
from waitroom.record.receipt import Receipt
from waitroom.shaping.invitation import Refusal
from waitroom.words.language import language
from waitroom.words.offered import OFFERED

RECEIPT = Receipt(
    room="drop", epoch=1, lane="general", number=7, turn=None, joined_at="2030-06-01T10:00:00Z", event="x",
    commitment="c0", digest="d0", chain="", iat=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def press() -> Press:
    """The real templates."""
    return Press(TEMPLATES)


@pytest.mark.parametrize("tag", OFFERED)
def test_all_pages_are_sound(press: Press, tag: str) -> None:
    """In every state, with their language and direction named, and the same elements as in English."""
    pages, english = Pages(press, language(tag)), Pages(press)
    direction = "rtl" if tag in ("ar", "he", "fa", "ur") else "ltr"
    opens = datetime(2030, 6, 1, 10, tzinfo=UTC)

    def all_of(those: Pages) -> list[Page]:
        states: tuple[PageState, ...] = get_args(PageState)
        waiting = [replace(VIEW, state=state, opens=opens, drawn=state == "soon") for state in states]
        refused = [replace(INVITATION, asked=refusal, wrong=refusal, asks_code=True) for refusal in Refusal]
        return [
            *(those.waiting(view) for view in waiting),
            *(those.invitation(view) for view in refused),
            *(those.trouble(status, "drop") for status in (400, 404, 500, 502, 503, 504)),
            *(those.put_off(status, "drop") for status in (429, 503)),
            those.challenge(CHALLENGE),
            those.draw(BOTH),
            those.limited("drop", 90, "/drop"),
            those.hand_back("field", "letter", "/drop"),
            those.languages("drop", "/drop", tuple(OFFERED)),
        ]

    for page, model in zip(all_of(pages), all_of(english), strict=True):
        document = Document(page)
        assert (tag, direction) == (document.all("html")[0]["lang"], document.all("html")[0]["dir"])
        shape = [(name, sorted(attributes)) for name, attributes in document.elements if name != "bdi"]
        wanted = [
            (name, sorted(attributes)) for name, attributes in Document(model).elements if name != "bdi"
        ]
        assert sorted(wanted) == sorted(shape) or b"aria-current" in page.body
    assert "general" in pages.receipt(RECEIPT, "signed", "https://shop.example/keys", "receipt").decode()


@pytest.mark.parametrize("tag", OFFERED)
def test_first_view_fits_in_fourteen_kibibytes(press: Press, tag: str) -> None:
    """In every script, with a message and a long address."""
    pages = Pages(press, language(tag))
    view = replace(VIEW, message="Thank you for waiting with us today! " * 8, target="/drop/" + "x" * 200)
    assert len(packed(pages.waiting(view).body)) < 14 * 1024


def test_the_page_is_in_the_language(press: Press) -> None:
    """Words, numbers and lengths of time, each in its own form."""
    for tag, said in {
        "lv": (
            "Jūs esat rindā",
            "1\xa0128",
            "durvis jums paliek vaļā vēl 10 minūtes",
            "pēc 1 minūtes jūs vairs",
        ),
        "tr": ("Sıradasınız", "1.128", "4–7 dk", "10 dakika boyunca"),
        "ar": ("أنت في الطابور", "1,128", "4 إلى 7 د", "لمدة 10 دقائق"),
        "fa": ("شما در صف هستید", "۱٬۱۲۸", "۴ تا ۷ دقیقه"),
    }.items():
        visible = Document(Pages(press, language(tag)).waiting(VIEW)).visible
        assert [] == [text for text in said if text not in visible]


def test_who_reads_another_language_finds_the_choice(press: Press) -> None:
    """A link with the language's own name, on every page of a room but the one of somebody who has left."""
    pages = Pages(press, language("lv"))
    link = '<a class="language" href="/__waitroom/drop/language?to=/drop/shoes%3Fsize%3D42%26colour%3Dred">'
    page = pages.waiting(VIEW).body.decode()
    assert link in page and "Latviešu</a>" in page
    assert 'class="language"' not in pages.waiting(replace(VIEW, state="left")).body.decode()


def test_all_languages_are_listed_by_their_own_names(press: Press) -> None:
    """Each is a button that says which language it is in, and the present one is marked."""
    document = Document(Pages(press, language("tr")).languages("drop", "//evil.example/x", ("tr", "ar")))
    buttons = document.all("button")
    assert [("tr", "tr", "true"), ("ar", "ar", None)] == [
        (button["value"], button["lang"], button.get("aria-current")) for button in buttons
    ]
    assert "Türkçe" in document.visible and "العربية" in document.visible
    assert "/evil.example/x" == next(field["value"] for field in document.all("input"))
