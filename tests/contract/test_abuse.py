"""Those who would take more of the line than is theirs, at a running gateway."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, SECRET, House, entered, eventually
from waitroom.gate.challenges import LIFE_MS, Challenges
from waitroom.shaping.challenge import Puzzle, solve

pytestmark = pytest.mark.anyio

PROXY = "127.0.0.2"
"""The trusted proxy of these gateways."""
HELD = {"mode": "queue", "rate": 0}
"""A room in which everyone waits."""
EASY = {"when": "always", "bits": 8, "most_bits": 8}


def visitor(house: House, address: str, headers: Mapping[str, str] = APP, **more: str) -> httpx.AsyncClient:
    """A newcomer from this address."""
    return house.visitor(headers, local_address=PROXY, x_forwarded_for=address, **more)


def solution(answer: httpx.Response) -> str:
    """The answer to the challenge of a problem."""
    asked = answer.json()
    number = solve(Puzzle(asked["bits"], asked["salt"], asked["target"]))
    return f"{asked['challenge']}~{number}"


async def everything(redis: Redis) -> bytes:
    """All keys and values of Redis, in one text."""
    found = b""
    async for key in redis.scan_iter():
        match await redis.type(key):
            case b"string":
                found += key + b" " + (await redis.get(key) or b"") + b"\n"
            case b"hash":
                found += key + b" " + repr(await redis.hgetall(key)).encode() + b"\n"
            case b"zset":
                found += key + b" " + repr(await redis.zrange(key, 0, -1)).encode() + b"\n"
            case b"stream":
                found += key + b" " + repr(await redis.xrange(key)).encode() + b"\n"
            case other:
                found += key + b" " + other + b"\n"
    return found


@pytest.mark.room(**HELD, join_limit={"per_address": 5, "per_network": 12, "window": "1h"})
async def test_an_address_and_a_network_take_so_many_places(house: House) -> None:
    """Of many who come at once, whichever worker takes them, exactly as many get a place as may; the others are told
    when to come again. Another network is not touched by it."""

    async def join(address: str) -> tuple[str, int]:
        answer = await visitor(house, address).get("/drop")
        if answer.status_code == 429:
            assert "urn:waitroom:too-many-joins" == answer.json()["type"]
            assert 0 < int(answer.headers["retry-after"]) <= 720
            assert "waitroom-ticket" not in answer.headers
        return address, answer.status_code

    addresses = [f"198.51.100.{number % 4}" for number in range(48)] + ["203.0.113.7"] * 3
    answers = await asyncio.gather(*(join(address) for address in addresses))
    held = Counter(address for address, status in answers if status == 503)
    assert 3 == held.pop("203.0.113.7")
    assert 12 == held.total()
    assert max(held.values()) <= 5
    assert {503, 429} == {status for _, status in answers}


@pytest.mark.room(**HELD, join_limit={"per_address": 1, "window": "1h"})
async def test_one_subscriber_is_one_address(house: House) -> None:
    """An IPv6 /64 is one address, and so is an IPv4 address in whatever form."""
    for first, second in (("2001:db8::1", "2001:db8::2:1"), ("192.0.2.1", "::ffff:192.0.2.1")):
        assert 503 == (await visitor(house, first).get("/drop")).status_code
        assert 429 == (await visitor(house, second).get("/drop")).status_code
    assert 503 == (await visitor(house, "2001:db8:0:1::1").get("/drop")).status_code


@pytest.mark.room(**HELD, join_limit={"per_address": 1, "window": "1h"})
async def test_a_proxy_of_our_own_is_nobody_s_address(house: House) -> None:
    """What a trusted proxy asks without saying for whom is not limited; what others claim is not believed."""
    for _ in range(3):
        own = house.visitor(APP, local_address=PROXY)
        assert 503 == (await own.get("/drop")).status_code
    claims = [house.visitor(APP, x_forwarded_for=f"192.0.2.{number}") for number in range(3)]
    assert [503, 429, 429] == [(await claim.get("/drop")).status_code for claim in claims]


@pytest.mark.room(**HELD, join_limit={"per_address": 1, "window": "1h"})
async def test_who_has_a_place_is_never_limited(house: House) -> None:
    """Reloads, polls and second tabs are no joins; a person beyond the limit reads a page that tries again."""
    first = visitor(house, "192.0.2.1", PAGE)
    for _ in range(5):
        assert 503 == (await first.get("/drop")).status_code
    assert 200 == (await first.get(house.own("status"))).status_code
    second = await visitor(house, "192.0.2.1", PAGE).get("/drop?a=1&b=<x>")
    assert 429 == second.status_code
    assert second.headers["refresh"] == second.headers["retry-after"]
    assert "from your network" in second.text
    assert "/drop?a=1&amp;b=%3Cx%3E" in second.text or "&lt;x&gt;" in second.text
    assert "set-cookie" not in second.headers


@pytest.mark.room(
    **HELD, join_limit={"per_address": 2, "per_network": 2}, challenge=EASY, sharing={"networks": 2}
)
async def test_no_address_is_in_redis(house: House, redis_url: str) -> None:
    """Whatever a visitor does, no key and no value shows an address or a network, and what there is expires."""
    addresses = ["198.51.100.77", "2001:db8:aaaa:bbbb::77"]
    for address in addresses:
        client = visitor(house, address)
        told = await client.get("/drop")
        answer = await client.get("/drop", headers={"waitroom-challenge": solution(told)})
        assert 503 == answer.status_code
    redis = Redis.from_url(redis_url)
    try:
        found = (await everything(redis)).lower()
        mine = [key async for key in redis.scan_iter(f"*{{{house.name}}}:joins:*")]
        assert 6 == len(mine)
        assert all([0 < await redis.pttl(key) <= 600_000 for key in mine])
    finally:
        await redis.aclose()
    for trace in (
        b"198.51",
        b"100.77",
        b"c633644d",
        b"\xc6\x33\x64",
        b"2001:db8",
        b"20010db8",
        b"aaaa:bbbb",
        b"aaaabbbb",
    ):
        assert trace not in found


@pytest.mark.room(**HELD, challenge=EASY)
async def test_an_app_solves_its_challenge(house: House) -> None:
    """A call is told what to find and how to answer; the answer gets it a place, and the next request needs none."""
    client = house.visitor(APP)
    told = await client.get("/drop")
    assert 403 == told.status_code
    problem = told.json()
    assert "urn:waitroom:challenge-required" == problem["type"]
    assert (8, 10) == (problem["bits"], problem["wait_seconds"])
    assert "application/problem+json" == told.headers["content-type"]
    assert "no-store, private" == told.headers["cache-control"]
    held = await client.get("/drop", headers={"waitroom-challenge": solution(told)})
    assert 503 == held.status_code
    ticket = held.headers["waitroom-ticket"]
    again = await house.visitor(APP, waitroom_ticket=ticket).get("/drop")
    assert (503, held.json()["number"]) == (again.status_code, again.json()["number"])


@pytest.mark.room(**HELD, challenge=EASY)
async def test_one_solution_is_one_place(house: House) -> None:
    """A solution that twenty clients use at once, on whichever worker, gets one of them a place."""
    answer = solution(await house.visitor(APP).get("/drop"))
    answers = await asyncio.gather(
        *(house.visitor(APP, waitroom_challenge=answer).get("/drop") for _ in range(20))
    )
    assert Counter({403: 19, 503: 1}) == Counter(answer.status_code for answer in answers)
    new = next(answer for answer in answers if answer.status_code == 403)
    assert new.json()["challenge"] != answer.partition("~")[0]
    assert 503 == (await house.visitor(APP, waitroom_challenge=solution(new)).get("/drop")).status_code


@pytest.mark.room(**HELD, challenge={"when": "always", "bits": 10, "most_bits": 10})
async def test_answers_that_do_not_count(house: House) -> None:
    """Unsolved, wrong, forged, expired, easier than the least, of another room: each is challenged again."""
    now = (await house.store.advance()).clock
    mine = Challenges(house.name, [SECRET])

    def solved(challenges: Challenges, bits: int, at: int) -> str:
        challenge = challenges.issue(bits, at)
        return f"{challenge.text}~{solve(challenge.puzzle)}"

    wrong = [
        mine.issue(10, now).text,
        mine.issue(10, now).text + "~1025",
        solved(Challenges(house.name, ["somebody else's secret"]), 10, now),
        solved(mine, 10, now - LIFE_MS - 5_000),
        solved(mine, 8, now),
        solved(Challenges("other", [SECRET]), 10, now),
        "", "~", "x" * 5000,
    ]  # fmt: skip
    for text in wrong:
        answer = await house.visitor(APP, waitroom_challenge=text).get("/drop")
        assert 403 == answer.status_code, text
    good = solved(mine, 10, now)
    assert 503 == (await house.visitor(APP, waitroom_challenge=good).get("/drop")).status_code


@pytest.mark.room(**HELD, challenge=EASY)
async def test_the_page_tells_its_answer_to_the_address_to_wait_at(house: House) -> None:
    """A navigation gets the page; what its script sends gets the browser a place, and no cookie but the ticket's."""
    client = house.visitor(PAGE)
    page = await client.get("/drop")
    assert 503 == page.status_code
    text = challenge_of(house, client)
    assert text in page.text
    puzzle = Challenges(house.name, [SECRET]).read(text, (await house.store.advance()).clock).challenge.puzzle
    told = {
        "waitroom-challenge": f"{text}~{solve(puzzle)}",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
    }
    answer = await client.get(house.own("wait"), headers=told)
    assert answer.headers["waitroom-ticket"] == house.cookie(client, "ticket")
    held = await client.get("/drop")
    assert 'id="line"' in held.text
    assert {f"waitroom_ticket_{house.name}"} == set(client.cookies)


