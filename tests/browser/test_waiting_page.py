"""The waiting page in a real Chromium, before a small gateway that does only what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.browser.serving import answer_of, serving
from waitroom.gate.page import Pages
from waitroom.gate.texts import Texts
from waitroom.gate.views import PageState, PageView
from waitroom.shaping.reason import Reason

TEMPLATES = Path(__file__).parents[2] / "templates"
PATIENCE = 20  # seconds that a slow machine gets

VIEW = PageView(
    room="drop",
    state="waiting",
    position=128,
    ahead=127,
    waiting=204,
    eta_range=(240, 380),
    eta_reason=None,
    refresh_after=1,
    code="K7Q-2MX",
    message="",
    keep_seconds=600,
    presence_seconds=60,
    target="/drop/shoes?size=42",
)


@dataclass
class FakeGateway:
    """Serves the page at any address until ``admitted``, then the shop. Tests set its members."""

    view: PageView = VIEW
    admitted: bool = False
    still_held: bool = False  # says "admitted" and holds all the same: what must not become a loop
    has_stream: bool = True
    has_status: bool = True
    has_ticket: bool = True
    notice: str | None = None
    pages_served: int = 0
    streams_opened: int = 0
    polls: int = 0
    left: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._pages = Pages(TEMPLATES)
        self.app = Starlette(
            routes=[
                Route("/__waitroom/drop/events", self._events),
                Route("/__waitroom/drop/status", self._status),
                Route("/__waitroom/drop/leave", self._leave, methods=["POST"]),
                Route("/{path:path}", self._page, methods=["GET", "POST"]),
            ]
        )

    @property
    def address(self) -> str:
        """Where a visitor goes."""
        return f"http://127.0.0.1:{self.port}{self.view.target}"

    def shows(self, **changes: object) -> None:
        """Changes what the visitor is told from now on."""
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]

    async def _page(self, request: Request) -> Response:
        if self.admitted and not self.still_held:
            return HTMLResponse(f"<!doctype html><title>Shop</title><h1>{request.url.path}</h1>")
        self.pages_served += 1
        answer = answer_of(self._pages.waiting(self.view), 503)
        answer.headers["Refresh"] = str(self.view.refresh_after)
        return answer

    async def _leave(self, request: Request) -> Response:
        self.left.append((await request.body()).decode())
        self.shows(state="left", position=None)
        return await self._page(request)

    async def _status(self, request: Request) -> Response:
        self.polls += 1
        if not self.has_status:
            return Response("no", 502)
        return JSONResponse(self._state(), 200 if self.has_ticket else 404)

    async def _events(self, request: Request) -> Response:
        if not (self.has_stream and self.has_ticket):
            return Response("no", 502)
        self.streams_opened += 1
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        told: object = None
        while self.has_stream:
            if self.admitted:
                yield "event: admitted\ndata: {}\n\n"
                return
            if told != (now := (self.view, self.notice)):
                told = now
                yield f"event: status\ndata: {json.dumps(self._state())}\n\n"
            await asyncio.sleep(0.05)

    def _state(self) -> dict[str, object]:
        opens = asdict(self.view).pop("opens")
        state = asdict(self.view) | {"notice": self.notice, "opens": None}
        state["opens_at"] = opens.isoformat() if opens else None
        return state | {"state": "admitted"} if self.admitted else state


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """A running fake gateway on a free port of the loopback."""
    fake = FakeGateway()
    with serving(fake):
        yield fake
        fake.has_stream = False


def text(browser: webdriver.Chrome, selector: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, selector).text


def until(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Waits until a condition holds; elements may go while the page changes."""

    def holds(_: webdriver.Chrome) -> bool:
        return condition()

    gone = (NoSuchElementException, StaleElementReferenceException)
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05, ignored_exceptions=gone).until(holds)


def violations(browser: webdriver.Chrome) -> list[str]:
    """What the console says of the policy, or of a script that failed."""
    signs = ("Content Security Policy", "Content-Security-Policy", "Uncaught", "Refused")
    said = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    return [message for message in said if any(sign in message for sign in signs)]


