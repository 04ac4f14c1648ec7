"""The page of the opening draw in a real Chromium, before a small gateway that publishes what a test tells it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browser.serving import answer_of, serving
from tests.line.draw_vector import COMMITMENT, KEY, RECORD, TURNS
from waitroom.gate.draw_view import DrawView
from waitroom.gate.page import Pages
from waitroom.line.draw import AnnouncedDraw, DrawRecord, PublishedDraws

TEMPLATES = Path(__file__).parents[2] / "templates"
PATIENCE = 20  # seconds that a slow machine gets

HELD = DrawRecord.parse(json.dumps(RECORD))
MEMBERS = DrawRecord.reveal(
    bytes.fromhex(HELD.seed), HELD.digest, room=HELD.room, event=HELD.event, lane="members",
    opened_at=HELD.opened_at, first=1, count=7,
)  # fmt: skip
ANNOUNCED = AnnouncedDraw(
    room=HELD.room,
    event=HELD.event,
    lane=HELD.lane,
    opens_at=HELD.opened_at,
    commitment=HELD.commitment,
    digest=HELD.digest,
    issued=1_204,
)


@dataclass
class FakeGateway:
    """Serves the page of a draw, its JSON and its static files. Tests set its members."""

    page: PublishedDraws = field(default_factory=lambda: PublishedDraws(held=(HELD,)))
    record: bytes | None = None
    """What the JSON is instead of that of the page."""
    number: int | None = 1
    fetched: int = 0
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._pages = Pages(TEMPLATES)
        self.app = Starlette(
            routes=[
                Route("/__waitroom/static/{name}", self._static),
                Route("/__waitroom/drop/draw", self._draw),
                Route("/bare", self._bare),
            ]
        )

    def address(self, host: str = "127.0.0.1") -> str:
        """Where the page is."""
        return f"http://{host}:{self.port}/__waitroom/drop/draw"

    @property
    def script(self) -> str:
        """Where the module is."""
        return self._pages.static.url("draw.js")

    async def _static(self, request: Request) -> Response:
        file = self._pages.static.lookup(request.url.path)
        if file is None:
            return Response(status_code=404)
        return Response(file.gzip_body, media_type=file.content_type, headers={"Content-Encoding": "gzip"})

    async def _bare(self, _: Request) -> Response:
        return Response("<!doctype html><title>Bare</title>", media_type="text/html")

    async def _draw(self, request: Request) -> Response:
        if request.headers["accept"] == "application/json":
            self.fetched += 1
            return Response(
                self.page.to_json() if self.record is None else self.record, media_type="application/json"
            )
        self.asked.append(request.url.query)
        number = request.query_params.get("number")
        view = DrawView.of(
            "drop",
            self.page,
            lane=request.query_params.get("lane"),
            number=int(number) if number else self.number,
            address=self.address(),
        )
        return answer_of(self._pages.draw(view), 200)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """A running fake gateway on a free port of the loopback."""
    fake = FakeGateway()
    with serving(fake):
        yield fake


def part(browser: webdriver.Chrome, name: str) -> str:
    """The visible text of an element."""
    return browser.find_element(By.ID, name).text


def until(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Waits until a condition holds."""
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05).until(lambda _: condition())


def ask(browser: webdriver.Chrome, number: int) -> None:
    """Types a number and presses the button."""
    field = browser.find_element(By.ID, "number")
    field.clear()
    field.send_keys(str(number))
    browser.find_element(By.CSS_SELECTOR, "#ask button").click()


