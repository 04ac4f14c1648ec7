"""The page of the opening draw as HTML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.line.draw_vector import COMMITMENT, RECORD
from tests.pages.test_waiting_html import Document
from waitroom.gate.draw_view import DrawView
from waitroom.gate.packing import packed
from waitroom.gate.page import Pages
from waitroom.line.draw import AnnouncedDraw, DrawRecord, PublishedDraws

TEMPLATES = Path(__file__).parents[2] / "templates"
SCRIPT = (TEMPLATES / "static" / "draw.js").read_text()
HOSTILE = "\"><script>alert(1)</script>'&{{ 7*7 }}"
HELD = DrawRecord.parse(json.dumps(RECORD))
ANNOUNCED = AnnouncedDraw(
    room="drop",
    event="next",
    lane="general",
    opens_at=1_906_624_800_000,
    commitment=COMMITMENT,
    digest=HELD.digest,
    issued=1_204,
)
BEFORE = DrawView.of(
    "drop", PublishedDraws((ANNOUNCED,)), lane=None, number=None, address="https://shop.example/x"
)
AFTER = DrawView.of(
    "drop", PublishedDraws((), (HELD,)), lane=None, number=1, address="https://shop.example/x"
)
BOTH = replace(AFTER, announced=ANNOUNCED)
VIEWS = [
    BEFORE,
    AFTER,
    BOTH,
    replace(AFTER, number=None),
    replace(AFTER, number=50_000, lanes=("general", "members")),
]


class Draws(Document):
    """The page's elements; ``input`` and ``link`` have no end."""

    VOID = Document.VOID | {"input"}


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The real templates, compiled once."""
    return Pages(TEMPLATES)


def test_after_the_opening_place_and_record_are_said(pages: Pages) -> None:
    """The place of how many, when, and all that the order follows from."""
    visible = Draws(pages.draw(AFTER)).visible
    for said in (
        "The order was drawn",
        "19,266",
        "of 40,000 who were drawn",
        "Jun 1, 2030, 10:00:00\u202fAM UTC",
        "1 – 40,000",
    ):
        assert said in visible
    for member in ("commitment", "seed", "digest", "key", "event"):
        assert str(RECORD[member]) in visible


def test_before_the_opening_the_seal_is_said(pages: Pages) -> None:
    """And when, and how many there are; nothing that is only known afterwards."""
    visible = Draws(pages.draw(BEFORE)).visible
    for said in (
        "The order will be drawn",
        COMMITMENT,
        "Jun 2, 2030, 10:00:00\u202fAM UTC",
        "1,204",
        HELD.digest,
    ):
        assert said in visible
    assert "Ticket number" not in visible
    assert "Seed" not in visible


def test_the_next_draw_is_announced_beside_the_last(pages: Pages) -> None:
    """Both are on the page of a room with several openings."""
    visible = Draws(pages.draw(BOTH)).visible
    assert "The order was drawn" in visible
    assert "The seal of the next draw" in visible


def test_nothing_is_claimed_before_it_is_checked(pages: Pages) -> None:
    """The verdicts are hidden until a browser has come to them itself."""
    visible = Draws(pages.draw(AFTER)).visible
    assert "This browser has worked out" not in visible
    assert "The seed is the one" not in visible


def test_who_was_not_drawn_gets_no_place(pages: Pages) -> None:
    """Neither a number nor a promise."""
    visible = Draws(pages.draw(VIEWS[-1])).visible
    assert "This ticket was not in the draw" in visible
    assert "who were drawn" not in visible
    assert "--number" not in visible


def test_a_draw_of_nobody_can_be_shown(pages: Pages) -> None:
    """The door opened, and nobody was there."""
    nobody = DrawRecord.reveal(
        bytes(32), HELD.digest, room="drop", event="x", lane="general", opened_at=0, first=1, count=0
    )
    visible = Draws(pages.draw(replace(AFTER, held=nobody, number=None))).visible
    assert "The order was drawn" in visible
    assert "1 – 0" not in visible


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_from_elsewhere(pages: Pages, view: DrawView) -> None:
    """The script is a file that anybody can read, no attribute holds any, and every address is one of this site."""
    document = Draws(pages.draw(view))
    assert all("src" in script for script in document.all("script"))
    for tag, attributes in document.elements:
        assert "style" not in attributes
        assert [] == [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "action") if tag != "link" else ():
            address = attributes.get(name) or "/"
            assert address.startswith("/")
            assert not address.startswith("//")


def test_hostile_texts_are_escaped(pages: Pages) -> None:
    """Markup in a name, a lane or the address adds no element and no attribute."""
    hostile = replace(
        BOTH,
        room=HOSTILE,
        lane=HOSTILE,
        lanes=(HOSTILE, "x"),
        address=HOSTILE,
        held=HELD.model_copy(update={"event": HOSTILE}),
        announced=ANNOUNCED.model_copy(update={"event": HOSTILE}),
    )
    ours = Draws(pages.draw(replace(BOTH, lane="x", lanes=("x", "y"))))
    theirs = Draws(pages.draw(hostile))
    shape = [
        [(tag, list(attributes)) for tag, attributes in page.elements if tag != "option"]
        for page in (ours, theirs)
    ]
    assert shape[0] == shape[1]


@pytest.mark.parametrize("view", VIEWS)
def test_references_resolve(pages: Pages, view: DrawView) -> None:
    """Every id is there once, and every label finds its own."""
    document = Draws(pages.draw(view))
    ids = [str(attributes["id"]) for _, attributes in document.elements if "id" in attributes]
    assert sorted(set(ids)) == sorted(ids)
    labels = {attributes.get("aria-labelledby") for _, attributes in document.elements} - {None}
    assert labels <= set(ids)


def test_the_script_finds_its_parts(pages: Pages) -> None:
    """Each element that it fills in or shows is on the page of a draw that was held and another that is to come."""
    ids = {attributes.get("id") for _, attributes in Draws(pages.draw(BOTH)).elements}
    assert set(re.findall(r'\bpart\("(\w[\w-]*)"', SCRIPT)) <= ids


def test_the_page_fits_in_fourteen_kibibytes(pages: Pages) -> None:
    """HTML, styles and script together, compressed."""
    html = pages.draw(replace(BOTH, lanes=("general", "members")))
    script = pages.static.lookup(pages.static.url("draw.js"))
    assert script is not None
    assert len(packed(html.body)) + len(script.gzip_body) < 14 * 1024