def challenge_of(house: House, client: httpx.AsyncClient) -> str:
    """What a visitor's cookie holds of a challenge."""
    return (house.cookie(client, "ticket") or "").partition("~challenge=")[2]


@pytest.mark.room(**HELD, challenge=EASY)
async def test_without_javascript_one_waits(house: House) -> None:
    """The page of the challenge comes back by itself; who has waited for as long as it said gets a place, once, and
    one of an address at a time. Reloading meanwhile begins nothing anew."""
    client = visitor(house, "192.0.2.1", PAGE)
    page = await client.get("/drop")
    assert "10" == page.headers["refresh"]
    assert "10 seconds" in page.text
    text = challenge_of(house, client)
    again = await client.get("/drop")
    assert text == challenge_of(house, client) != ""
    assert int(again.headers["refresh"]) <= 10
    # the gateway's own time: on a busy machine the room's clock falls behind the wall's
    now = (await house.store.advance()).clock
    waited = [Challenges(house.name, [SECRET]).issue(8, now - 11_000).text for _ in range(2)]
    answers = []
    for cookie in (waited[0], waited[0], waited[1]):
        each = visitor(house, "192.0.2.1", PAGE, cookie=f"waitroom_ticket_{house.name}=~~challenge={cookie}")
        answers.append(await each.get("/drop"))
    assert 'id="line"' in answers[0].text
    assert ['id="line"' in answer.text for answer in answers[1:]] == [False, False]
    assert 0 < int(answers[2].headers["refresh"]) <= 10
    elsewhere = visitor(
        house, "192.0.2.2", PAGE, cookie=f"waitroom_ticket_{house.name}=~~challenge={waited[1]}"
    )
    assert 'id="line"' in (await elsewhere.get("/drop")).text