def verdicts(browser: webdriver.Chrome) -> dict[str, str]:
    """What each check came to, once they are shown."""
    until(browser, lambda: browser.find_element(By.ID, "checks").is_displayed())
    items = browser.find_elements(By.CSS_SELECTOR, "#checks li")
    found = {item.get_attribute("data-check") or "": item.get_attribute("data-is") or "" for item in items}
    # one text is seen of each, that of its verdict
    for item in filter(WebElement.is_displayed, items):
        seen = [span for span in item.find_elements(By.TAG_NAME, "span") if span.is_displayed()]
        assert [item.get_attribute("data-is")] == [span.get_attribute("data-is") for span in seen]
    return found


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the console says of the policy, or of a script that failed."""
    signs = ("Content Security Policy", "Content-Security-Policy", "Uncaught", "Refused")
    said = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    return [message for message in said if any(sign in message for sign in signs)]


def call(browser: webdriver.Chrome, gateway: FakeGateway, expression: str, *arguments: object) -> object:
    """The value of an expression with the script's module as ``draw``, in a page that is not the draw's."""
    browser.get(f"http://127.0.0.1:{gateway.port}/bare")
    return browser.execute_async_script(
        f"const [url, args, done] = arguments;"
        f"import(url).then(async (draw) => done(await ({expression})))"
        f".catch((error) => done(`${{error}}`))",
        gateway.script,
        arguments,
    )


def test_the_browser_finds_the_frozen_vector(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """The script gives the same commitment, key and turns as the gateway."""
    found = call(tab, gateway, "draw.commitmentOf(args[0].seed)", RECORD)
    assert COMMITMENT == found
    assert KEY == call(tab, gateway, "draw.keyOf(args[0])", RECORD)
    asked = [
        ({"key": KEY, "first": first, "count": count}, number, turn)
        for (first, count), turns in TURNS.items()
        for number, turn in turns.items()
    ]
    turns = call(
        tab, gateway, "Promise.all(args.map(([draw_, number]) => draw.turnOf(draw_, number)))", *asked
    )
    assert [turn for _, _, turn in asked] == turns


def test_the_browser_finds_every_turn(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """Of whole draws of many sizes, and keeps the number of those who were not drawn."""
    for count in (0, 1, 2, 3, 4, 5, 9, 10, 16, 17, 50):
        record = DrawRecord.reveal(
            bytes(32), HELD.digest, room="drop", event="x", lane="x", opened_at=0, first=7, count=count
        )
        numbers = range(5, 10 + count)
        turns = call(
            tab,
            gateway,
            "Promise.all(args[1].map((number) => draw.turnOf(args[0], number)))",
            record.model_dump(),
            list(numbers),
        )
        assert [*map(record.draw.turn_of, numbers)] == turns


def test_a_place_is_checked(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """The page comes with the ticket's place; pressing the button works it out again, and any other's."""
    tab.get(gateway.address())
    assert ("19,266", "of 40,000 who were drawn") == (
        part(tab, "place"),
        tab.find_element(By.CLASS_NAME, "of").text,
    )
    assert not tab.find_element(By.ID, "checks").is_displayed()
    ask(tab, 1)
    expected = {"commitment": "right", "key": "right", "place": "right", "noted": "unknown"}
    assert expected == verdicts(tab)
    assert "19,266" == part(tab, "place")
    ask(tab, 40_000)
    until(tab, lambda: part(tab, "place") == "10,463")
    assert [""] == gateway.asked
    assert [] == complaints(tab)


def test_who_came_later_is_told_so(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """A ticket that was not in the draw gets no place of it."""
    tab.get(gateway.address())
    ask(tab, 40_001)
    until(tab, lambda: tab.find_element(By.ID, "behind").is_displayed())
    assert not tab.find_element(By.ID, "drawn").is_displayed()
    assert "right" == verdicts(tab)["key"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"seed": "00" * 32}, {"commitment", "key"}),
        ({"commitment": "00" * 32}, {"commitment"}),
        ({"key": KEY[::-1]}, {"key", "place"}),
        ({"digest": "00" * 20}, {"key"}),
        ({"count": 39_000}, {"key", "place"}),
    ],
)
def test_a_tampered_record_is_told(
    tab: webdriver.Chrome, gateway: FakeGateway, change: dict[str, object], wrong: set[str]
) -> None:
    """Each of its parts, in the words of the page."""
    gateway.record = json.dumps({"version": 1, "announced": [], "held": [{**RECORD, **change}]}).encode()
    tab.get(gateway.address())
    ask(tab, 1)
    assert wrong == {check for check, verdict in verdicts(tab).items() if verdict == "wrong"}


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{}",
        b'{"held":[]}',
        json.dumps({"held": [{**RECORD, "count": -1}]}).encode(),
        json.dumps({"held": [{**RECORD, "first": "1"}]}).encode(),
        json.dumps({"held": [{**RECORD, "key": "x" * 64}]}).encode(),
        json.dumps({"held": [{**RECORD, "version": 2}]}).encode(),
    ],
)
def test_what_is_no_record_is_told(tab: webdriver.Chrome, gateway: FakeGateway, record: bytes) -> None:
    """Nothing is claimed of it."""
    gateway.record = record
    tab.get(gateway.address())
    ask(tab, 1)
    until(tab, lambda: tab.find_element(By.ID, "failed").is_displayed())
    assert not tab.find_element(By.ID, "checks").is_displayed()


@pytest.mark.parametrize(("commitment", "verdict"), [(COMMITMENT, "right"), ("00" * 32, "wrong")])
def test_the_browser_keeps_the_seal(
    tab: webdriver.Chrome, gateway: FakeGateway, commitment: str, verdict: str
) -> None:
    """What it saw before the opening is compared with the record afterwards."""
    before = ANNOUNCED.model_copy(update={"commitment": commitment})
    gateway.page = PublishedDraws(announced=(before,))
    tab.get(gateway.address())
    assert commitment == "".join(part(tab, "seal").split())
    until(tab, lambda: tab.find_element(By.ID, "kept").is_displayed())
    gateway.page = PublishedDraws(held=(HELD,))
    tab.get(gateway.address())
    ask(tab, 1)
    assert verdict == verdicts(tab)["noted"]


def test_an_exchanged_seal_is_told_at_once(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """One that is another than at the first look, before the opening still."""
    for commitment, told in ((COMMITMENT, "kept"), ("00" * 32, "changed"), (COMMITMENT, "kept")):
        gateway.page = PublishedDraws(announced=(ANNOUNCED.model_copy(update={"commitment": commitment}),))
        tab.get(gateway.address())
        until(tab, lambda told=told: tab.find_element(By.ID, told).is_displayed())  # type: ignore[misc]


def test_each_lane_has_its_own_draw(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """The lane that is chosen is the one that is checked."""
    gateway.page = PublishedDraws(held=(HELD, MEMBERS))
    tab.get(gateway.address())
    for lane, record in (("members", MEMBERS), ("general", HELD)):
        tab.find_element(By.CSS_SELECTOR, "#lane").send_keys(lane)
        ask(tab, 5)
        until(tab, lambda record=record: part(tab, "place") == f"{record.place_of(5):,}")  # type: ignore[misc]
        assert {"right", "unknown"} == set(verdicts(tab).values())


def test_times_are_the_visitors_own(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """In words of their language and their time zone; the machine's reading stays."""
    tab.get(gateway.address())
    time = tab.find_element(By.TAG_NAME, "time")
    assert "2030-06-01T10:00:00.250+00:00" == time.get_attribute("datetime")
    assert "2030" in time.text
    assert "UTC" != time.text[-3:] or "Jun" in time.text


