"""Rooms changed over the API."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from redis.asyncio import Redis

from admin.app import build_console
from admin.audit.entry import Outcome
from admin.audit.log import Filter
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import SECRET, Client
from tests.admin.people import Browser, make_user, signed_in, token_of
from waitroom.assembly.redis import connect
from waitroom.settings import Settings

pytestmark = pytest.mark.anyio

ANY = {"if-match": "*"}


async def test_a_change_answers_with_the_room_as_it_is_then(client: Client) -> None:
    """With its new ETag, and what became of each setting; the record names who and why."""
    operator = client(Role.OPERATOR)
    before = await operator.get("/api/rooms/drop")
    answer = await operator.patch(
        "/api/rooms/drop",
        json={"rate": 60, "challenge": {"when": "auto"}, "keep": "20m", "reason": "payment\nis slow"},
        headers={"if-match": before.headers["etag"]},
    )
    told = answer.json()
    settings = told["settings"]

    assert 200 == answer.status_code
    assert (60, 1200, "auto") == (told["rate"], settings["keep"], settings["challenge"]["when"])
    assert {
        "rate": {"before": 120, "after": 60},
        "keep": {"before": 600, "after": 1200},
        "challenge.when": {"before": "off", "after": "auto"},
    } == told["changed"]
    assert before.headers["etag"] != answer.headers["etag"] == told["etag"]
    last = told["last_change"]
    assert ("token test operator", "payment is slow") == (last["who"], last["why"])
    assert told["changed"] == last["changed"]
    assert told["etag"] == (await operator.get("/api/rooms/drop")).headers["etag"]


async def test_what_a_room_says_is_taken_back_as_a_change(client: Client) -> None:
    """`settings` has the form of a change; sent as it is, nothing is new and nothing is recorded."""
    operator = client(Role.OPERATOR)
    for room in ("drop", "late-sale"):
        told = (await operator.get(f"/api/rooms/{room}")).json()
        answer = await operator.patch(f"/api/rooms/{room}", json=told["settings"], headers=ANY)
        assert (200, {}) == (answer.status_code, answer.json()["changed"])
        assert told["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"speed": 3}, "'speed' cannot be changed while the room runs; allowed: rate, capacity"),
        ({"rate": "fast"}, "rate: 'fast' was given, allowed is a number from 0 to 1000000"),
        ({"rate": True}, "rate: true was given, allowed is a number from 0 to 1000000"),
        ({"rate": 1e300}, "rate: 1e+300 was given"),
        ({"rate": None}, "rate: null was given"),
        ({"rate": {"x": 1}}, "'rate.x' cannot be changed"),
        ({"rate": [60]}, "rate: [60] was given"),
        ({"keep": "30s"}, "entry (1m now) must not be longer than keep (30s)"),
        ({"adaptive": {"latency": "soon"}}, "adaptive.latency: 'soon' was given, allowed is a duration"),
        ({"adaptive": {"ignore": ["/x"]}}, "'adaptive.ignore' cannot be changed"),
        ({"challenge": 5}, "'challenge' cannot be changed"),
        ({"message": "x" * 501}, "message: "),
        ({"lanes": {"vips": {"weight": 1}}}, "'weight.vips' cannot be changed"),
        ({"rate": 5, "reason": 5}, "reason: allowed is one text"),
        ({"rate": 5, "reason": "a", "why": "b"}, "reason: allowed is one text"),
        ({}, "It changes nothing; allowed: rate"),
        ({"reason": "only"}, "It changes nothing; allowed: rate"),
        ([1], "The body must be a JSON object"),
    ],
)
async def test_a_wrong_change_is_told_and_changes_nothing(client: Client, body: object, told: str) -> None:
    """In the words of the settings, with what is allowed."""
    operator = client(Role.OPERATOR)
    before = await operator.get("/api/rooms/drop")
    answer = await operator.patch("/api/rooms/drop", json=body, headers=ANY)
    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert told in answer.json()["detail"]
    assert before.headers["etag"] == (await operator.get("/api/rooms/drop")).headers["etag"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b'{"rate": NaN}', 400), (b"[" * 5000, 400), (b"\xff", 400), (b" " * 70_000, 413)],
)
async def test_what_is_no_json_is_refused(client: Client, body: bytes, status: int) -> None:
    """Whatever it is called."""
    answer = await client(Role.OPERATOR).patch("/api/rooms/drop", content=body, headers=ANY)
    assert status == answer.status_code


async def test_a_change_must_say_by_what_it_goes(client: Client) -> None:
    """Without If-Match it is 428; brakes need none."""
    operator = client(Role.OPERATOR)
    assert 428 == (await operator.patch("/api/rooms/drop", json={"rate": 1})).status_code
    assert 200 == (await operator.post("/api/rooms/drop/pause")).status_code


@pytest.mark.parametrize("form", ['"{}"', "{}", 'W/"{}"', '"1", "{}"'])
async def test_an_etag_is_known_as_proxies_and_people_write_it(client: Client, form: str) -> None:
    """One of several is enough; a foreign one matches nothing."""
    operator = client(Role.OPERATOR)
    version = (await operator.get("/api/rooms/drop")).json()["version"]
    for tag in ('"1"', '"x"', "", "x*"):
        wrong = await operator.patch("/api/rooms/drop", json={"rate": 1}, headers={"if-match": tag})
        assert 412 == wrong.status_code
    right = await operator.patch(
        "/api/rooms/drop", json={"rate": 1}, headers={"if-match": form.format(version)}
    )
    assert 200 == right.status_code


async def test_fifty_at_once_by_the_same_state_are_one_change(client: Client) -> None:
    """The others are told what there is now, and have changed nothing."""
    operator = client(Role.OPERATOR)
    etag = (await operator.get("/api/rooms/drop")).headers["etag"]

    async def change(rate: int) -> httpx.Response:
        return await operator.patch("/api/rooms/drop", json={"rate": rate}, headers={"if-match": etag})

    answers = await asyncio.gather(*(change(1000 + each) for each in range(50)))
    won = [answer.json()["rate"] for answer in answers if answer.status_code == 200]
    lost = [answer.json() for answer in answers if answer.status_code == 412]
    assert (1, 49) == (len(won), len(lost))
    assert won == [(await operator.get("/api/rooms/drop")).json()["rate"]]
    assert {won[0]} == {told["state"]["rate"] for told in lost}
    assert "Somebody has changed the room meanwhile: token test operator." in lost[0]["detail"]


async def test_two_consoles_race_and_nothing_is_lost(
    app: object, client: Client, settings: Settings, redis: Redis
) -> None:
    """Two settings of one table, each changed again and again at another console: both end as they were set last."""
    other = build_console(settings, connect(settings.redis_url or ""), [SECRET])
    async with other.router.lifespan_context(other):
        console: Console = other.state.console
        token = console.tokens.make(Role.OPERATOR, label="other", made_by="test")
        here, headers = client(Role.OPERATOR), {"authorization": f"Bearer {token}", **ANY}
        transport = httpx.ASGITransport(other)
        async with httpx.AsyncClient(transport=transport, base_url="http://other.test") as there:
            for bits in range(19, 22):
                answers = await asyncio.gather(
                    here.patch("/api/rooms/drop", json={"challenge": {"bits": bits - 1}}, headers=ANY),
                    there.patch(
                        "/api/rooms/drop", json={"challenge": {"most_bits": bits + 4}}, headers=headers
                    ),
                )
                assert [200, 200] == [answer.status_code for answer in answers]
            stale = (await here.get("/api/rooms/drop")).headers["etag"]
            await there.patch("/api/rooms/drop", json={"rate": 77}, headers=headers)
            late = await here.patch("/api/rooms/drop", json={"rate": 78}, headers={"if-match": stale})
        assert (412, 77) == (late.status_code, late.json()["state"]["rate"])
        challenge = late.json()["state"]["settings"]["challenge"]
        assert (20, 25) == (challenge["bits"], challenge["most_bits"])


async def test_what_the_gateway_measures_overtakes_nobody(client: Client, console: Console) -> None:
    """A limit that adaptive admission sets once a second leaves the ETag as it is."""
    operator = client(Role.OPERATOR)
    etag = (await operator.get("/api/rooms/drop")).headers["etag"]
    room = console.live.rooms["drop"]
    await room.change({"limit_rate": "50"}, who="adaptive admission", why="the shop is slow")
    told = (await operator.get("/api/rooms/drop")).json()
    assert (etag, 50, 120) == (told["etag"], told["admission_rate"], told["rate"])
    answer = await operator.patch("/api/rooms/drop", json={"rate": 90}, headers={"if-match": etag})
    assert 200 == answer.status_code


async def test_a_pause_remembers_the_mode(client: Client, console: Console) -> None:
    """However it came: `resume` returns to the mode before, and is nothing where nobody paused."""
    operator = client(Role.OPERATOR)
    assert {} == (await operator.post("/api/rooms/drop/resume")).json()["changed"]
    await operator.patch("/api/rooms/drop", json={"mode": "queue"}, headers=ANY)
    for pause in ("API", "API again", "elsewhere"):
        if pause == "elsewhere":
            await console.live.rooms["drop"].change({"mode": "queue"}, who="ada")
            await console.live.rooms["drop"].change({"mode": "pause"}, who="ada")
        else:
            paused = await operator.post("/api/rooms/drop/pause", json={"reason": "stock is counted"})
            told = paused.json()
            assert ("pause", "queue") == (told["mode"], told["resumes_to"])
            assert "stock is counted" in told["limited_by"]["text"]
    resumed = (await operator.post("/api/rooms/drop/resume")).json()
    assert ("queue", None) == (resumed["mode"], resumed["resumes_to"])
    assert {"mode": {"before": "pause", "after": "queue"}} == resumed["changed"]
    late = (await operator.post("/api/rooms/late-sale/resume")).json()
    assert "auto" == late["mode"]


async def test_lanes_are_weighed(client: Client) -> None:
    """In either form; the least share of the general lane is kept."""
    operator = client(Role.OPERATOR)
    url = "/api/rooms/late-sale"
    one = await operator.patch(url, json={"lanes": {"members": {"weight": 5}}}, headers=ANY)
    other = await operator.patch(url, json={"weight.members": 2}, headers=ANY)
    wrong = await operator.patch(url, json={"weight": {"members": 1000}}, headers=ANY)
    twice = await operator.patch(url, json={"weight": {"members": 1}, "weight.members": 2}, headers=ANY)
    assert {"weight.members": {"before": 3, "after": 5}} == one.json()["changed"]
    assert {"members": {"weight": 2}, "general": {"weight": 1}} == other.json()["settings"]["lanes"]
    assert [1, 2] == [lane["weight"] for lane in other.json()["lanes"]]
    assert (422, 422) == (wrong.status_code, twice.status_code)
    assert "less than its general_share" in wrong.json()["detail"]


async def test_undo_takes_back_what_was_set_last(client: Client) -> None:
    """All of it, a message with an arrow too; done twice it is there again."""
    operator = client(Role.OPERATOR)
    change = {"rate": 60, "message": "now -> later", "adaptive": {"on": True, "latency": "800ms"}}
    await operator.patch("/api/rooms/drop", json=change, headers=ANY)
    undone = await operator.post("/api/rooms/drop/undo", json={"reason": "a slip"})
    told = undone.json()
    assert 200 == undone.status_code
    assert {
        "rate": {"before": 60, "after": 120},
        "message": {"before": "now -> later", "after": ""},
        "adaptive.on": {"before": True, "after": False},
        "adaptive.latency": {"before": 0.8, "after": None},
    } == told["changed"]
    assert told["last_change"]["why"].startswith("a slip (undoes ")
    again = (await operator.post("/api/rooms/drop/undo")).json()
    assert (60, "now -> later", 0.8) == (
        again["rate"],
        again["message"],
        again["settings"]["adaptive"]["latency"],
    )


async def test_only_an_operators_last_turn_can_be_undone(client: Client, console: Console) -> None:
    """Not what the file set, nor after the schedule has set something; what is measured comes not between."""
    operator, room = client(Role.OPERATOR), console.live.rooms["drop"]
    of_file = await operator.post("/api/rooms/drop/undo")
    assert (409, "urn:waitroom:nothing-to-undo") == (of_file.status_code, of_file.json()["type"])
    changed = await operator.patch("/api/rooms/drop", json={"rate": 60}, headers=ANY)
    await room.change({"limit_rate": "50"}, who="adaptive admission")
    old = await operator.post("/api/rooms/drop/undo", headers={"if-match": '"1"'})
    assert 412 == old.status_code
    undone = await operator.post("/api/rooms/drop/undo", headers={"if-match": changed.headers["etag"]})
    assert (200, 120) == (undone.status_code, undone.json()["rate"])
    await room.change({"rate": "300"}, who="schedule", why="opening-night")
    after = await operator.post("/api/rooms/drop/undo")
    assert 409 == after.status_code
    assert "the schedule" in after.json()["detail"]


async def test_a_reset_begins_another_life_of_the_line(client: Client, console: Console) -> None:
    """It is the admin's; a wrong confirmation, or another state than was seen, changes nothing."""
    admin, url = client(Role.ADMIN), "/api/rooms/drop"
    await console.live.rooms["drop"].general.store.join(3)
    before = (await admin.get(url)).json()
    assert 403 == (await client(Role.OPERATOR).post(f"{url}/reset")).status_code
    assert 422 == (await admin.post(f"{url}/reset", json={"confirm": "dorp"})).status_code
    assert 422 == (await admin.post(f"{url}/reset", json={"confrim": "drop"})).status_code
    assert 412 == (await admin.post(f"{url}/reset", headers={"if-match": '"1"'})).status_code
    assert before["epoch"] == (await admin.get(url)).json()["epoch"]
    body = {"confirm": "drop", "reason": "rehearsal is over"}
    done = await admin.post(f"{url}/reset", json=body, headers={"if-match": before["etag"]})
    told = done.json()
    assert (200, 0, 0) == (done.status_code, told["issued"], told["waiting"])
    assert before["epoch"] < told["epoch"]
    events = (await admin.get(f"{url}/events?type=reset")).json()
    assert {"rehearsal is over"} == {event["why"] for event in events}


