"""What those get who are held: a page for people, a problem for programs, a bare refusal for parts of pages."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.contract.harness import APP, PAGE, House, eventually

pytestmark = pytest.mark.anyio

MEMBERS = {
    "room", "state", "position", "ahead", "waiting", "eta_seconds", "eta_range", "eta_reason", "refresh_after", "lane",
    "number", "code", "message", "message_language", "notice", "opens_at", "opens_in", "rests_in",
}  # fmt: skip


@pytest.mark.room(mode="pause", message="Size 42 is nearly gone.")
async def test_a_person_gets_the_waiting_page(house: House) -> None:
    """With all that a cache, a browser without scripts and a monitor need to know, and a ticket but no pass."""
    visitor = house.visitor()
    answer = await visitor.get("/lab/echo?size=42")
    headers = answer.headers
    assert 503 == answer.status_code
    assert "text/html; charset=utf-8" == headers["content-type"]
    assert 1 <= int(headers["retry-after"])
    assert "no-store, private, no-transform" == headers["cache-control"]
    assert "Accept, Accept-Encoding, Accept-Language, Cookie" == headers["vary"]
    assert (house.name, "1") == (headers["waitroom-room"], headers["waitroom-position"])
    assert "waitroom-ticket" not in headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "Size 42 is nearly gone." in answer.text
    assert "/lab/echo?size=42" in answer.text
    assert 'http-equiv="refresh"' in answer.text.lower() or "refresh" in headers
    assert house.cookie(visitor, "ticket")
    assert house.cookie(visitor, "pass") is None


@pytest.mark.room(mode="pause")
async def test_the_first_view_is_one_response(house: House) -> None:
    """Compressed for who takes that, and then at most 14 KiB, with style, script and icon; nothing else is fetched."""
    visitor = house.visitor()
    plain = await visitor.get("/lab/echo", headers={"accept-encoding": "identity"})
    async with visitor.stream("GET", "/lab/echo", headers={"accept-encoding": "br, gzip"}) as answer:
        sent = b"".join([piece async for piece in answer.aiter_raw()])
    assert "content-encoding" not in plain.headers
    assert ("gzip", str(len(sent))) == (answer.headers["content-encoding"], answer.headers["content-length"])
    assert len(sent) <= 14 * 1024
    assert plain.text.count("<style>") == 1 and "</script>" in plain.text
    assert gzip.decompress(sent).startswith(plain.content.partition(b"<title>")[0])
    assert not re.search(r'(src|href)="/__waitroom/static/', plain.text)


@pytest.mark.room(mode="pause", message="Soon.")
async def test_a_program_gets_a_problem(house: House) -> None:
    """RFC 9457, with the members of the state, and its ticket in a header."""
    answer = await house.visitor(APP).get("/api/products")
    problem = answer.json()
    assert (503, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert MEMBERS | {"type", "title", "status", "detail", "page"} == set(problem)
    expected = {
        "type": "urn:waitroom:waiting", "title": "Service Unavailable", "status": 503, "room": house.name,
        "state": "waiting", "position": 1, "ahead": 0, "number": 1, "lane": "general", "message": "Soon.",
        "eta_seconds": None, "eta_range": None, "notice": "paused", "opens_at": None, "opens_in": None,
        "rests_in": None,
    }  # fmt: skip
    assert expected == {name: problem[name] for name in expected}
    assert str(problem["refresh_after"]) == answer.headers["retry-after"]
    for name, value in {
        "cache-control": "no-store, private",
        "vary": "Accept, Accept-Language, Cookie",
    }.items():
        assert value == answer.headers[name]
    assert answer.headers["waitroom-ticket"] in answer.headers["set-cookie"]


@pytest.mark.room(mode="pause")
@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "*/*"},
        {"accept": "application/json, text/plain, */*"},
        {"accept": "text/html;q=0, */*"},
        {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"accept": "text/html", "sec-fetch-mode": "same-origin", "sec-fetch-dest": "empty"},
        {"accept": "junk"},
    ],
    ids=["any", "axios", "never-html", "fetch", "fetch-html", "junk"],
)
async def test_a_program_never_gets_html(house: House, headers: dict[str, str]) -> None:
    """Whatever kind of program it is."""
    answer = await house.visitor(headers).get("/")
    assert (503, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert answer.headers["waitroom-ticket"]


@pytest.mark.room(mode="pause")
@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "image/avif,image/webp,*/*;q=0.8", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"accept": "*/*", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"accept": "text/css,*/*;q=0.1"},
        {**PAGE, "sec-purpose": "prefetch;prerender"},
        {**PAGE, "purpose": "prefetch"},
    ],
    ids=["image", "script", "old-style", "prerender", "prefetch"],
)
async def test_parts_of_a_page_and_prefetches_get_a_bare_refusal(
    house: House, headers: dict[str, str]
) -> None:
    """No page, no ticket, no number."""
    answer = await house.visitor(headers).get("/static/shop.css")
    assert (503, "text/plain; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "no-store, private" == answer.headers["cache-control"]
    assert [] == answer.headers.get_list("set-cookie")
    assert "waitroom-ticket" not in answer.headers
    assert 0 == (await house.store.advance()).issued


@pytest.mark.room(mode="auto", rate=600)
async def test_a_prefetch_does_not_join_an_idle_room_either(house: House) -> None:
    """Nobody has asked for it yet."""
    answer = await house.visitor(sec_purpose="prefetch").get("/lab/echo")
    assert 503 == answer.status_code
    assert 0 == (await house.store.advance()).issued


async def _held(house: House, status: int) -> None:
    page, app = await house.visitor().get("/"), await house.visitor(APP).get("/")
    assert [status, status, status] == [page.status_code, app.status_code, app.json()["status"]]
    assert page.headers["retry-after"]
    assert "no-store, private, no-transform" == page.headers["cache-control"]


@pytest.mark.room(mode="pause", hold_status=429)
async def test_the_hold_status_may_be_429(house: House) -> None:
    """For pages and programs alike."""
    await _held(house, 429)


@pytest.mark.room(mode="pause", hold_status=202)
async def test_the_hold_status_may_be_202(house: House) -> None:
    """For pages and programs alike."""
    await _held(house, 202)


@pytest.mark.room(mode="pause", hold_status=200)
async def test_the_hold_status_may_be_200(house: House) -> None:
    """For CDNs that replace every error with a page of their own."""
    await _held(house, 200)


@pytest.mark.room(mode="pause")
async def test_head_is_answered_like_get_without_the_body(house: House) -> None:
    """And takes a place as well: it is the visitor's own request."""
    visitor = house.visitor()
    answer = await visitor.head("/")
    assert (503, b"") == (answer.status_code, answer.content)
    assert 0 < int(answer.headers["content-length"])
    assert house.cookie(visitor, "ticket")


@pytest.mark.room(mode="pause")
async def test_reload_back_and_second_tab_keep_the_place(house: House) -> None:
    """Whatever address of the room is asked for, in whatever worker, the number is the same; nobody else's is."""
    first, second = house.visitor(APP), house.visitor(APP)
    numbers = [(await visitor.get("/")).json()["number"] for visitor in (first, second)]
    assert [1, 2] == numbers
    for path in ("/", "/lab/echo", "/lab/echo?again", "/") * 3:
        assert numbers == [(await visitor.get(path)).json()["number"] for visitor in (first, second)]
    assert 2 == (await house.store.advance()).issued


@pytest.mark.room(mode="pause")
async def test_positions_count_those_before(house: House) -> None:
    """Within about a second everyone is told how many stand before them and how many wait in all."""
    visitors = [house.visitor(APP) for _ in range(4)]
    for visitor in visitors:
        await visitor.get("/")

    async def told() -> bool:
        states = [(await visitor.get("/")).json() for visitor in visitors]
        places = [(state["position"], state["ahead"], state["waiting"]) for state in states]
        return places == [(1, 0, 4), (2, 1, 4), (3, 2, 4), (4, 3, 4)]

    await eventually(told)
