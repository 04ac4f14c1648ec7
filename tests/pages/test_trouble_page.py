"""The pages and bare texts for requests that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.gate.page import Pages
from waitroom.gate.texts import Texts

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The real templates, compiled once."""
    return Pages(TEMPLATES)


@pytest.mark.parametrize("status", [502, 504])
def test_failed_origin_keeps_the_visitor_inside(pages: Pages, status: int) -> None:
    """A shop that fails costs no place: the page says so, warns before paying twice, and tries again."""
    page = pages.trouble(status, "drop").body.decode()
    assert "You are still inside" in page
    assert "before you send it again" in page
    assert '<a class="button" href="">Try again</a>' in page


@pytest.mark.parametrize("status", [400, 404, 405, 413, 414, 431, 499, 500, 502, 503, 504, 599])
def test_every_status_has_a_page_and_a_bare_text(pages: Pages, status: int) -> None:
    """Page and bare text carry the same title, and the page shows the status for support."""
    title = Texts().trouble(status).title
    assert f"<h1>{title}</h1>" in pages.trouble(status, None).body.decode()
    assert f'<code translate="no">{status}</code>' in pages.trouble(status, None).body.decode()
    assert Texts().refusal(status).startswith(title)


def test_refused_request_does_not_ask_for_a_retry(pages: Pages) -> None:
    """Trying again does not mend a request that was wrong: the page leads to the shop."""
    page = pages.trouble(400, None).body.decode()
    assert "400 Bad Request" in page
    assert "Try again" not in page


def test_room_name_is_escaped(pages: Pages) -> None:
    """A room's name is text, whatever it holds."""
    assert "<script>" not in pages.trouble(502, "<script>").body.decode()


@pytest.mark.parametrize(
    ("status", "title"), [(503, "The shop is very busy just now"), (429, "You are asking very often")]
)
def test_what_was_not_sent_to_the_shop_can_be_tried_again(pages: Pages, status: int, title: str) -> None:
    """The page says that nothing was ordered by it, and never that it may have been."""
    page = pages.put_off(status, "drop").body.decode()
    assert f"<h1>{title}</h1>" in page and "nothing was ordered or paid" in page
    assert "before you send it again" not in page
    assert '<a class="button" href="">Try again</a>' in page
