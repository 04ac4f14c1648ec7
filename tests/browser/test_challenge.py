"""The page of the challenge in a real Chromium, before a real gateway."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.contract.harness import Gateway, start_gateway

PATIENCE = 30  # seconds that a slow machine gets
OpenBrowser = Callable[..., webdriver.Chrome]

ROOMS: list[dict[str, object]] = [
    {"name": "easy", "paths": ["/easy/*"], "challenge": {"when": "always", "bits": 12, "most_bits": 12}},
    {"name": "hard", "paths": ["/hard/*"], "challenge": {"when": "always", "bits": 26, "most_bits": 26}},
    {
        "name": "strict",
        "paths": ["/strict/*"],
        "challenge": {"when": "always", "bits": 12, "without_script": "refuse"},
    },
]


@pytest.fixture(scope="module")
def gateway(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose rooms hold everyone."""
    folder = tmp_path_factory.mktemp("gateway")
    rooms = [{**room, "mode": "queue", "rate": 0} for room in ROOMS]
    started = start_gateway(folder, redis_url, "http://127.0.0.1:9", rooms)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="module")
def chromium(open_browser: OpenBrowser) -> webdriver.Chrome:
    """One browser for all tests of this file that need scripts."""
    return open_browser()


@pytest.fixture
def tab(chromium: webdriver.Chrome) -> webdriver.Chrome:
    """The browser, with no cookies and an empty log."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.get_log("browser")  # type: ignore[no-untyped-call]
    return chromium


def in_line(browser: webdriver.Chrome) -> bool:
    return bool(browser.find_elements(By.ID, "position"))


def until(browser: webdriver.Chrome, condition: Callable[[webdriver.Chrome], bool]) -> None:
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05).until(condition)


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the console says of the policy, or of a script that failed."""
    signs = ("Content Security Policy", "Content-Security-Policy", "Uncaught", "Refused")
    said = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    return [message for message in said if any(sign in message for sign in signs)]


def cookies(browser: webdriver.Chrome) -> set[str]:
    return {cookie["name"] for cookie in browser.get_cookies()}


def test_the_page_solves_it_and_gets_in_line(tab: webdriver.Chrome, gateway: Gateway) -> None:
    """With nothing to press the visitor is in line, at the address first asked for; the challenge leaves no trace."""
    address = f"{gateway.url}/easy/shoes?size=42"
    tab.get(address)
    until(tab, in_line)
    assert address == tab.current_url
    assert {"waitroom_ticket_easy"} == cookies(tab)
    assert [] == complaints(tab)


def test_a_second_tab_needs_no_challenge(tab: webdriver.Chrome, gateway: Gateway) -> None:
    """Who has a ticket gets the waiting page at once, with the same place."""
    tab.get(f"{gateway.url}/easy/")
    until(tab, in_line)
    place = tab.find_element(By.CSS_SELECTOR, "footer code").text
    tab.get(f"{gateway.url}/easy/other")
    assert in_line(tab)
    assert place == tab.find_element(By.CSS_SELECTOR, "footer code").text


def test_two_tabs_at_once(tab: webdriver.Chrome, gateway: Gateway) -> None:
    """Two tabs that work on the challenge at the same time both end up in line, at one place."""
    first = tab.current_window_handle
    tab.get(f"{gateway.url}/__waitroom/easy/line")
    tab.execute_script("window.open('/easy/1'); window.open('/easy/2')")
    places = set()
    for handle in [handle for handle in tab.window_handles if handle != first]:
        tab.switch_to.window(handle)
        until(tab, in_line)
        places.add(tab.find_element(By.CSS_SELECTOR, "footer code").text)
        tab.get(f"{gateway.url}/easy/")
        places.add(tab.find_element(By.CSS_SELECTOR, "footer code").text)
        tab.close()
    tab.switch_to.window(first)
    assert len(places) <= 2


def test_the_page_stays_calm_and_alive_while_it_works(tab: webdriver.Chrome, gateway: Gateway) -> None:
    """The bar moves, the page answers at once, and its Refresh header is called off."""
    tab.get(f"{gateway.url}/hard/")
    assert "One moment" in tab.title
    assert "There is nothing to press" in tab.find_element(By.CSS_SELECTOR, "[data-part=work]").text
    bar = tab.find_element(By.ID, "progress")
    until(tab, lambda _: float(str(bar.get_property("value"))) > 0)
    gap = tab.execute_async_script(
        "const done = arguments[0]; let last = performance.now(), most = 0, left = 50;"
        "const beat = () => { const now = performance.now(); most = Math.max(most, now - last); last = now;"
        "(left -= 1) ? setTimeout(beat, 10) : done(most); }; beat();"
    )
    assert gap < 1000, "the page was frozen"
    assert tab.find_element(By.ID, "progress").is_displayed()
    assert [] == complaints(tab)


def test_nobody_works_for_longer_than_they_would_wait(tab: webdriver.Chrome, gateway: Gateway) -> None:
    """A device that is too slow for the challenge is in line after the time that is allowed instead of work."""
    begun = time.monotonic()
    tab.get(f"{gateway.url}/hard/")
    until(tab, in_line)
    assert time.monotonic() - begun < 25, "half a minute of work at least"
    assert [] == complaints(tab)


def test_without_javascript_the_page_goes_on_by_itself(open_browser: OpenBrowser, gateway: Gateway) -> None:
    """It says for how long, and then the visitor is in line; where that is not wanted it says what is needed."""
    browser = open_browser(javascript=False)
    browser.get(f"{gateway.url}/strict/")
    assert "Please turn it on" in browser.find_element(By.TAG_NAME, "noscript").text
    begun = time.monotonic()
    browser.get(f"{gateway.url}/easy/")
    assert "goes on by itself in 10 seconds" in browser.find_element(By.TAG_NAME, "main").text
    assert not browser.find_element(By.ID, "progress").is_displayed()
    until(browser, in_line)
    assert time.monotonic() - begun > 8