@pytest.mark.room(**HELD, challenge={**EASY, "without_script": "refuse"})
async def test_where_waiting_does_not_help(house: House) -> None:
    """The page says that JavaScript is needed and does not come back by itself; waiting gets nobody in."""
    client = house.visitor(PAGE)
    page = await client.get("/drop")
    assert "refresh" not in page.headers
    assert "Please turn it on" in page.text
    old = Challenges(house.name, [SECRET]).issue(8, (await house.store.advance()).clock - 60_000).text
    assert 403 == (await house.visitor(APP, waitroom_challenge=old).get("/drop")).status_code
    assert (await house.visitor(APP).get("/drop")).json()["wait_seconds"] is None


@pytest.mark.room(rate=60, burst="1s", challenge={"when": "auto", "bits": 8, "most_bits": 10})
async def test_auto_challenges_while_the_line_grows(house: House) -> None:
    """Nobody is challenged in an idle room, nor the first of a crowd; once the line grows faster than it moves, each
    newcomer is, and the harder the faster it grows. A line that no longer grows challenges nobody."""
    assert 200 == (await entered(house.visitor(APP))).status_code
    asked: list[httpx.Response] = []

    async def challenged() -> bool:
        asked.extend(await asyncio.gather(*(house.visitor(APP).get("/drop") for _ in range(20))))
        return asked[-1].status_code == 403

    await eventually(challenged)
    assert 403 != asked[0].status_code
    assert 8 <= asked[-1].json()["bits"] <= 10
    await house.configure(rate="100000")
    assert 200 == (await entered(house.visitor(APP))).status_code


@pytest.mark.room(
    **HELD,
    join_limit={"per_address": 2, "window": "1h", "beyond": "challenge"},
    challenge={"bits": 8, "most_bits": 8},
)
async def test_beyond_the_limit_one_works_harder(house: House) -> None:
    """Nobody is challenged within the limit; beyond it each place costs a challenge eight times as hard."""
    for _ in range(2):
        assert 503 == (await visitor(house, "192.0.2.1").get("/drop")).status_code
    for _ in range(3):
        told = await visitor(house, "192.0.2.1").get("/drop")
        assert (403, 11) == (told.status_code, told.json()["bits"])
        answer = await visitor(house, "192.0.2.1", waitroom_challenge=solution(told)).get("/drop")
        assert 503 == answer.status_code
    assert 503 == (await visitor(house, "192.0.2.2").get("/drop")).status_code


