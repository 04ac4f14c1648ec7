"""A shopper whom another site sends back with a form is still inside, and the shop gets what was sent."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.contract.harness import PAGE, Gateway, start_gateway
from tests.contract.recording_shop import RecordingShop, served

pytestmark = pytest.mark.anyio

BANK = {
    **PAGE, "sec-fetch-site": "cross-site", "origin": "https://acs.bank.example",
    "referer": "https://acs.bank.example/challenge",
}  # fmt: skip
OURS = {**PAGE, "sec-fetch-site": "same-origin", "sec-fetch-user": "?1", "content-type": "text/plain"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
ROOM_NAME = "returned"
TARGET = "/pay/return?order=7&a=%20b"


@pytest.fixture(scope="module")
def recording() -> Iterator[RecordingShop]:
    """A shop that writes down what reaches it."""
    running = RecordingShop()
    with served(running):
        yield running


@pytest.fixture
def recorder(recording: RecordingShop) -> RecordingShop:
    """The shop, with nothing on record."""
    recording.begin_anew()
    return recording


@pytest.fixture(scope="module")
def site(
    recording: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """Two workers before the shop: whichever opens a letter, any may have sealed it."""
    folder = tmp_path_factory.mktemp("returns")
    room = {"name": ROOM_NAME, "session": "10m"}
    running = start_gateway(folder, redis_url, recording.url, [room], workers=2)
    try:
        yield running
        running.stop()
    finally:
        running.kill()


@pytest.fixture(scope="module")
def jar(site: Gateway) -> dict[str, str]:
    """The cookies of a visitor inside a room that then holds everyone else."""
    with httpx.Client(base_url=site.url, headers=PAGE, trust_env=False, timeout=15) as visitor:
        visitor.get("/")
        found = dict(visitor.cookies)
    assert f"waitroom_pass_{ROOM_NAME}" in found
    turn(site, "pause", 503)
    return {**found, "shop_session": "lax"}


def turn(site: Gateway, mode: str, status: int) -> None:
    """Turns the room, and waits until newcomers are told so by both workers."""
    site.set(ROOM_NAME, f"mode={mode}")
    deadline, told = time.monotonic() + 20, 0
    while told < 16:
        assert time.monotonic() < deadline
        found = httpx.get(site.url, headers=PAGE, trust_env=False, timeout=15).status_code
        told = told + 1 if found == status else 0
        time.sleep(0.03)


@pytest.fixture
async def visitor(site: Gateway, jar: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The visitor inside."""
    async with site.client(PAGE) as client:
        client.cookies.update(jar)
        yield client


def letter_of(page: httpx.Response) -> bytes:
    """What a browser sends for the form of the page, as ``text/plain`` (HTML, "plain text form data")."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    return "".join(f"{name}={html.unescape(value)}\r\n" for name, value in fields).encode()


def action_of(page: httpx.Response) -> str:
    """Where the form of the page leads."""
    found = re.search(r'action="([^"]*)"', page.text)
    assert found is not None
    return html.unescape(found[1])


BODIES = {
    "pares": b"PaRes=eJzVWFmTokoW%2F&MD=a+b%2Bc&PaRes=again&empty=&bare",
    "latin-1": b"name=caf%E9&raw=\xe9\xff&MD=1",
    "emoji": "note=🏺 %F0%9F%8F%BA".encode(),
    "binary": bytes(range(256)) * 4,
    "empty": b"",
    "charset": b"_charset_=windows-1252&%0A=%0D",
}


async def test_a_form_reaches_the_shop_byte_for_byte(
    site: Gateway, visitor: httpx.AsyncClient, recorder: RecordingShop
) -> None:
    """Whatever its encoding, order and type, by way of the visitor's own browser, with the visit."""
    for body in BODIES.values():
        recorder.seen.clear()
        page = await site.client({**BANK, **FORM}).post(TARGET, content=body)
        assert (200, [], TARGET) == (page.status_code, recorder.seen, action_of(page))
        assert "no-store" in page.headers["cache-control"]
        assert "script-src 'self'" in page.headers["content-security-policy"]
        answer = await visitor.post(TARGET, content=letter_of(page), headers=OURS)
        assert (200, True) == (answer.status_code, "the shop" in answer.text)
        (seen,) = recorder.seen
        assert ("POST", TARGET, body) == (seen.method, seen.target, seen.body)
        assert [str(len(body))] == seen.all("content-length")
        assert [FORM["content-type"]] == seen.all("content-type")
        assert [BANK["origin"], "cross-site"] == seen.all("origin") + seen.all("sec-fetch-site")
        assert [BANK["referer"]] == seen.all("referer")
        assert 1 == len(seen.all("waitroom-visitor"))


