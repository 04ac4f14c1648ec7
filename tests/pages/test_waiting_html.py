"""The waiting page as HTML: what each state says, and what the page never does."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from waitroom.gate.leading import local_target
from waitroom.gate.packing import packed
from waitroom.gate.page import Pages
from waitroom.gate.views import PageState, PageView
from waitroom.gate.whole_page import Page
from waitroom.shaping.reason import Reason

TEMPLATES = Path(__file__).parents[2] / "templates"
STATES: tuple[PageState, ...] = get_args(PageState)
HOSTILE = "\"><script>alert(1)</script>'&{{ 7*7 }}"

VIEW = PageView(
    room="drop",
    state="waiting",
    position=1128,
    ahead=1127,
    waiting=1204,
    eta_range=(240, 380),
    eta_reason=None,
    refresh_after=20,
    code="K7Q-2MX",
    message="Size 42 is nearly gone.",
    keep_seconds=600,
    presence_seconds=60,
    target="/drop/shoes?size=42&colour=red",
    takes_along=True,
    undo_seconds=120,
)


class Document(HTMLParser):
    """The elements of a page, and its text without what is hidden."""

    VOID = frozenset({"meta", "link", "input", "circle", "img", "br"})

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.visible = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(page.body.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append((tag, "hidden" in dict(attrs) or tag == "head"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()[0]

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self._open):
            self.visible += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The real templates, compiled once."""
    return Pages(TEMPLATES)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("waiting", "You’re in line"),
        ("called", "It’s your turn"),
        ("paused", "The line has paused"),
        ("closed", "The line is closed"),
        ("left", "You gave up your place"),
        ("expired", "Your turn has passed"),
        ("restarted", "The line was restarted"),
        ("unavailable", "We can’t see the line right now"),
    ],
)
def test_each_state_shows_its_own_heading_only(pages: Pages, state: PageState, heading: str) -> None:
    """Of all headings in the page the one of the present state is visible, and the operator's message."""
    visible = Document(pages.waiting(replace(VIEW, state=state))).visible
    headings = ["You’re in line", "It’s your turn", "The line has paused", "The line is closed"]
    headings += ["You gave up your place", "Your turn has passed", "The line was restarted"]
    headings += ["We can’t see the line right now"]
    assert [heading] == [each for each in headings if each in visible]
    assert VIEW.message in visible


def test_waiting_shows_place_estimate_and_promise(pages: Pages) -> None:
    """The place, the range, those behind, all waiting, the code and the real keep time are all said."""
    page = pages.waiting(VIEW)
    visible = Document(page).visible
    for said in (
        "1,128",
        "4–7 min",
        "76",
        "1,204",
        "K7Q-2MX",
        "stays open for you for 10 minutes",
        "After 1 minute",
    ):
        assert said in visible
    assert b"<title>#1,128 \xc2\xb7 Waiting room</title>" in page.body


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.PAUSED])
def test_each_reason_of_a_new_estimate_is_said(pages: Pages, reason: Reason) -> None:
    """In a sentence below the estimate; a pause has a heading of its own."""
    sentence = pages.texts.reasons[reason]
    assert sentence.endswith(".")
    assert sentence in Document(pages.waiting(replace(VIEW, eta_reason=reason))).visible
    assert sentence not in Document(pages.waiting(VIEW)).visible


@pytest.mark.parametrize("state", ["called", "closed", "left", "unavailable"])
def test_no_place_is_claimed_outside_the_line(pages: Pages, state: PageState) -> None:
    """A state that is not in line shows neither a number nor the promise that a place is kept."""
    visible = Document(pages.waiting(replace(VIEW, state=state))).visible
    assert "1,128" not in visible
    assert "You can close this tab" not in visible


def test_unknown_numbers_are_shown_as_unknown(pages: Pages) -> None:
    """What is not known is a dash or says so; no number is made up."""
    view = replace(VIEW, position=None, ahead=None, waiting=None, eta_range=None, code=None, message="")
    page = pages.waiting(view)
    visible = Document(page).visible
    assert "Not known yet" in visible
    assert "None" not in page.body.decode()
    assert "Support code" not in visible
    assert "From the shop" not in visible


def test_who_left_is_left_alone(pages: Pages) -> None:
    """The page of someone who left has nothing that would put them back in line."""
    left = Document(pages.waiting(replace(VIEW, state="left")))
    assert left.all("script") == []
    assert [meta for meta in left.all("meta") if "http-equiv" in meta] == []


