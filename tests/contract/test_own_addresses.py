"""The gateway's own addresses below ``/__waitroom/``."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial

import httpx
import pytest

from tests.contract.harness import APP, House, entered, events, eventually

pytestmark = pytest.mark.anyio

STATE = {
    "room", "state", "position", "ahead", "waiting", "eta_seconds", "eta_range", "eta_reason", "refresh_after", "lane",
    "number", "code", "message", "message_language", "notice", "opens_at", "opens_in", "rests_in",
}  # fmt: skip


@pytest.mark.room(mode="pause")
async def test_status_tells_where_the_holder_stands(house: House) -> None:
    """As JSON that nobody else may keep; it gives nothing out."""
    visitor = house.visitor()
    await visitor.get("/")
    answer = await visitor.get(house.own("status"))
    assert (200, "application/json") == (answer.status_code, answer.headers["content-type"])
    assert "no-store, private" == answer.headers["cache-control"]
    assert STATE == set(answer.json())
    assert ("waiting", 1, house.name) == tuple(
        answer.json()[member] for member in ("state", "number", "room")
    )
    assert [] == answer.headers.get_list("set-cookie")


@pytest.mark.room(mode="pause")
async def test_without_a_ticket_there_is_no_status(house: House) -> None:
    """Asking for it does not join."""
    for action in ("status", "events"):
        answer = await house.visitor().get(house.own(action))
        assert (404, "urn:waitroom:no-ticket") == (answer.status_code, answer.json()["type"])
    assert 0 == (await house.store.advance()).issued


@pytest.mark.room(mode="pause")
async def test_events_tell_the_place_the_turn_and_end(house: House) -> None:
    """``status`` as it is and as it changes, then ``admitted``, then the end; the next request enters."""
    visitor = house.visitor()
    await visitor.get("/")
    told = []
    async with asyncio.timeout(15), events(visitor, house.own("events")) as stream:
        async for name, data in stream:
            told.append((name, data.get("state")))
            if len(told) == 1:
                assert STATE == set(data)
                await house.configure(mode="queue")
    assert ("status", "waiting") == told[0]
    assert [("status", "called"), ("admitted", None)] == told[-2:]
    assert {"status", "admitted"} >= {name for name, _ in told}
    await entered(visitor)


@pytest.mark.room(mode="pause")
async def test_an_operators_message_reaches_every_stream(house: House) -> None:
    """Without being asked for."""
    visitors = [house.visitor() for _ in range(3)]

    async def hear(visitor_number: int) -> str:
        visitor = visitors[visitor_number]
        await visitor.get("/")
        async with asyncio.timeout(10), events(visitor, house.own("events")) as stream:
            async for _, data in stream:
                if data.get("message"):
                    return str(data["message"])
        return "the stream ended"

    listening = [asyncio.create_task(hear(number)) for number in range(3)]
    await asyncio.sleep(0.3)
    await house.store.configure({"message": "Back in five minutes"}, source="live", who="test")
    assert ["Back in five minutes"] * 3 == await asyncio.gather(*listening)


@pytest.mark.room(mode="queue", rate=60, presence="30s")
async def test_a_new_rate_is_told_with_its_reason(house: House) -> None:
    """By every worker: the wait is another one, and the state says why."""
    visitors = [house.visitor(APP) for _ in range(40)]
    for visitor in visitors:
        await visitor.get("/")
    last = visitors[-1]

    async def told(reason: str | None, least: int, most: int) -> bool:
        state = (await last.get(house.own("status"))).json()
        return reason == state["eta_reason"] and least <= (state["eta_seconds"] or 0) <= most

    await house.everywhere(partial(told, None, 20, 60))
    await house.store.configure({"rate": "6"}, source="live", who="test")
    await house.everywhere(partial(told, "rate lowered", 200, 600))


@pytest.mark.room(mode="queue", rate=120, presence="30s")
async def test_a_page_that_waits_costs_a_kilobyte_a_minute_at_most(house: House) -> None:
    """Asked for in steps, the stream tells of a mere step forward in short and not too often, near the door too."""
    visitors = [house.visitor(APP) for _ in range(60)]
    for visitor in visitors:
        await visitor.get("/")
    heard: list[str] = []
    begun = time.monotonic()
    async with asyncio.timeout(60), visitors[-1].stream("GET", house.own("events?steps=1")) as answer:
        async for text in answer.aiter_text():
            heard.append(text)
            if time.monotonic() - begun > 13:
                break
    first, *rest = "".join(heard).split("event: ")[1:]
    assert first.startswith("status")
    told = [each for each in rest if each.startswith("step")]
    steps = [json.loads(each.partition("data: ")[2]) for each in told]
    assert 1 <= len(steps) <= 4
    assert {"position", "waiting"} <= set(steps[0]) <= {"position", "waiting", "eta_range", "eta_reason"}
    assert sorted((each["position"] for each in steps), reverse=True) == [each["position"] for each in steps]
    # ten a minute, with what is around each on the wire; a status comes only with other news
    assert (max(map(len, told)) + len("event: ") + 7) * 10 <= 1024


@pytest.mark.room(mode="pause", presence="2s")
async def test_an_open_stream_is_presence(house: House) -> None:
    """Who listens is there, though they ask for nothing for longer than the presence window."""
    listener, silent = house.visitor(), house.visitor()
    await listener.get("/")
    await silent.get("/")
    async with events(listener, house.own("events")) as stream:
        await anext(stream)
        watcher = house.visitor(APP)

        async def one_is_left() -> bool:
            return bool((await watcher.get(house.own("line"))).json()["waiting"] == 1)

        await asyncio.sleep(2)
        await eventually(one_is_left)


@pytest.mark.room(mode="pause", message="Hello")
async def test_the_line_is_public_and_cacheable(house: House) -> None:
    """The same for everyone; its marks tell a ticket holder's own place."""
    visitors = [house.visitor(APP) for _ in range(3)]
    numbers = [(await visitor.get("/")).json()["number"] for visitor in visitors]
    stranger = house.visitor(APP)
    answers: list[httpx.Response] = []

    async def seen() -> bool:
        answers.append(await stranger.get(house.own("line")))
        return bool(answers[-1].json()["waiting"] == 3)

    await house.everywhere(seen)
    answer = answers[-1]
    line = answer.json()
    directives = dict(part.strip().partition("=")[::2] for part in answer.headers["cache-control"].split(","))
    assert "public" in directives
    assert 1 <= int(directives["max-age"])
    assert [] == answer.headers.get_list("set-cookie")
    assert "cookie" not in answer.headers.get("vary", "").lower()
    expected = {
        "room": house.name, "mode": "pause", "rate": 600, "waiting": 3, "called": 0, "issued": 3, "opens_at": None,
        "message": "Hello",
    }  # fmt: skip
    assert expected == {name: line[name] for name in expected}
    before = dict(line["marks"])
    assert [0, 1, 2] == [before[number] for number in numbers]


