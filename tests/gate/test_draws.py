"""``/__waitroom/{room}/draw``: what it answers to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from tests.line.draw_vector import COMMITMENT, RECORD
from waitroom.gate.draws import DrawAddress
from waitroom.gate.editions import Editions
from waitroom.gate.request import Request
from waitroom.gate.tokens import Mint, Pass, Ticket
from waitroom.gate.visitor import Tokens
from waitroom.line.draw import AnnouncedDraw, DrawRecord, PublishedDraws
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.proxy import TrustedProxies
from waitroom.telemetry.counters import Counters

pytestmark = pytest.mark.anyio
MakeRoom = Callable[..., Room]
Ask = Callable[..., Any]

TICKETS, PASSES = Mint(Ticket, ["secret"]), Mint(Pass, ["secret"])
HELD = DrawRecord.parse(json.dumps(RECORD))
MEMBERS = DrawRecord.reveal(
    bytes.fromhex(HELD.seed), HELD.digest, room="drop", event=HELD.event, lane="members", opened_at=5, first=1, count=3
)  # fmt: skip
ANNOUNCED = AnnouncedDraw(
    room="drop", event="next", lane="general", opens_at=None, commitment=COMMITMENT, digest=HELD.digest, issued=0
)  # fmt: skip
BROWSER = ((b"accept", b"text/html"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document"))
SCRIPT = ((b"accept", b"application/json"), (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty"))


class Answer:
    """What was sent."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        pairs = message.get("headers", ())
        self.headers |= {name.decode(): value.decode() for name, value in pairs}
        self.body += message.get("body", b"")

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture
def ask(make_room: MakeRoom) -> Ask:
    """``ask(draws, *headers, query=…)``: the answer to a request."""
    room = make_room(Rules(), head=Head(epoch=7, issued=50_000))
    tokens = Tokens(room, TICKETS, PASSES)
    pages = Editions(Path(__file__).parents[2] / "templates")

    async def serve(
        draws: PublishedDraws, *headers: tuple[bytes, bytes], query: str = "", method: str = "GET"
    ) -> Answer:
        answer = Answer()
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "method": method,
            "path": "/__waitroom/drop/draw",
            "query_string": query.encode(),
            "headers": [(b"host", b"shop.example"), *headers],
            "client": ("192.0.2.1", 1),
            "scheme": "https",
        }

        async def receive() -> Message:
            return {"type": "http.request"}

        address = DrawAddress(room, tokens, pages, lambda: draws)
        await address.serve(Request(scope, receive, answer, TrustedProxies([]), Counters()))
        return answer

    return serve


def ticket(number: int, *, lane: str = "general", epoch: int = 7) -> tuple[bytes, bytes]:
    """The cookie of a genuine ticket."""
    text = TICKETS.sign(Ticket("drop", epoch, lane, number, 1))
    return b"cookie", f"waitroom_ticket_drop={text}".encode()


async def test_a_program_gets_what_is_published(ask: Ask) -> None:
    """The same for everyone, for a second, from any site."""
    draws = PublishedDraws((ANNOUNCED,), (HELD, MEMBERS))
    for headers in (SCRIPT, (), ((b"accept", b"*/*"), ticket(5))):
        answer = await ask(draws, *headers)
        assert (200, "application/json") == (answer.status, answer.headers["content-type"])
        assert "public, max-age=1" == answer.headers["cache-control"]
        assert "*" == answer.headers["access-control-allow-origin"]
        assert draws == PublishedDraws.parse(answer.body)


async def test_a_cache_does_not_take_the_page_for_the_record(ask: Ask) -> None:
    """What the answer is chosen by stands in ``Vary``, and the page is nobody else's."""
    draws = PublishedDraws(held=(HELD,))
    assert {"accept", "sec-fetch-mode", "sec-fetch-dest"} == {
        name.strip().lower() for name in (await ask(draws, *SCRIPT)).headers["vary"].split(",")
    }
    page = await ask(draws, *BROWSER)
    assert "no-store, private, no-transform" == page.headers["cache-control"]
    assert "content-security-policy" in page.headers


