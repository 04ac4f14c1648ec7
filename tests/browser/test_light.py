"""The waiting page is light: one response, nothing moves, soon there on a bad network, and asleep when nobody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from selenium import webdriver

from tests.browser.conftest import OpenBrowser
from tests.browser.test_waiting_page import FakeGateway, gateway, text, until
from waitroom.shaping.reason import Reason

__all__ = ["gateway"]

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 ms until an answer begins and 400 kbit/s each way: WebPageTest's "Slow 3G". Chromium's DevTools delay five
times as long, which leaves no page a second."""
TIMERS = """
window.running = new Map();
for (const [start, stop] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
  const begin = window[start], end = window[stop];
  window[start] = (act, delay, ...more) => {
    const id = begin(() => { if (start === "setTimeout") running.delete(id); act(...more); }, delay);
    running.set(id, delay);
    return id;
  };
  window[stop] = (id) => (running.delete(id), end(id));
}
"""
SHIFTS = """
window.shifts = [];
const note = ({ value, sources }) =>
  shifts.push([value, ...sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def waits(tab: webdriver.Chrome, gateway: FakeGateway) -> Iterator[webdriver.Chrome]:
    """A page in line, on a phone."""
    tab.set_window_size(390, 844)
    gateway.shows(refresh_after=20)
    tab.get(gateway.address)
    until(tab, lambda: gateway.streams_opened == 1)
    yield tab
    tab.set_window_size(1280, 900)


def test_the_first_view_is_one_response(waits: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Of 14 KiB at most; besides it there is the stream, and nothing is asked for elsewhere."""
    size = waits.execute_script("return performance.getEntriesByType('navigation')[0].transferSize")
    assert 0 < size <= 14 * 1024
    asked = waits.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    own = f"http://127.0.0.1:{gateway.port}/__waitroom/drop/"
    assert [] == [each for each in asked if not each.startswith((own + "events", own + "status"))]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_jumps_when_the_state_changes(
    waits: webdriver.Chrome, gateway: FakeGateway, motion: str
) -> None:
    """What moves slides there: no layout shift in any change, be it of the state, the reason or the message."""
    features = [{"name": "prefers-reduced-motion", "value": motion}]
    waits.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    waits.execute_script(SHIFTS)
    opens = datetime.now(UTC) + timedelta(hours=1)
    for state in ("paused", "waiting", "unavailable", "resting", "soon", "waiting", "expired", "restarted"):
        gateway.shows(state=state, opens=opens if state == "soon" else None)
        until(waits, lambda shown=state: waits.execute_script("return line.dataset.state") == shown)  # type: ignore[misc]
        settle(waits)
    for changes in ({"eta_reason": Reason.RATE_LOWERED}, {"message": "Hello. " * 30}, {"message": ""}):
        gateway.shows(state="waiting", opens=None, **changes)
        settle(waits)
    for state in ("closed", "moved"):
        gateway.shows(state=state)
        until(waits, lambda shown=state: waits.execute_script("return line.dataset.state") == shown)  # type: ignore[misc]
        settle(waits)
    assert [] == waits.execute_script("return shifts")


def settle(browser: webdriver.Chrome) -> None:
    """Until what slides has come to rest, and the shifts are told."""
    browser.execute_async_script("setTimeout(arguments[0], 450)")


def test_it_can_be_used_within_a_second_on_slow_3g(open_browser: OpenBrowser, gateway: FakeGateway) -> None:
    """With a processor four times as slow: painted, and its script running. The best of a few loads: the machine that
    tests may have other things to do."""
    browser = open_browser()
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", SLOW_3G)
    browser.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
    taken: list[tuple[float, float]] = []
    for _ in range(12):
        browser.get(gateway.address)
        painted, running = browser.execute_script(
            "return [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9,"
            " performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd]"
        )
        taken.append((painted, running))
        if max(painted, running) < 1000:
            break
    assert min(max(each) for each in taken) < 1000, taken
    assert min(min(each) for each in taken) > 400, "the network was not slow"


def test_nothing_ticks_while_nobody_looks(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """The stream wakes the page: hidden, it has no timer of its own, not even that of a countdown. Seen, it has."""
    tab.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TIMERS})
    gateway.shows(refresh_after=20, state="soon", position=None, opens=datetime.now(UTC) + timedelta(hours=1))
    tab.get(gateway.address)
    until(tab, lambda: gateway.streams_opened == 1 and bool(tab.execute_script("return running.size")))
    assert 1000 <= min(tab.execute_script("return [...running.values()]"))
    hide(tab, "hidden")
    until(tab, lambda: tab.execute_script("return [...running.values()].length") == 0)
    hide(tab, "visible")
    until(tab, lambda: tab.execute_script("return running.size") > 0)
    assert text(tab, "#countdown")


def hide(browser: webdriver.Chrome, state: str) -> None:
    """Tells the page that it is hidden, or seen."""
    browser.execute_script(
        "for (const [name, value] of [['visibilityState', arguments[0]], ['hidden', arguments[0] === 'hidden']])"
        "  Object.defineProperty(document, name, { value, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))",
        state,
    )