@pytest.mark.room(
    rate=600,
    join_limit={"per_address": 2, "window": "1h", "beyond": "suspects"},
    lanes={"suspects": {"weight": 0}},
)
async def test_beyond_the_limit_one_is_a_suspect(house: House) -> None:
    """Even where nobody waits: a place in a lane that never moves, of which no end is promised. Others are let
    in past it, and a suspect's ticket stays one when the line is begun anew."""
    for _ in range(2):
        assert 200 == (await visitor(house, "192.0.2.1").get("/lab/echo")).status_code
    suspect = visitor(house, "192.0.2.1")
    for _ in range(3):
        held = await suspect.get("/lab/echo")
        assert (503, "suspects", None) == (held.status_code, held.json()["lane"], held.json()["eta_seconds"])
        assert 200 == (await visitor(house, f"198.51.100.{_}").get("/lab/echo")).status_code
        await asyncio.sleep(0.4)
    ticket = held.headers["waitroom-ticket"]
    await house.store.reset(who="test", why="")

    async def restarted() -> bool:
        return (await suspect.get(house.own("status"))).status_code == 404

    await house.everywhere(restarted)
    again = await visitor(house, "192.0.2.1", waitroom_ticket=ticket).get("/lab/echo")
    assert (503, "suspects") == (again.status_code, again.json()["lane"])


@pytest.mark.room(mode="queue", rate=600, challenge=EASY)
async def test_a_place_that_was_lost_is_made_good_once(house: House) -> None:
    """Who held a ticket when the line was begun anew gets a new place unchallenged: once for each ticket."""
    told = await house.visitor(APP).get("/drop")
    await house.configure(rate="0")
    held = await house.visitor(APP, waitroom_challenge=solution(told)).get("/drop")
    ticket = held.headers["waitroom-ticket"]
    await house.store.reset(who="test", why="")
    client = house.visitor(APP, waitroom_ticket=ticket)

    async def restarted() -> bool:
        answer = await client.get(house.own("status"))
        return answer.status_code == 404

    await house.everywhere(restarted)
    answers = await asyncio.gather(*(client.get("/drop") for _ in range(10)))
    assert Counter({403: 9, 503: 1}) == Counter(answer.status_code for answer in answers)


@pytest.mark.room(**HELD)
async def test_the_challenge_is_turned_on_live(house: House) -> None:
    """Ops staff under attack need no restart; what is wrong changes nothing."""
    assert 503 == (await house.visitor(APP).get("/drop")).status_code
    house.gateway.set(house.name, "challenge.bits=8", "challenge.most_bits=9", "challenge.when=always")

    async def challenged() -> bool:
        return (await house.visitor(APP).get("/drop")).status_code == 403

    await house.everywhere(challenged)
    for wrong in ("challenge.bits=10", "join_limit.beyond=suspects"):
        with pytest.raises(subprocess.CalledProcessError) as refused:
            house.gateway.set(house.name, wrong)
        assert 1 == refused.value.returncode
        assert b"Traceback" not in refused.value.stderr
    assert 8 <= (await house.visitor(APP).get("/drop")).json()["bits"] <= 9


@pytest.mark.room(rate=600, sharing={"networks": 5, "window": "30s"})
async def test_a_pass_used_from_many_networks_is_ended(house: House, redis_url: str) -> None:
    """Its visit ends for all who use it, and the record says why, with no address in it. Others are not touched."""
    one, other = visitor(house, "192.0.2.1"), visitor(house, "192.0.2.1")
    shared = (await one.get("/lab/echo")).headers["waitroom-pass"]
    kept = (await other.get("/lab/echo")).headers["waitroom-pass"]
    await house.configure(mode="queue", rate="0")

    async def use(held: str, networks: int) -> list[int]:
        clients = [
            visitor(house, f"198.51.{number}.{turn}", waitroom_pass=held)
            for number in range(networks)
            for turn in range(3 * house.gateway.workers)
        ]
        return [answer.status_code for answer in await asyncio.gather(*(c.get("/lab/echo") for c in clients))]

    async def ended() -> bool:
        return set(await use(shared, 9)) == {503}

    assert {200} == set(await use(kept, 4))
    await eventually(ended, within=20)
    assert {200} == set(await use(kept, 4))
    redis = Redis.from_url(redis_url)
    try:
        log: Any = await redis.xrange(f"waitroom:1:{{{house.name}}}:log")
        events = [fields for _, fields in log if fields[b"type"] == b"shared"]
        assert not [
            key
            async for key in redis.scan_iter(f"*{{{house.name}}}:networks:*")
            if await redis.pttl(key) > 30_000
        ]
    finally:
        await redis.aclose()
    assert 1 <= len(events) <= house.gateway.workers
    members = {b"type", b"epoch", b"clock", b"visit", b"networks", b"seconds", b"why", b"chain"}
    assert members == set(events[0])
    assert 5 < int(events[0][b"networks"]) <= 9
    assert b"198.51" not in b"".join(events[0].values())