@pytest.mark.room(mode="pause")
async def test_leaving_gives_the_place_up(house: House) -> None:
    """Both cookies are taken back; the ticket, if it was copied, is worth nothing. It is kept as a former one, with
    which only the support desk can do something."""
    visitor, next_one = house.visitor(APP), house.visitor(APP)
    ticket = (await visitor.get("/")).headers["waitroom-ticket"]
    await next_one.get("/")
    answer = await visitor.post(house.own("leave"))
    assert (200, "left") == (answer.status_code, answer.json()["state"])
    cleared = answer.headers.get_list("set-cookie")
    assert [f"waitroom_ticket_{house.name}=~~former={ticket}", f"waitroom_pass_{house.name}="] == [
        cookie.partition(";")[0] for cookie in cleared
    ]
    assert [False, True] == ["Max-Age=0" in cookie for cookie in cleared]
    assert 404 == (await visitor.get(house.own("status"))).status_code

    async def moved_up() -> bool:
        return bool((await next_one.get("/")).json()["position"] == 1)

    await eventually(moved_up)
    copy = house.visitor(APP, waitroom_ticket=ticket)

    async def known() -> bool:
        return bool((await copy.get(house.own("status"))).json()["state"] == "left")

    await house.everywhere(known)
    again = await copy.get("/")
    assert (503, 3) == (again.status_code, again.json()["number"])