async def test_a_person_gets_the_place_of_their_ticket(ask: Ask) -> None:
    """And the command that checks it, for the address that was asked for."""
    answer = await ask(PublishedDraws(held=(HELD,)), *BROWSER, ticket(1))
    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert 'id="place">19,266<' in answer.text
    command = "waitroom verify-draw https://shop.example/__waitroom/drop/draw --number 1"
    assert command in answer.text


async def test_a_pass_tells_the_ticket_too(ask: Ask, make_room: MakeRoom) -> None:
    """Those who are inside can still look their place up."""
    room = make_room(Rules(), head=Head(epoch=7, issued=50_000))
    held = PASSES.sign(Pass("drop", 7, "general", 1, room.clock_ms))
    answer = await ask(
        PublishedDraws(held=(HELD,)), *BROWSER, (b"cookie", f"waitroom_pass_drop={held}".encode())
    )
    assert 'id="place">19,266<' in answer.text


async def test_any_number_can_be_looked_up(ask: Ask) -> None:
    """In any lane, which matters where JavaScript does not run."""
    draws = PublishedDraws(held=(HELD, MEMBERS))
    answer = await ask(draws, *BROWSER, ticket(1), query="number=40000&lane=general")
    assert 'id="place">10,463<' in answer.text
    answer = await ask(draws, *BROWSER, ticket(1), query="number=2&lane=members")
    assert f'id="place">{MEMBERS.place_of(2)}<' in answer.text
    assert "--number 2 --lane members" in answer.text
    answer = await ask(draws, *BROWSER, ticket(1), query="lane=members")
    assert 'id="drawn" hidden' in answer.text


@pytest.mark.parametrize(
    "query",
    ["number=", "number=-1", "number=x", "number=1.5", "number=" + "9" * 5_000, "number=%D9%A1", "lane=nowhere",
     "number=%22%3E%3Cscript%3E", "lane=%22%3E%3Cscript%3E", "%ff=%ff", "number=0"],
)  # fmt: skip
async def test_a_wrong_query_does_no_harm(ask: Ask, query: str) -> None:
    """What is no number, or no lane, is as if it had not been asked for."""
    answer = await ask(PublishedDraws(held=(HELD,)), *BROWSER, query=query)
    assert 200 == answer.status
    assert 'id="drawn" hidden' in answer.text
    assert "<script>" not in answer.text


async def test_a_ticket_of_another_life_tells_no_place(ask: Ask) -> None:
    """Its number may be somebody else's now."""
    for cookie in (ticket(1, epoch=6), ticket(1, lane="gone")):
        answer = await ask(PublishedDraws(held=(HELD,)), *BROWSER, cookie)
        assert 'id="drawn" hidden' in answer.text


async def test_before_the_opening_the_seal_is_shown(ask: Ask) -> None:
    """With no claim of a place."""
    answer = await ask(PublishedDraws(announced=(ANNOUNCED,)), *BROWSER, ticket(1))
    assert (200, True) == (answer.status, "The order will be drawn" in answer.text)
    seal = re.search(r'id="seal"[^>]*>(.*)</code>', answer.text)
    assert seal is not None
    assert COMMITMENT == re.sub("<.*?>", "", seal[1])
    assert 'id="place"' not in answer.text


async def test_without_a_draw_there_is_no_such_page(ask: Ask) -> None:
    """A page for people, a problem for programs."""
    page = await ask(PublishedDraws(), *BROWSER)
    assert (404, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    answer = await ask(PublishedDraws(), *SCRIPT)
    assert (404, "urn:waitroom:no-draw") == (answer.status, json.loads(answer.body)["type"])
    assert "no-store" in answer.headers["cache-control"]


async def test_a_hostile_host_stays_text(ask: Ask) -> None:
    """The command is for a shell: the address in it is quoted, and the page escapes it."""
    answer = await ask(PublishedDraws(held=(HELD,)), *BROWSER, (b"host", b"a';<b>$(x)"))
    assert "<b>" not in answer.text.partition("<pre")[2].partition("</pre>")[0].partition("<code")[2]
