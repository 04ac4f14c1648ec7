"""A real Chromium, started once; each test gets a tab with a clean profile's storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.needs import program

OpenBrowser = Callable[..., webdriver.Chrome]

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def open_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBrowser]:
    """Starts a Chromium with a fresh profile: ``open_browser(javascript=False)`` for one without scripts, and
    ``open_browser(hosts={"name": "address"})`` for one that finds these names there."""
    chromium, driver = program("chromium"), program("chromedriver")
    opened: list[webdriver.Chrome] = []

    def start(*, javascript: bool = True, hosts: Mapping[str, str] | None = None) -> webdriver.Chrome:
        profile = tmp_path_factory.mktemp("profile")
        browser = _start(chromium, driver, profile, javascript=javascript, hosts=hosts or {})
        opened.append(browser)
        return browser

    yield start
    for browser in opened:
        browser.quit()


@pytest.fixture(scope="module")
def chromium(open_browser: OpenBrowser) -> webdriver.Chrome:
    """One browser for all tests of a file that need scripts."""
    return open_browser()


@pytest.fixture
def tab(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A new tab: session storage and history are its own. The tab is closed before its gateway is, which has a port,
    and so a storage, of its own."""
    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    chromium.get_log("browser")  # type: ignore[no-untyped-call]
    yield chromium
    chromium.close()
    chromium.switch_to.window(first)


def _start(
    chromium: str, driver: str, profile: Path, *, javascript: bool, hosts: Mapping[str, str]
) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    rules = ", ".join(f"MAP {name} {address}" for name, address in hosts.items())
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--host-resolver-rules={rules}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service(driver))
