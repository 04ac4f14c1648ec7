"""What stands in the pages themselves, and the policy that names it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from tests.pages.test_challenge_html import VIEW as CHALLENGE
from tests.pages.test_draw_html import BOTH
from tests.pages.test_waiting_html import TEMPLATES, VIEW
from waitroom.feedback.question import Kind
from waitroom.gate.inline import Inline
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.gate.views import AskedView
from waitroom.gate.whole_page import Page
from waitroom.words.language import language

INLINE = TEMPLATES / "inline"
ASKED = AskedView("drop", "ask", Kind.NPS, "/", "signed")


def hashes(element: str, page: Page) -> list[str]:
    """Of what stands in the page, as a browser works them out."""
    texts = re.findall(rf"<{element}(?: type=\"module\")?>(.*?)</{element}>", page.body.decode(), re.DOTALL)
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def allowed(element: str, page: Page) -> list[str]:
    """By the page's policy."""
    policy = dict(page.headers)[b"content-security-policy"].decode()
    directive = next(each for each in policy.split("; ") if each.startswith(f"{element}-src"))
    return [source for source in directive.split(" ")[1:] if source != "'self'"]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_each_page_allows_what_stands_in_it_and_nothing_else(tag: str) -> None:
    """By its hash, in every language; nothing is allowed for being inline."""
    pages = Pages(Press(TEMPLATES), language(tag))
    shown = [[pages.waiting(VIEW), pages.waiting(replace(VIEW, first_state="{}"))]]
    shown += [[pages.challenge(CHALLENGE)], [pages.draw(BOTH)], [pages.trouble(502, None)]]
    shown += [
        [pages.hand_back("a", "b", "/")],
        [pages.framed("drop", "/")],
        [pages.languages("drop", "/", ["en"])],
        [pages.asked(ASKED)],
    ]
    for kinds in shown:
        for element in ("style", "script"):
            stands = {digest for page in kinds for digest in hashes(element, page)}
            assert sorted(stands) == sorted(allowed(element, kinds[0]))
        assert b"unsafe" not in dict(kinds[0].headers)[b"content-security-policy"]


def test_what_is_left_out_is_allowed_at_most() -> None:
    """The script for taking a place along is not sent where places cannot be taken along."""
    pages = Pages(TEMPLATES)
    page = pages.waiting(VIEW)
    without = pages.waiting(replace(VIEW, takes_along=False))
    assert len(hashes("script", without)) == len(hashes("script", page)) - 1
    assert set(hashes("script", without)) < set(allowed("script", without))


def test_the_page_of_who_is_asked_has_the_style_of_the_question() -> None:
    """Which no other page has to carry."""
    pages = Pages(TEMPLATES)
    page = pages.waiting(replace(VIEW, state="left", asked=ASKED))
    assert set(hashes("style", page)) == set(allowed("style", page))
    assert set(hashes("style", pages.waiting(VIEW))) < set(hashes("style", page))


def test_a_text_is_added_or_stands_in_for_another() -> None:
    """A theme's style beside the folder's own, in the policy too."""
    pages = Pages(Press(TEMPLATES, {"waiting.css": ":root { --accent: red }"}))
    page = pages.waiting(VIEW)
    assert b"<style>:root { --accent: red }</style>" in page.body
    assert hashes("style", page) == allowed("style", page)


@pytest.mark.parametrize("text", ["a{} </STYLE x", "<!-- a"])
def test_a_text_that_ends_its_element_is_refused(text: str) -> None:
    """It would make markup of what follows."""
    with pytest.raises(ValueError, match=r"waiting\.css.*would end"):
        Pages(Press(TEMPLATES, {"waiting.css": text})).check()


def test_a_name_that_is_not_known_beforehand_is_refused() -> None:
    """What it would name could not be in the policy."""
    inline = Inline(INLINE)
    env = Environment(loader=DictLoader({"a.html": "{{ name|style }}"}), autoescape=True)
    inline.install(env)
    with pytest.raises(ValueError, match=r"a\.html, line 1"):
        inline.sources(env, "a.html")


def test_line_ends_of_any_kind_are_hashed_as_browsers_do(tmp_path: Path) -> None:
    """They turn each into a line feed before they hash."""
    inline = Inline(tmp_path, {"a.css": "a{}\r\nb{}\rc{}"})
    assert "a{}\nb{}\nc{}" == inline.text("style", "a.css")


def test_files_are_joined_without_their_comments() -> None:
    """Each script once, in the order that the template names, and a module: it runs when the page is there."""
    text = Inline(INLINE).text("script", ["waiting/page.js", "waiting/times.js"])
    assert text.startswith('const line = document.getElementById("line");')
    assert text.index("function write") < text.index("function eta")
    assert "//" not in text


def test_images_are_addresses_that_need_no_request() -> None:
    """As text, which packs better than its Base64."""
    page = Pages(TEMPLATES).waiting(VIEW).body.decode()
    assert '<link rel="icon" href="data:image/svg+xml,%3Csvg' in page
    # what is fetched when somebody presses for it is named, and loaded by nothing
    assert not re.search(r'(?:src|<link[^>]*href)="?/__waitroom/static/', page)
