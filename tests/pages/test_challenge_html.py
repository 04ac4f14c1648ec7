"""The pages of newcomers who may not join yet, as HTML."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from waitroom.gate.packing import packed
from waitroom.gate.page import Pages
from waitroom.gate.views import ChallengeView

TEMPLATES = Path(__file__).parents[2] / "templates"
HOSTILE = "/x\"><script>alert(1)</script>'&{{ 7*7 }}"
VIEW = ChallengeView(
    text="drop:1795294762000:18:5f0c:9a1b.c2ln",
    salt="5f0c",
    bits=18,
    sought="9a1b",
    room="drop",
    wait_seconds=10,
    target="/drop/shoes?size=42",
)


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The real templates, compiled once."""
    return Pages(TEMPLATES)


def test_all_that_the_page_needs_is_small(pages: Pages) -> None:
    """The page with its style, its script and its solver is under 14 KiB on the wire, as the waiting page is."""
    solver = (TEMPLATES / "static" / "solver.js").read_bytes()
    sizes = [len(packed(pages.challenge(VIEW).body)), len(gzip.compress(solver))]
    assert sum(sizes) < 14 * 1024, sizes


def test_what_is_said_without_javascript(pages: Pages) -> None:
    """For how long it takes where waiting helps, and what is needed where it does not."""
    assert b"goes on by itself in 10 seconds" in pages.challenge(VIEW).body
    refused = pages.challenge(replace(VIEW, wait_seconds=0)).body
    assert b"by itself" not in refused
    assert b"Please turn it on" in refused


@pytest.mark.parametrize("target", [HOSTILE, "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_hostile_address_stays_an_address_of_this_site(pages: Pages, target: str) -> None:
    """It is escaped, and leads to no other site."""
    for page in (
        pages.challenge(replace(VIEW, target=target)).body.decode(),
        pages.limited("drop", 30, target).body.decode(),
    ):
        assert "<script>alert" not in page
        assert '="//' not in page and '="javascript:' not in page


def test_the_limit_is_told_in_words(pages: Pages) -> None:
    """Why, for how long, and that others share the network; the page has no script."""
    page = pages.limited("drop", 90, "/drop").body.decode()
    assert "Too many people are joining from your network" in page
    assert "in 90 seconds" in page
    assert "<script" not in page
