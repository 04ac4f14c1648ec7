"""Invitations in a real Chromium, before a real gateway: the button, the form, and an address without the token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.contract.harness import Gateway, start_gateway
from waitroom.invitations import mint
from waitroom.settings import load

PATIENCE = 20


@pytest.fixture(scope="module")
def gateway(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A paused room with a lane, and one by invitation only."""
    rooms: list[dict[str, object]] = [
        {"name": "browser-drop", "paths": ["/drop/*"], "mode": "pause", "lanes": {"members": {"weight": 3}}},
        {
            "name": "browser-vip",
            "paths": ["/vip/*"],
            "mode": "pause",
            "lanes": {"members": {}},
            "invite_only": True,
        },
    ]
    folder = tmp_path_factory.mktemp("gateway")
    started = start_gateway(folder, redis_url, "http://127.0.0.1:9", rooms)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no-script"])
def browser(
    request: pytest.FixtureRequest, open_browser: Callable[..., webdriver.Chrome]
) -> webdriver.Chrome:
    """With and without scripts: nothing here needs any."""
    return open_browser(javascript=request.param)


def until(browser: webdriver.Chrome, text: str) -> None:
    """Waits until the page says this."""
    # a page that is just being exchanged for the next one
    gone = (WebDriverException,)
    waiting = WebDriverWait(browser, PATIENCE, poll_frequency=0.05, ignored_exceptions=gone)
    waiting.until(lambda _: text in browser.find_element(By.TAG_NAME, "body").text)


def code_of(config: Path, room: str) -> str:
    """A campaign's word, made as ops staff make it."""
    from waitroom.cli.inviting import Inviting, keep_word

    word = f"W{time.time_ns() % 10**9}"
    keep_word(Inviting(load(config), room, "members", uses=5, expires="1h", begins=None), word)
    return word


def test_a_link_is_opened_by_its_button(browser: webdriver.Chrome, gateway: Gateway) -> None:
    """Then the address is the shop's own, and going back shows nothing that could be used twice."""
    (invited,) = mint(gateway.config, room="browser-drop", lane="members", base=gateway.url, to="/drop/shoes")
    browser.delete_all_cookies()
    browser.get(invited.link)
    until(browser, "You’re invited")
    browser.find_element(By.CSS_SELECTOR, "button").click()
    until(browser, "The line has paused")
    assert f"{gateway.url}/drop/shoes" == browser.current_url
    cookies = {cookie["name"]: cookie for cookie in browser.get_cookies()}
    assert (True, "Lax") == tuple(
        cookies["waitroom_ticket_browser-drop"][name] for name in ("httpOnly", "sameSite")
    )
    assert {"waitroom_ticket_browser-drop"} == set(cookies)
    assert "~~invitation=browser-drop:" in str(cookies["waitroom_ticket_browser-drop"]["value"])


def test_a_code_is_typed_into_the_page_of_a_room_by_invitation_only(
    browser: webdriver.Chrome, gateway: Gateway
) -> None:
    """A slip is said at the field; the right code leads to the page that was asked for."""
    browser.delete_all_cookies()
    browser.get(f"{gateway.url}/vip/tasting?day=2")
    until(browser, "By invitation only")
    browser.find_element(By.ID, "code").send_keys("no such code!")
    browser.find_element(By.CSS_SELECTOR, "button").click()
    until(browser, "check it for a slip")
    field = browser.find_element(By.ID, "code")
    assert "no such code!" == field.get_property("value")
    field.clear()
    field.send_keys(f" {code_of(gateway.config, 'browser-vip').lower()} ")
    browser.find_element(By.CSS_SELECTOR, "button").click()
    until(browser, "The line has paused")
    assert f"{gateway.url}/vip/tasting?day=2" == browser.current_url


def test_who_waits_finds_the_form(browser: webdriver.Chrome, gateway: Gateway) -> None:
    """From the waiting page, and back to it."""
    browser.delete_all_cookies()
    browser.get(f"{gateway.url}/drop/shoes?size=42&colour=red")
    until(browser, "The line has paused")
    browser.find_element(By.LINK_TEXT, "Have a code?").click()
    until(browser, "Type it as you were given it")
    browser.find_element(By.ID, "code").send_keys(code_of(gateway.config, "browser-drop"))
    browser.find_element(By.CSS_SELECTOR, "button").click()
    until(browser, "The line has paused")
    assert f"{gateway.url}/drop/shoes?size=42&colour=red" == browser.current_url