def test_position_falls_live(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """A new position reaches the number, the title, those behind and the bar, on the same page."""
    tab.get(gateway.address)
    until(tab, lambda: tab.title == "#128 · Waiting room")
    gateway.shows(position=32, ahead=31)
    until(tab, lambda: text(tab, "#position") == "32")
    assert tab.title == "#32 · Waiting room"
    assert text(tab, "#behind") == "172"
    progress = tab.find_element(By.ID, "progress")
    assert (progress.get_attribute("max"), int(progress.get_property("value"))) == ("128", 96)  # type: ignore[arg-type]
    assert gateway.pages_served == 1
    assert violations(tab) == []


def test_position_never_rises(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """When people ahead come back the number waits for them, live and after a reload, and the page says why."""
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#position") == "128")
    gateway.shows(position=90, ahead=89)
    until(tab, lambda: text(tab, "#position") == "90")
    gateway.shows(position=110, ahead=109, eta_range=(600, 720))
    until(tab, lambda: text(tab, "#eta") == "10–12 min")
    assert ("90", "#90 · Waiting room") == (text(tab, "#position"), tab.title)
    assert "People ahead of you came back" in text(tab, "#why")
    tab.get(gateway.address)
    until(tab, lambda: "came back" in text(tab, "#why"))
    assert text(tab, "#position") == "90"
    gateway.shows(position=80, ahead=79)
    until(tab, lambda: text(tab, "#position") == "80")
    assert not tab.find_element(By.ID, "why").is_displayed()
    # another ticket is another place
    gateway.shows(position=300, ahead=299, code="B2B-2BB")
    until(tab, lambda: text(tab, "#position") == "300")


def test_reason_of_a_new_estimate_is_said(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """It is shown below the estimate and announced, and goes when the room does not give it any more."""
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#position") == "128")
    assert not tab.find_element(By.ID, "why").is_displayed()
    gateway.shows(eta_reason=Reason.RATE_LOWERED)
    until(tab, lambda: text(tab, "#why") == "The shop lets people in more slowly now.")
    assert "more slowly" in str(tab.find_element(By.ID, "say").get_property("textContent"))
    gateway.shows(eta_reason=None)
    until(tab, lambda: not tab.find_element(By.ID, "why").is_displayed())
    assert violations(tab) == []


def test_nothing_moves_while_the_number_falls(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """From seven digits to one, nothing below the number changes its place."""
    tab.set_window_size(500, 900)
    tops: list[float] = []
    for position in (1_234_567, 99_999, 128, 7):
        gateway.shows(position=position, waiting=2_000_000)
        tab.get(gateway.address) if not tops else None
        until(tab, lambda shown=f"{position:,}": text(tab, "#position") == shown)  # type: ignore[misc]
        tops.append(tab.execute_script("return document.querySelector('dl').getBoundingClientRect().top"))
    assert max(tops) - min(tops) < 1


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("paused", "The line has paused"),
        ("closed", "The line is closed"),
        ("expired", "Your turn has passed"),
        ("restarted", "The line was restarted"),
        ("unavailable", "We can’t see the line right now"),
        ("left", "You gave up your place"),
    ],
)
def test_state_changes_live(
    tab: webdriver.Chrome, gateway: FakeGateway, state: PageState, title: str
) -> None:
    """A change of state shows its own heading and is announced, with the operator's message."""
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "h1") == "You’re in line")
    gateway.shows(state=state, message="Back at two.")
    heading = "#heading > :not([hidden]) h1"
    until(tab, lambda: text(tab, heading) == title)
    until(tab, lambda: text(tab, "#message-text") == "Back at two.")
    assert title in str(tab.find_element(By.ID, "say").get_property("textContent"))


@pytest.mark.parametrize(
    ("notice", "title"),
    [
        ("paused", "The line has paused"),
        ("late", "It’s your turn"),
        ("unavailable", "We can’t see the line right now"),
    ],
)
def test_notice_is_shown_while_it_holds(
    tab: webdriver.Chrome, gateway: FakeGateway, notice: str, title: str
) -> None:
    """What the line tells beside "waiting" is shown as a state of its own, and goes when it is over."""
    tab.get(gateway.address)
    gateway.notice = notice
    heading = "#heading > :not([hidden]) h1"
    until(tab, lambda: text(tab, heading) == title)
    gateway.notice = None
    until(tab, lambda: text(tab, heading) == "You’re in line")
    assert gateway.pages_served == 1