async def test_the_shops_own_cookies_come_only_where_they_came(
    site: Gateway, visitor: httpx.AsyncClient, recorder: RecordingShop
) -> None:
    """A form of another site is none of the shop's own by way of us: else any site could act for a shopper."""
    visitor.cookies.set("tracker", "new")
    recorder.seen.clear()
    for sent, expected in ((None, []), ("tracker=old; other=1", ["tracker=new"])):
        fields = {**BANK, **FORM, **({"cookie": sent} if sent else {})}
        page = await site.client(fields).post(TARGET, content=b"a=1")
        await visitor.post(TARGET, content=letter_of(page), headers=OURS)
        assert expected == recorder.seen.pop().all("cookie")


async def test_what_is_no_letter_is_passed_on_as_it_is(
    site: Gateway, visitor: httpx.AsyncClient, recorder: RecordingShop
) -> None:
    """Text, and a letter that was changed on the way; one for another address is asked for by GET."""
    page = await site.client({**BANK, **FORM}).post(TARGET, content=b"a=1")
    letter = letter_of(page)
    recorder.seen.clear()
    for body, target in (
        (b"plain text", TARGET),
        (b"w", TARGET),
        (b"", TARGET),
        (letter[:-8] + b"A" * 6 + b"\r\n", TARGET),
        (b"waitroom_return=", TARGET),
        (b"waitroom_return=" + b"A" * 200_000, TARGET),
    ):
        await visitor.post(target, content=body, headers=OURS)
        seen = recorder.seen.pop()
        assert (body, ["text/plain"]) == (seen.body, seen.all("content-type"))
        assert ["same-origin"] == seen.all("sec-fetch-site")
    elsewhere = await visitor.post("/pay/other", content=letter, headers=OURS)
    assert (303, "/pay/other", []) == (elsewhere.status_code, elsewhere.headers["location"], recorder.seen)
    # a sibling of the shop's may send forms with its cookies, and must not send them in another's name
    sibling = {**OURS, "sec-fetch-site": "same-site"}
    await visitor.post(TARGET, content=letter, headers=sibling)
    assert letter == recorder.seen.pop().body


async def test_another_sites_tale_of_our_address_is_not_sealed(
    site: Gateway, jar: dict[str, str], recorder: RecordingShop
) -> None:
    """No browser says that a page of ours is of another site; opened, the letter would say so to the shop."""
    fields = {**BANK, **FORM, "host": "shop.example", "origin": "https://shop.example"}
    answer = await site.client(fields).post(TARGET, content=b"a=1")
    assert (303, TARGET) == (answer.status_code, answer.headers["location"])


async def test_a_form_that_is_too_large_is_asked_for_by_get(
    site: Gateway, jar: dict[str, str], recorder: RecordingShop
) -> None:
    """Announced or not."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"a" * 1024

    for body in (b"a" * 65_537, pieces()):
        answer = await site.client({**BANK, **FORM}).post(TARGET, content=body)
        assert (303, TARGET) == (answer.status_code, answer.headers["location"])
    page = await site.client({**BANK, **FORM}).post(TARGET, content=b"a" * 65_536)
    assert 200 == page.status_code
    assert [] == recorder.seen


async def test_who_was_not_inside_waits(site: Gateway, jar: dict[str, str], recorder: RecordingShop) -> None:
    """The form opens no door: it is a newcomer's, who joins the line; let in at once, it arrives."""
    page = await site.client({**BANK, **FORM}).post(TARGET, content=b"a=1")
    newcomer = site.client(PAGE)
    held = await newcomer.post(TARGET, content=letter_of(page), headers=OURS)
    assert (503, []) == (held.status_code, recorder.seen)
    assert "waitroom-position" in held.headers
    turn(site, "pass", 200)
    recorder.begin_anew()
    fresh = await site.client(PAGE).post(TARGET, content=letter_of(page), headers=OURS)
    assert (200, b"a=1") == (fresh.status_code, recorder.seen[0].body)
    turn(site, "pause", 503)


async def test_text_that_is_no_letter_is_not_held_back(
    site: Gateway, jar: dict[str, str], recorder: RecordingShop
) -> None:
    """No more of a body is read than shows that it is none: the shop may answer before it has all."""
    recorder.answers_early = True
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
    head = f"POST /text HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nContent-Type: text/plain\r\n"
    writer.write(f"{head}Content-Length: 20\r\n\r\nno letter ".encode())
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