@pytest.mark.room
async def test_leaving_from_inside_ends_the_visit(house: House) -> None:
    """Its capacity goes back at once, and its pass is refused."""
    visitor = house.visitor(APP)
    admission = (await visitor.get("/lab/echo")).headers["waitroom-pass"]
    assert 1 == (await house.store.advance()).sessions
    await visitor.post(house.own("leave"))
    assert 0 == (await house.store.advance()).sessions
    copy = house.visitor(APP, waitroom_pass=admission)

    async def refused() -> bool:
        answer = await copy.get(house.own("status"))
        return answer.status_code == 404 or answer.json()["state"] != "admitted"

    await eventually(refused)


@pytest.mark.room(mode="pause")
async def test_a_place_is_given_up_only_from_the_shops_own_pages(house: House) -> None:
    """Another site's form, or a mere link, cannot do it."""
    visitor = house.visitor(APP)
    await visitor.get("/")
    crossing = await visitor.post(house.own("leave"), headers={"sec-fetch-site": "cross-site"})
    link = await visitor.get(house.own("leave"))
    assert (403, 405, "POST") == (crossing.status_code, link.status_code, link.headers["allow"])
    assert 1 == (await visitor.get("/")).json()["number"]


@pytest.mark.room(mode="pause")
async def test_the_form_of_the_page_leaves_too(house: House) -> None:
    """A person gets a page, with the way back to the address first asked for."""
    visitor = house.visitor()
    await visitor.get("/lab/echo")
    answer = await visitor.post(house.own("leave"), data={"target": "/lab/echo?size=42"})
    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "/lab/echo?size=42" in answer.text


@pytest.mark.room
async def test_health(house: House) -> None:
    """Alive and ready, whatever the room does, for any host and with no cookie."""
    for state in ("live", "ready"):
        answer = await house.gateway.client({"host": "10.0.0.1"}).get(f"/__waitroom/health/{state}")
        assert (200, "ok") == (answer.status_code, answer.json()["status"])
        assert "no-store" in answer.headers["cache-control"]


@pytest.mark.room
@pytest.mark.parametrize(
    "path", ["/__waitroom/", "/__waitroom/nowhere/status", "/__waitroom/health/x", "/__waitroom/static/x.js"]
)
async def test_other_addresses_of_ours_are_not_the_shops(house: House, path: str) -> None:
    """Nothing below ``/__waitroom/`` ever reaches the shop."""
    answer = await house.visitor().get(path)
    assert 404 == answer.status_code
    assert [] == answer.headers.get_list("set-cookie")


@pytest.mark.room
async def test_status_once_inside(house: House) -> None:
    """Admitted, on any worker."""
    visitor = house.visitor()
    await entered(visitor)
    for _ in range(4):
        assert "admitted" == (await visitor.get(house.own("status"))).json()["state"]


async def test_a_room_without_a_draw_says_so(house: House) -> None:
    """A page for people, a problem for programs; and it is not for changing anything."""
    page = await house.visitor().get(house.own("draw"))
    assert (404, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    answer = await house.visitor(APP).get(house.own("draw"))
    assert (404, "urn:waitroom:no-draw") == (answer.status_code, answer.json()["type"])
    answer = await house.visitor(APP).post(house.own("draw"))
    assert (405, "GET, HEAD") == (answer.status_code, answer.headers["allow"])
