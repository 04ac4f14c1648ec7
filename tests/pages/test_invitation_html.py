"""The pages about invitations as HTML: what each is for, without scripts, and never more than was typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.pages.test_waiting_html import HOSTILE, TEMPLATES, Document
from waitroom.gate.page import Pages
from waitroom.gate.views import InvitationView
from waitroom.shaping.invitation import Refusal

VIEW = InvitationView("drop", "opened", "/drop/shoes?size=42&colour=red", token="drop:members:x.y")


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The real templates, compiled once."""
    return Pages(Path(TEMPLATES))


def links(page: Document) -> list[dict[str, str | None]]:
    """All but the one to the languages."""
    return [link for link in page.all("a") if link.get("class") != "language"]


def test_an_opened_invitation_has_one_button(pages: Pages) -> None:
    """It sends the token and the way back, by POST, and nothing else is needed."""
    page = Document(pages.invitation(VIEW))
    assert ["/__waitroom/drop/enter"] == [form["action"] for form in page.all("form")]
    fields = {field["name"]: field["value"] for field in page.all("input")}
    assert {"i": "drop:members:x.y", "to": "/drop/shoes?size=42&colour=red"} == fields
    assert "You’re invited" in page.visible


def test_a_code_has_a_labelled_field(pages: Pages) -> None:
    """What is wrong is said at the field, and read out."""
    view = replace(VIEW, asked="code", token="", asks_code=True, typed="K7QF", wrong=Refusal.MISTYPED)
    page = Document(pages.invitation(view))
    (field,) = [field for field in page.all("input") if field["name"] == "code"]
    assert [field["id"]] == [label["for"] for label in page.all("label")]
    assert ("K7QF", "true", "wrong") == (field["value"], field["aria-invalid"], field["aria-describedby"])
    assert ["alert"] == [text["role"] for text in page.all("p") if text.get("id") == "wrong"]
    assert "check it for a slip" in page.visible


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_why(pages: Pages, refusal: Refusal) -> None:
    """In words of its own, with a way on where there is one."""
    view = replace(VIEW, asked=refusal, token="", may_go_on=True)
    page = Document(pages.invitation(view))
    assert "This invitation can’t be used" in page.visible
    assert pages.texts.refused(refusal) in page.visible
    assert ["/drop/shoes?size=42&colour=red"] == [link["href"] for link in links(page)]
    assert "Go on without it" not in Document(pages.invitation(replace(view, may_go_on=False))).visible


def test_nothing_runs_and_nothing_leaks(pages: Pages) -> None:
    """No script, no text that is not escaped, no way to another site."""
    view = InvitationView(
        "drop",
        "code",
        f"//evil.example/{HOSTILE}",
        token=HOSTILE,
        asks_code=True,
        typed=HOSTILE,
        may_go_on=True,
    )
    page = Document(pages.invitation(view))
    assert [] == page.all("script")
    assert all((link["href"] or "").startswith("/evil.example") for link in links(page))
    assert {HOSTILE} == {field["value"] for field in page.all("input") if field["name"] in ("i", "code")}
