"""Numbers and times, as the server and the scripts of the pages say them."""

from __future__ import annotations

import pytest

from admin.pages.words import number, sentence, span
from tests.admin.pages.conftest import Open

pytestmark = pytest.mark.anyio

NUMBERS: list[tuple[float | None, str]] = [
    (None, "–"),
    (0, "0"),
    (7, "7"),
    (2.5, "2.5"),
    (2.04, "2.0"),
    (99.96, "100.0"),
    (100.4, "100"),
    (1234.0, "1,234"),
    (1_234_567, "1,234,567"),
    (-12.3, "-12.3"),
]
SPANS: list[tuple[float | None, str]] = [
    (None, "–"),
    (0, "0 s"),
    (0.4, "0 s"),
    (59.4, "59 s"),
    (59.6, "1 min"),
    (61, "1 min 1 s"),
    (599, "9 min 59 s"),
    (600, "10 min"),
    (3569, "59 min"),
    (3571, "1 h"),
    (4800, "1 h 20 min"),
    (86_399, "1 d"),
    (90_000, "1 d 1 h"),
    (-3, "0 s"),
]

TYPED: dict[str, float | None] = {
    "300": 300,
    " 1,200 ": 1200,
    "1 200": 1200,
    "1.5k": 1500,
    "2m": 2_000_000,
    "0,5": 0.5,
    "12,5": 12.5,
    "": None,
    "-3": None,
    "1e3": None,
    "3%": None,
}
"""What people type, and what it is; None: no number."""


def test_the_server_says_them_so() -> None:
    """A dash for what is not known; no more figures than anyone reads."""
    assert NUMBERS == [(value, number(value)) for value, _ in NUMBERS]
    assert SPANS == [(value, span(value)) for value, _ in SPANS]
    assert ("The rate", "") == (sentence("the rate"), sentence(""))


async def test_the_scripts_say_them_the_same_way(open_page: Open) -> None:
    """So that nothing changes when a page comes to life."""
    page = await open_page("/")
    url = await page.evaluate("new URL('format.js', document.querySelector('script[type=module]').src).href")
    for name, cases in (("number", NUMBERS), ("span", SPANS)):
        said = await page.evaluate(
            "([url, name, values]) => import(url).then((words) => values.map((value) => words[name](value)))",
            [url, name, [value for value, _ in cases]],
        )
        assert [text for _, text in cases] == said


async def test_a_number_is_read_as_people_type_it(open_page: Open) -> None:
    """With its thousands apart, or by their letter; what is none is none."""
    page = await open_page("/")
    url = await page.evaluate("new URL('format.js', document.querySelector('script[type=module]').src).href")
    read = await page.evaluate(
        "([url, texts]) => import(url).then(({ typed }) => JSON.parse(JSON.stringify(texts.map(typed))))",
        [url, list(TYPED)],
    )
    assert TYPED == dict(zip(TYPED, read, strict=True))