async def test_the_audit_log_has_what_was_done_and_what_was_refused(client: Client, console: Console) -> None:
    """With before, after and why; a preview, and an answer that is given again, are no actions."""
    operator, url = client(Role.OPERATOR), "/api/rooms/drop"
    key = {"idempotency-key": "a", **ANY}
    for _ in range(2):
        await operator.patch(url, json={"rate": 60, "reason": "slow"}, headers=key)
    await operator.patch(url, json={"rate": 70, "reason": "too late"}, headers={"if-match": '"1"'})
    await operator.post(f"{url}/preview", json={"rate": 80})
    await operator.post(f"{url}/reset", json={"reason": "mine"})
    refused, overtaken, done = await console.audit.page(Filter(about="drop"))
    assert ("changeRoom", Outcome.DONE, "slow", 200) == (done.action, done.outcome, done.why, done.status)
    assert ('{"rate": 120.0}', '{"rate": 60.0}') == (done.before, done.after)
    assert ("changeRoom", Outcome.REFUSED, "too late", 412) == (
        overtaken.action, overtaken.outcome, overtaken.why, overtaken.status,
    )  # fmt: skip
    assert ("resetRoom", Outcome.REFUSED, 403) == (refused.action, refused.outcome, refused.status)


async def test_people_confirm_a_reset(console: Console, browser: Browser) -> None:
    """With the room's name; a program has named it in the address."""
    await make_user(console, "ada", Role.ADMIN)
    ada = await signed_in(browser(), "ada")
    headers = {"x-csrf-token": await token_of(ada, "/account")}
    bare = await ada.post("/api/rooms/drop/reset", headers=headers)
    assert (422, "urn:waitroom:confirm") == (bare.status_code, bare.json()["type"])
    done = await ada.post("/api/rooms/drop/reset", json={"confirm": "drop"}, headers=headers)
    assert 200 == done.status_code
