"""The script that asks on a page of the shop: those who waited, once, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.admin.pages.conftest import PHONE
from tests.browser.embed.conftest import Open, Spa
from tests.contract.harness import Gateway
from waitroom.feedback.question import Kind
from waitroom.gate.texts import Texts
from waitroom.words.language import ENGLISH

pytestmark = pytest.mark.anyio


@pytest.fixture
def asking(spa: Spa) -> Iterator[Spa]:
    """The shop with the script on its page."""
    spa.more = '<script src="{api}/__waitroom/embed-feedback.js" data-room=ask defer></script>'
    yield spa
    spa.more = ""


async def test_who_waited_is_asked_on_the_shops_page(asking: Spa, open_shop: Open, api: Gateway) -> None:
    """Nobody before they have waited; then with one tap, without leaving the page, and never again."""
    page = await open_shop("/ask/shoes", size=PHONE)
    question = page.get_by_text(Texts(ENGLISH).question(Kind.CSAT).question)
    await page.click("#buy")
    await expect(page.get_by_role("dialog")).to_contain_text("The line stands still")
    await expect(question).to_have_count(0)
    api.set("ask", "mode=queue", "rate=6000")
    await expect(page.locator("#log")).to_have_text("admitted ask\nanswer 200\n")
    await page.reload()
    await expect(question).to_be_visible()
    found = (await Axe().run(page)).response["violations"]
    assert [] == [each["id"] for each in found]
    buttons = page.get_by_role("button")
    for label in ("1", "5", "Not now"):
        box = await buttons.get_by_text(label, exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    await buttons.get_by_text("4", exact=True).click()
    await expect(page.get_by_text("Your answer is counted")).to_be_visible()
    await page.reload()
    await page.wait_for_load_state("networkidle")
    await expect(question).to_have_count(0)


def test_it_is_small(api: Gateway) -> None:
    """With its style, in one response; who was not let in by a wait loads no words."""
    with httpx.stream("GET", f"{api.url}/__waitroom/embed-feedback.js", trust_env=False) as answer:
        size = len(b"".join(answer.iter_raw()))
    assert "gzip" == answer.headers["content-encoding"]
    assert size <= 2048