def test_without_https_the_gateway_works_it_out(
    open_browser: Callable[..., webdriver.Chrome], gateway: FakeGateway
) -> None:
    """SubtleCrypto is for secure pages only: the page says so, and the form still gets an answer."""
    browser = open_browser(hosts={"insecure.example": "127.0.0.1"})
    browser.get(gateway.address("insecure.example"))
    until(browser, lambda: browser.find_element(By.ID, "insecure").is_displayed())
    ask(browser, 40_000)
    until(browser, lambda: part(browser, "place") == "10,463")
    assert "number=40000" == gateway.asked[-1]
    assert "waitroom verify-draw" in str(browser.find_element(By.TAG_NAME, "pre").get_property("textContent"))


def test_works_without_javascript(
    open_browser: Callable[..., webdriver.Chrome], gateway: FakeGateway
) -> None:
    """The record, the command and the place of any number are there; no check is claimed."""
    browser = open_browser(javascript=False)
    browser.get(gateway.address())
    ask(browser, 40_000)
    until(browser, lambda: part(browser, "place") == "10,463")
    assert not browser.find_element(By.ID, "checks").is_displayed()
    text = str(browser.find_element(By.ID, "draw").get_property("textContent"))
    assert all(str(RECORD[member]) in text for member in ("seed", "digest", "key", "commitment", "event"))
    assert "--number 40000" in text
    assert browser.find_element(By.TAG_NAME, "noscript").size["height"] > 0
    gateway.page = PublishedDraws(announced=(ANNOUNCED,))
    browser.get(gateway.address())
    assert COMMITMENT == "".join(part(browser, "seal").split())
    assert "Keep a note" in part(browser, "note")


def test_nothing_is_wider_than_a_phone(tab: webdriver.Chrome, gateway: FakeGateway) -> None:
    """With the longest numbers, names and all parts open."""
    draws = DrawRecord.reveal(
        bytes(32), HELD.digest, room="drop", event="e" * 200, lane="l" * 200, opened_at=0, first=10**14, count=10**7
    )  # fmt: skip
    gateway.number = 10**14
    other = MEMBERS.model_copy(update={"room": "drop"})
    gateway.page = PublishedDraws((ANNOUNCED.model_copy(update={"lane": "l" * 200}),), (draws, other))
    tab.set_window_size(500, 900)
    tab.get(gateway.address())
    for summary in tab.find_elements(By.TAG_NAME, "summary"):
        summary.click()
    ask(tab, 10**14)
    verdicts(tab)
    width, inner = tab.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner
