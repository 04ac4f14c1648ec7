"""The pages in other languages, in a real Chromium: what its script writes is what the gateway writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from selenium import webdriver
from selenium.webdriver.common.by import By
from starlette.requests import Request
from starlette.responses import Response

from tests.browser.serving import answer_of, serving
from tests.browser.test_waiting_page import TEMPLATES, FakeGateway, text, until, violations
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.gate.texts import Texts
from waitroom.words.language import Language, language
from waitroom.words.offered import OFFERED

EVERY = [language(tag) for tag in OFFERED] + [
    language(tag, region) for tag, offer in OFFERED.items() for region in offer.regions
]
RANGES = [None, (0, 20), (60, 60), (240, 380), (1500, 1860), (3000, 4000), (5400, 8100), (7200, 7200)]
ZONE = "Europe/Riga"
WRITTEN = """return arguments[0].map((formats) => {
  const grouped = new Intl.NumberFormat(formats, { useGrouping: true });
  const moment = (timeStyle) =>
    new Intl.DateTimeFormat(formats, { dateStyle: "medium", timeStyle, timeZone: arguments[2] }).format(arguments[1]);
  const rules = new Intl.PluralRules(formats);
  return [
    [0, 7, 1284, 12840, 1284003].map((number) => grouped.format(number)),
    [moment("short"), moment("medium")],
    Array.from({ length: 201 }, (_, number) => rules.select(number)),
  ];
})"""


@dataclass
class Speaking(FakeGateway):
    """The fake gateway, in one language."""

    press: Press = Press(TEMPLATES)  # noqa: RUF009 - it never changes
    spoken: Language = EVERY[0]

    async def _page(self, request: Request) -> Response:
        pages = Pages(self.press, self.spoken)
        if request.url.path.startswith("/__waitroom/drop/language"):
            page = pages.languages("drop", self.view.target, tuple(OFFERED))
        else:
            page = pages.waiting(self.view)
        return answer_of(page, 503)


@pytest.fixture
def gateway() -> Iterator[Speaking]:
    """A running fake gateway on a free port of the loopback."""
    fake = Speaking()
    with serving(fake):
        yield fake
        fake.has_stream = False


def plain(written: str) -> str:
    """Without what versions of CLDR differ in: kinds of space, marks of direction, what joins a date and a time."""
    return re.sub(r"\s+", " ", re.sub("[\u200e\u200f,،]| klo\\b", "", written))


def test_the_browser_writes_as_the_gateway_does(chromium: webdriver.Chrome) -> None:
    """Numbers, moments and plurals, in every language and region that is told apart."""
    at = datetime(2026, 12, 1, 15, 5, 7, tzinfo=ZoneInfo(ZONE))
    formats = [spoken.formats for spoken in EVERY]
    for spoken, (numbers, moments, plurals) in zip(
        EVERY, chromium.execute_script(WRITTEN, formats, at.timestamp() * 1000, ZONE), strict=True
    ):
        assert numbers == [spoken.number(number) for number in (0, 7, 1284, 12_840, 1_284_003)]
        assert [plain(each) for each in moments] == [
            plain(spoken.moment(at)),
            plain(spoken.instant(at)),
        ], spoken
        rule = Locale.parse(spoken.spoken, sep="-").plural_form
        assert plurals == [rule(number) for number in range(201)], spoken


@pytest.mark.parametrize(("tag", "region"), [("en", ""), ("ar", "EG"), ("lv", ""), ("tr", ""), ("fa", "")])
def test_live_numbers_are_those_of_the_language(
    tab: webdriver.Chrome, gateway: Speaking, tag: str, region: str
) -> None:
    """Place, title, estimate and those behind read as on a page that has just come."""
    gateway.spoken = spoken = language(tag, region)
    texts = Texts(spoken)
    gateway.shows(position=12_840, ahead=12_839, waiting=20_000)
    tab.get(gateway.address)
    until(tab, lambda: plain(tab.title) == plain(f"#{spoken.number(12_840)} · {texts.name}"))
    for place, eta_range in enumerate(RANGES):
        position = 9_000 - place
        gateway.shows(position=position, ahead=position - 1, eta_range=eta_range)
        until(tab, lambda shown=position: plain(text(tab, "#position")) == plain(spoken.number(shown)))  # type: ignore[misc]
        assert plain(texts.eta(eta_range)) == plain(text(tab, "#eta"))
    assert plain(spoken.number(20_000 - 9_000 + len(RANGES) - 1)) == plain(text(tab, "#behind"))
    assert plain(spoken.number(12_840)) == plain(text(tab, "#first"))
    assert [] == violations(tab)


def test_right_to_left_is_mirrored(tab: webdriver.Chrome, gateway: Speaking) -> None:
    """In Arabic all begins at the right: the mark, the number, labels; the way to other languages is at the left."""
    gateway.spoken = language("ar")
    tab.set_window_size(500, 900)
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#position") == "128")
    ends = tab.execute_script(
        "const side = (selector) => document.querySelector(selector).getBoundingClientRect();"
        "const sheet = side('.sheet'), range = document.createRange();"
        "range.selectNodeContents(document.querySelector('#position'));"
        "const middle = sheet.left + sheet.width / 2;"
        "const number = range.getBoundingClientRect();"
        "return [side('.mark').left > middle, sheet.right - number.right < number.left - sheet.left,"
        " side('dt').left > middle, side('dd').right < middle, side('.language').right < middle,"
        " getComputedStyle(document.querySelector('#checked')).unicodeBidi]"
    )
    assert [True, True, True, True, True, "isolate"] == ends


@pytest.mark.parametrize("width", [320, 1280])
def test_no_language_is_too_wide(tab: webdriver.Chrome, gateway: Speaking, width: int) -> None:
    """On the narrowest phone nothing has to be scrolled sideways, whatever the language."""
    tab.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    gateway.shows(position=1_234_567, waiting=2_000_000, eta_range=(5400, 8100))
    for tag in OFFERED:
        gateway.spoken = language(tag)
        tab.get(gateway.address)
        wide = tab.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (tag, wide)
    tab.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_list_is_reached_and_left(tab: webdriver.Chrome, gateway: Speaking) -> None:
    """By one link each way; every language has its button."""
    tab.get(gateway.address)
    tab.find_element(By.CSS_SELECTOR, "a.language").click()
    until(tab, lambda: len(tab.find_elements(By.CSS_SELECTOR, ".languages button")) == len(OFFERED))
    assert [offer.own for offer in OFFERED.values()] == [
        button.text for button in tab.find_elements(By.CSS_SELECTOR, ".languages button")
    ]
    tab.find_element(By.LINK_TEXT, "Back").click()
    until(tab, lambda: text(tab, "#position") == "128")
