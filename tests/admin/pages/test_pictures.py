"""The tour of the console has a picture of each page, and none is large."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from admin.pages.navigation import ROOM, SITE
from docs.pictures import PICTURES

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).parents[3] / "docs"
MOST_BYTES = 150_000


async def test_each_page_in_the_navigation_has_a_picture(app: FastAPI) -> None:
    """A new one cannot be forgotten."""
    paths = {re.sub(r"^/rooms/[^/]+", "/rooms/x", picture.path) for picture in PICTURES}
    pages = {str(app.url_path_for(link.route)) for link in SITE}
    pages |= {str(app.url_path_for(link.route, room="x")) for link in ROOM}
    assert set() == pages - paths


async def test_the_tour_shows_each_picture() -> None:
    """That is there, and small."""
    shown = set(re.findall(r"images/console-([\w-]+)\.png", (DOCS / "console.md").read_text()))
    assert {picture.name for picture in PICTURES} | {"welcome", "sign-in"} == shown
    for name in shown:
        assert 0 < (DOCS / "images" / f"console-{name}.png").stat().st_size <= MOST_BYTES, name
