"""A real Chromium, started once; each test gets a tab with a clean profile's storage."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

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
    """Starts a Chromium with a fresh profile: ``open_browser(javascript=False)`` for one without scripts."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        reason = "chromium and chromedriver are not on the path"
        if os.environ.get("WAITROOM_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    opened: list[webdriver.Chrome] = []

    def start(*, javascript: bool = True) -> webdriver.Chrome:
        browser = _start(chromium, driver, tmp_path_factory.mktemp("profile"), javascript=javascript)
        opened.append(browser)
        return browser

    yield start
    for browser in opened:
        browser.quit()


def _start(chromium: str, driver: str, profile: Path, *, javascript: bool) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service(driver))
