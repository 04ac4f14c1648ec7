"""Being told in the browser: the door is held while nobody looks, and whoever wants to hears of it.

These pages are driven by Selenium: Playwright tells every page that it is looked at, whatever the window does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser.conftest import OpenBrowser
from tests.browser.journeys.conftest import Room, Shop

pytestmark = pytest.mark.anyio

_WATCHED = """
window.shown = [];
window.notes = 0;
const Shown = window.Notification;
window.Notification = class extends Shown {
  constructor(title, options) {
    super(title, options);
    if (title) window.shown.push([title, options.body, options.tag]);
  }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.notes += 1; return start.call(this, at); };
"""
"""Writes down what the browser is asked to show and to play, which it does all the same."""
_LIKE_A_PHONE = """
const Shown = window.Notification;
window.Notification = class { constructor() { throw new TypeError("Illegal constructor"); } };
window.Notification.requestPermission = () => Shown.requestPermission();
Object.defineProperty(window.Notification, "permission", { get: () => Shown.permission });
"""
"""Chromium on a phone shows notifications for service workers alone."""


class Screen:
    """A browser's window, which can be put away."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def run(self, script: str) -> object:
        """What a script comes to in the page."""
        return self.browser.execute_script(script)

    def prepare(self, script: str, *, notifications: str) -> None:
        """Runs a script in each page before its own, and answers for the person whether it may notify."""
        self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        answer = {"permission": {"name": "notifications"}, "setting": notifications}
        self.browser.execute_cdp_cmd("Browser.setPermission", answer)

    def put_away(self) -> None:
        """Nobody sees the page any more."""
        self.browser.minimize_window()
        assert "hidden" == self.run("return document.visibilityState")

    def look(self) -> None:
        """Somebody does."""
        self.browser.set_window_rect(0, 0, 500, 800)

    def press(self, words: str) -> None:
        """Presses what says so, once it is there."""
        path = f"//*[self::a or self::button][contains(., '{words}')]"
        within(20, lambda: any(each.is_displayed() for each in self.browser.find_elements(By.XPATH, path)))
        self.browser.find_element(By.XPATH, path).click()

    def says(self) -> str:
        """What the panel answers to a press."""
        return self.browser.find_element(By.CSS_SELECTOR, "[data-says]").text

    @property
    def is_inside(self) -> bool:
        """Whether the shop is there."""
        return bool(self.browser.find_elements(By.ID, "shop"))


def within(seconds: float, check: Callable[[], bool]) -> None:
    """Waits until it holds."""
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends, "this never came true"
        time.sleep(0.1)


@pytest.fixture
def screen(open_browser: OpenBrowser) -> Iterator[Screen]:
    """A browser of the test's own."""
    browser = open_browser()
    yield Screen(browser)
    browser.quit()


async def test_the_door_is_held_while_nobody_looks(room: Room, shop: Shop, screen: Screen) -> None:
    """Nobody goes in unseen; the title tells; who looks is in. Without consent there is nothing but the title."""
    await room.configure(keep_ms="600000")
    screen.prepare(_WATCHED, notifications="granted")
    screen.browser.get(room.url)
    screen.put_away()
    visits = len(shop.targets)
    await room.let_in()
    within(30, lambda: screen.browser.title.startswith("It’s your turn"))
    await asyncio.sleep(4)
    assert [[], 0] == screen.run("return [shown, notes]")
    assert not screen.is_inside
    assert visits == len(shop.targets)
    screen.look()
    within(30, lambda: screen.is_inside)


async def test_the_place_is_not_lost_when_nobody_looks_for_long(room: Room, screen: Screen) -> None:
    """Before the door would be shut the page goes in by itself: with a keep of a minute, after a quarter of it."""
    screen.browser.get(room.url)
    number = await room.issued()
    screen.put_away()
    await room.let_in()
    within(30, lambda: screen.browser.title.startswith("It’s your turn"))
    assert not screen.is_inside
    within(50, lambda: screen.is_inside)
    assert number == await room.issued()


async def test_a_notification_and_a_sound_tell_of_the_turn(room: Room, screen: Screen) -> None:
    """Where somebody has pressed for them; also after the page was loaded again, where it was touched since."""
    await room.configure(keep_ms="600000")
    screen.prepare(_WATCHED, notifications="granted")
    screen.browser.get(room.url)
    screen.press("Tell me when it is my turn")
    screen.press("Notify me in this browser")
    screen.press("Play a sound")
    within(20, lambda: screen.says() != "")
    assert screen.says().startswith("Done.")
    assert 2 == screen.run("return notes")  # once, so that one knows it
    screen.browser.refresh()
    within(
        20,
        lambda: (
            screen.run(
                "return performance.getEntriesByType('resource').some((each) => each.name.includes('tell'))"
            )
            is True
        ),
    )
    await asyncio.sleep(1)
    # browsers let no page play before it was touched
    screen.browser.find_element(By.CSS_SELECTOR, "h1").click()
    screen.put_away()
    await room.let_in()
    within(30, lambda: screen.run("return [shown.length, notes]") == [1, 2])
    assert ["It’s your turn", room.name] == screen.run("return [shown[0][0], shown[0][2]]")
    assert str(screen.run("return shown[0][1]")).startswith("The door is open for you until ")
    screen.look()
    within(30, lambda: screen.is_inside)


async def test_a_phone_notifies_by_a_worker_that_is_gone_afterwards(room: Room, screen: Screen) -> None:
    """It is registered by the press, below the gateway's own addresses, and keeps nothing."""
    await room.configure(keep_ms="600000")
    screen.prepare(_LIKE_A_PHONE, notifications="granted")
    screen.browser.get(room.url)
    screen.press("Tell me when it is my turn")
    screen.press("Notify me in this browser")
    within(20, lambda: screen.says().startswith("Done."))
    notifications = """
      const done = arguments[0];
      navigator.serviceWorker.getRegistrations().then(async (all) => done(await Promise.all(all.map(
        async (each) => [new URL(each.scope).pathname, (await each.getNotifications()).map(({ title }) => title)]))));
    """
    asked = screen.browser.execute_async_script
    assert [["/__waitroom/static/", []]] == asked(notifications)
    screen.put_away()
    await room.let_in()
    there = [["/__waitroom/static/", ["It’s your turn"]]]
    within(30, lambda: there == asked(notifications))
    screen.look()
    within(30, lambda: screen.is_inside)
    within(20, lambda: [] == asked(notifications))


async def test_where_notifications_are_blocked_the_page_says_so(room: Room, screen: Screen) -> None:
    """It asks on a press alone, and the title still tells."""
    screen.prepare(_WATCHED, notifications="denied")
    screen.browser.get(room.url)
    screen.press("Tell me when it is my turn")
    screen.press("Notify me in this browser")
    within(20, lambda: "blocked for this site" in screen.says())
    pressed = screen.browser.find_element(By.CSS_SELECTOR, "[data-notify]").get_attribute("aria-pressed")
    assert "false" == pressed