def test_reason_of_a_new_place_stays_said(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """A page that told why the place is new goes on telling it when plain positions follow."""
    gateway.shows(state="expired")
    tab.get(gateway.address)
    gateway.shows(state="waiting", position=90)
    until(tab, lambda: text(tab, "#position") == "90")
    assert "Your turn has passed" in text(tab, "#heading")


def test_earlier_life_of_the_line_is_exchanged_at_the_door(
    tab: webdriver.Chrome, gateway: FakeGateway
) -> None:
    """A stream that says "restarted" without a place sends the page to the door, which gives it one."""
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#position") == "128")
    gateway.notice = "restarted"
    gateway.shows(position=None)
    until(tab, lambda: gateway.pages_served == 2)


def test_without_a_ticket_the_door_is_asked_again(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """A closed line gives no ticket: the page comes back by itself and never claims a turn."""
    gateway.has_ticket = False
    gateway.shows(state="closed", position=None, code=None)
    tab.get(gateway.address)
    tab.execute_script(
        "new MutationObserver(() => sessionStorage.claimed = document.title)"
        ".observe(document.querySelector('title'), { childList: true })"
    )
    until(tab, lambda: gateway.pages_served == 2)
    assert tab.execute_script("return sessionStorage.claimed ?? null") is None
    assert "The line is closed" in text(tab, "#heading")


def test_hostile_message_stays_text(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Markup in the operator's message is shown as it was written, live as well as at first."""
    tab.get(gateway.address)
    hostile = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    gateway.shows(message=hostile)
    until(tab, lambda: text(tab, "#message-text") == hostile)
    tab.get(gateway.address)
    assert hostile == text(tab, "#message-text")
    assert tab.find_elements(By.CSS_SELECTOR, "#message img, #message script") == []


def test_admitted_goes_to_the_address_first_asked_for(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """When the turn comes the shop opens with nothing to press, at the first address, fragment and all."""
    for fragment in ("", "#reviews"):
        gateway.admitted = False
        tab.get(gateway.address + fragment)
        until(tab, lambda: text(tab, "#position") == "128")
        gateway.admitted = True
        until(tab, lambda: tab.title == "Shop")
        assert gateway.address + fragment == tab.current_url
        tab.get("about:blank")


def test_held_post_enters_by_get(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """After a form that was caught by the room the visitor enters at the target, without sending it again."""
    gateway.admitted = True
    tab.get(gateway.address)
    gateway.admitted = False
    tab.execute_script(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '/cart';"
        "document.body.append(form); form.submit()"
    )
    until(tab, lambda: tab.title == "#128 · Waiting room")
    gateway.admitted = True
    until(tab, lambda: tab.title == "Shop")
    assert gateway.address == tab.current_url


def test_admission_that_does_not_hold_is_no_loop(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """A gateway that says "admitted" and holds all the same is not asked again and again."""
    gateway.still_held = gateway.admitted = True
    tab.get(gateway.address)
    until(tab, lambda: gateway.pages_served == 3)
    time.sleep(3)
    assert gateway.pages_served <= 4


def test_polls_while_the_stream_is_down(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Without a stream the page asks for the status, and claims no lost connection while that answers."""
    gateway.has_stream = False
    tab.get(gateway.address)
    gateway.shows(position=64, ahead=63)
    until(tab, lambda: text(tab, "#position") == "64")
    assert not tab.find_element(By.ID, "lost").is_displayed()
    gateway.admitted = True
    until(tab, lambda: tab.title == "Shop")


def test_lost_connection_is_said_and_mended(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """With nothing answering the page says since when; when the stream is back it takes that away."""
    tab.get(gateway.address)
    until(tab, lambda: gateway.streams_opened == 1)
    gateway.has_stream = gateway.has_status = False
    until(tab, lambda: tab.find_element(By.ID, "lost").is_displayed())
    said = text(tab, "#lost")
    assert said.startswith("Connection lost since ")
    assert len(text(tab, "#lost-since").split(":")) == 3
    assert "Your place is safe" in said
    gateway.shows(position=12, ahead=11)
    gateway.has_stream = gateway.has_status = True
    until(tab, lambda: not tab.find_element(By.ID, "lost").is_displayed())
    until(tab, lambda: text(tab, "#position") == "12")
    until(tab, lambda: gateway.streams_opened == 2)


@pytest.mark.parametrize(
    "eta_range",
    [
        None,
        (0, 20),
        (0, 61),
        (60, 60),
        (240, 380),
        (1500, 1860),
        (1800, 3600),
        (3000, 4000),
        (5400, 8100),
        (7200, 7200),
    ],
)
def test_script_words_an_estimate_as_the_server_does(
    tab: webdriver.Chrome, gateway: FakeGateway, eta_range: tuple[int, int] | None
) -> None:
    """A live estimate reads the same as one that came with the page."""
    tab.get(gateway.address)
    gateway.shows(position=5, eta_range=eta_range)
    until(tab, lambda: text(tab, "#position") == "5")
    assert Texts().eta(eta_range) == text(tab, "#eta")


def test_leaving_needs_a_second_step(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """The place is given up by a form behind a disclosure; afterwards nothing keeps a stream open."""
    tab.get(gateway.address)
    button = tab.find_element(By.CSS_SELECTOR, "form[action$='/leave'] button")
    assert not button.is_displayed()
    tab.find_element(By.XPATH, "//summary[.='Leave the line']").click()
    button.click()
    until(tab, lambda: "You gave up your place" in text(tab, "#heading"))
    assert gateway.left == ["target=%2Fdrop%2Fshoes%3Fsize%3D42"]
    assert tab.find_elements(By.TAG_NAME, "script") == []
    assert violations(tab) == []


def test_the_script_calls_the_refresh_off(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Where the script runs the page is not loaded again every few seconds."""
    tab.get(gateway.address)
    until(tab, lambda: gateway.streams_opened == 1)
    served = gateway.pages_served
    time.sleep(3 * gateway.view.refresh_after)
    assert gateway.pages_served == served
    assert gateway.streams_opened == 1


def test_works_without_javascript(
    open_browser: Callable[..., webdriver.Chrome], gateway: FakeGateway
) -> None:
    """Without scripts the page asks again by itself, shows no empty bar, and enters when the turn comes."""
    browser = open_browser(javascript=False)
    browser.get(gateway.address)
    assert text(browser, "#position") == "128"
    assert not browser.find_element(By.ID, "progress").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, "footer noscript").size["width"] > 0
    assert "Check now" in text(browser, "footer")
    gateway.shows(position=3, ahead=2)
    until(browser, lambda: gateway.pages_served > 2)
    gateway.admitted = True
    until(browser, lambda: browser.title == "Shop")
    assert gateway.streams_opened + gateway.polls == 0


def test_the_page_counts_down_to_the_opening(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """By the time that the gateway says is left, whatever this machine's clock says; then it goes on as a line."""
    opens = datetime(2031, 5, 1, 10, tzinfo=UTC)  # by this machine's clock years ahead
    gateway.shows(
        state="soon", position=None, ahead=None, eta_range=None, opens=opens, opens_in=3723.0, drawn=True
    )
    gateway.notice = "before-opening"
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#countdown").startswith("01:0"))
    first = text(tab, "#countdown")
    until(tab, lambda: text(tab, "#countdown") < first)
    assert "The doors open soon" == text(tab, "#heading > :not([hidden]) h1")
    assert "2031" in text(tab, "#opens")
    assert not tab.find_element(By.ID, "position").is_displayed()
    gateway.notice = None
    gateway.shows(state="waiting", position=17, opens=None, opens_in=None)
    until(tab, lambda: text(tab, "#position") == "17")
    assert not tab.find_element(By.ID, "countdown").is_displayed()
    assert violations(tab) == []


def test_a_closed_page_tells_the_next_opening(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Days ahead, in days and hours."""
    opens = datetime(2031, 5, 1, 10, tzinfo=UTC)
    gateway.has_ticket = False
    gateway.shows(
        state="closed", position=None, opens=opens, opens_in=3 * 86400 + 7 * 3600 + 30.0, refresh_after=60
    )
    tab.get(gateway.address)
    until(tab, lambda: text(tab, "#countdown") == "3 d 07 h")
    assert "The line is closed" == text(tab, "#heading > :not([hidden]) h1")