@pytest.mark.parametrize("state", STATES)
def test_hostile_texts_are_escaped(pages: Pages, state: PageState) -> None:
    """Markup in message, target, code or room adds no element and no attribute."""
    hostile = replace(VIEW, state=state, message=HOSTILE, target="/" + HOSTILE, code=HOSTILE, room=HOSTILE)
    ours = Document(pages.waiting(replace(VIEW, state=state)))
    theirs = Document(pages.waiting(hostile))
    assert [(tag, list(attributes)) for tag, attributes in ours.elements] == [
        (tag, list(attributes)) for tag, attributes in theirs.elements
    ]
    assert HOSTILE in theirs.visible


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_fetched_and_nothing_is_from_elsewhere(pages: Pages, state: PageState) -> None:
    """Style and script stand in the page, no attribute holds any, and every address is one of this site."""
    for page in (pages.waiting(replace(VIEW, state=state)), pages.trouble(502, "drop")):
        document = Document(page)
        assert [{}] == document.all("style")
        assert all({"type": "module"} == script for script in document.all("script"))
        (icon,) = document.all("link")
        assert str(icon["href"]).startswith("data:image/svg+xml,")
        for tag, attributes in document.elements:
            assert "style" not in attributes
            assert [name for name in attributes if name.startswith("on")] == []
            for name in ("href", "src", "action") if tag != "link" else ():
                address = (attributes.get(name) or "/").removeprefix("data:,") or "/"
                assert address.startswith("/")
                assert not address.startswith("//")


@pytest.mark.parametrize("state", STATES)
def test_references_resolve(pages: Pages, state: PageState) -> None:
    """Every id is there once; every reference to one, from an attribute or from the script, finds it."""
    document = Document(pages.waiting(replace(VIEW, state=state)))
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert sorted(set(map(str, ids))) == sorted(map(str, ids))
    labels = [
        attributes["aria-labelledby"]
        for _, attributes in document.elements
        if "aria-labelledby" in attributes
    ]
    assert set(labels) <= set(ids)
    if state not in ("left", "moved"):  # these have none
        script = script_of("waiting")
        used = set(re.findall(r'\b(?:part|write)\("(\w[\w-]*)"', script))
        assert used <= set(ids)


def test_script_finds_every_word_in_the_page(pages: Pages) -> None:
    """Each text that the script asks the page for is there as a data attribute."""
    script = script_of("waiting")
    asked = set(re.findall(r"\bwords\.(\w+)", script))
    main = Document(pages.waiting(replace(VIEW, first_state="{}"))).all("main")[0]
    given = {_camel(name.removeprefix("data-")) for name in main if name.startswith("data-")}
    assert asked <= given


def test_first_view_fits_in_fourteen_kibibytes(pages: Pages) -> None:
    """HTML, style and script stay below 14 KiB compressed, with a long message and address."""
    view = replace(VIEW, message="Thank you for waiting with us today! " * 8, target="/drop/" + "x" * 200)
    assert len(packed(pages.waiting(view).body)) < 14 * 1024
    # behind a cache it carries a script more, and the state
    view = replace(view, first_state='{"state":"waiting","position":128,"eta_range":[240,380]}')
    assert len(packed(pages.waiting(view).body)) < 14 * 1024


def test_without_a_cache_nothing_of_it_is_sent(pages: Pages) -> None:
    """The script that follows the line document is part of the page only where a cache keeps that."""
    plain, cached = pages.waiting(VIEW), pages.waiting(replace(VIEW, first_state='{"state":"waiting"}'))
    for sign in (b"data-first", b"aheadOf"):
        assert sign not in plain.body
        assert sign in cached.body


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("/drop?x=1", "/drop?x=1"),
        ("//elsewhere.example/x", "/elsewhere.example/x"),
        ("/\\elsewhere.example", "/elsewhere.example"),
        ("/\t/elsewhere.example", "/elsewhere.example"),
        ("javascript:alert(1)", "/javascript:alert(1)"),
        ("", "/"),
    ],
)
def test_target_stays_on_this_site(target: str, local: str) -> None:
    """Whatever was asked for, the link into the shop is a path of this site."""
    assert local == local_target(target)


def script_of(folder: str) -> str:
    """All files of a script, joined."""
    return "\n".join(file.read_text() for file in sorted((TEMPLATES / "inline" / folder).glob("*.js")))


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.title() for word in rest)
