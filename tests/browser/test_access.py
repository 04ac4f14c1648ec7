"""Every page in every state is for everyone: axe finds nothing, at 400 % zoom nothing runs out of the page, and the
keyboard reaches all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Route, async_playwright
from playwright.async_api import Page as Tab

from tests.html.every_page import every_page
from tests.needs import CHROMIUM_FLAGS, program
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.gate.whole_page import Page
from waitroom.resources import templates_dir
from waitroom.words.language import language

pytestmark = pytest.mark.anyio
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ZOOMED = {"width": 320, "height": 256}
"""1280 by 1024 at 400 % (WCAG 1.4.10)."""
SITE = "http://shop.example/"
REACHED = """() => {
  const shown = (node) => node.checkVisibility() && node.getClientRects().length;
  const wanted = "a[href], button, summary, select, input:not([type=hidden]), pre[tabindex]";
  const all = [...document.querySelectorAll(wanted)].filter(shown);
  return all.filter((node) => !node.dataset.reached).map((node) => node.outerHTML.slice(0, 99));
}"""
FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  node.dataset.reached = 1;
  const { outlineStyle, outlineWidth } = getComputedStyle(node);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? "" : node.outerHTML.slice(0, 99);
}"""


def _is_of_its_own(name: str) -> bool:
    """Not one that differs from another by a text alone; and none that sends itself on."""
    kind, _, which = name.partition("-")
    alike = {"trouble": ("502", "404"), "put": ("off-429",), "invitation": ("opened", "code", "used-up")}
    return kind != "return" and not which.endswith("bare") and which in alike.get(kind, (which,))


def printed(tag: str) -> Mapping[str, Page]:
    """All pages in a language."""
    return dict(every_page(Pages(Press(templates_dir()), language(tag))))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=program("chromium"), args=[*CHROMIUM_FLAGS]
        )
        yield running
        await running.close()


async def opened(browser: Browser, pages: Mapping[str, Page], **about: object) -> Tab:
    """A tab to whom a site of these pages is served, each with its own policy."""

    async def serve(route: Route) -> None:
        page = pages.get(route.request.url.removeprefix(SITE))
        if page is None:
            await route.fulfill(status=404)
            return
        headers = {name.decode(): value.decode() for name, value in page.headers}
        await route.fulfill(body=page.body, headers=headers, content_type="text/html; charset=utf-8")

    context = await browser.new_context(**about)  # type: ignore[arg-type]
    await context.route("**/*", serve)
    return await context.new_page()


@pytest.mark.parametrize(("tag", "theme"), [("en", "dark"), ("ar", "light")])
async def test_every_page_is_accessible(browser: Browser, tag: str, theme: str) -> None:
    """By axe, with all that folds unfolded, in light and dark, from left to right and from right to left; and it is no
    wider than the screen at 400 %."""
    pages = printed(tag)
    tab = await opened(browser, pages, viewport=ZOOMED, color_scheme=theme, reduced_motion="reduce")
    found: list[object] = []
    for name in filter(_is_of_its_own, pages):
        await tab.goto(SITE + name)
        await tab.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        results = await Axe().run(tab, options={"runOnly": STANDARDS})
        found += [
            (name, each["id"], [node["html"][:120] for node in each["nodes"]])
            for each in results.response["violations"]
        ]
        if not await tab.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append((name, "wider than the screen"))
    assert [] == found


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
async def test_keys_alone_reach_everything(browser: Browser, scripts: bool) -> None:
    """Each link, button and field, one after the other, and what has the focus is seen to have it; in forced colours,
    and without images."""
    pages = printed("en")
    names = [
        "waiting-waiting",
        "waiting-resting",
        "waiting-called",
        "waiting-left",
        "languages",
        "draw-0",
        "move-wrong",
    ]
    tab = await opened(browser, pages, viewport=ZOOMED, forced_colors="active", java_script_enabled=scripts)
    for name in names:
        await tab.goto(SITE + name)
        for _ in range(120):
            await tab.keyboard.press("Tab")
            unseen = await tab.evaluate(FOCUSED)
            if unseen is None:
                break
            assert "" == unseen, name
            if await tab.evaluate("document.activeElement.matches('details:not([open]) > summary')"):
                await tab.keyboard.press("Enter")
        assert [] == await tab.evaluate(REACHED), name


async def test_the_visitor_chooses_how_often_the_place_is_said(browser: Browser) -> None:
    """Remembered by the browser; each minute where nothing was chosen."""
    tab = await opened(browser, printed("en"))
    await tab.goto(SITE + "waiting-waiting")
    await tab.get_by_text("How this line works").click()
    choice = tab.get_by_label("Screen readers say your place")
    assert "1" == await choice.input_value()
    await choice.select_option("when it matters")
    await tab.goto(SITE + "waiting-paused")
    assert "0" == await tab.locator("#pace").input_value()
