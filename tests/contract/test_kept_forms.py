"""A form that the room caught is kept, encrypted, and sent once after admission."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import cast

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, Gateway, House, eventually, start_gateway
from tests.contract.recording_shop import RecordingShop, served
from tests.privacy.marks import everything_in
from waitroom.cli.line import find_room
from waitroom.line.rules import Rules
from waitroom.privacy.inventory import inventory
from waitroom.settings import load

pytestmark = pytest.mark.anyio

HERE = {"sec-fetch-site": "same-origin"}
FIELDS = b"item=moon-jar&note=gr%C3%BC%C3%9Fe"
URLENCODED = {**HERE, "content-type": "application/x-www-form-urlencoded"}
LETTER = {**HERE, "content-type": "text/plain"}
KEPT = "Your form is kept"
LOST = "could not be kept"
FORMS = {"paths": ["/order/*"], "most_bytes": "4KiB", "fresh": "0s"}
ROOMS: list[dict[str, object]] = [
    {"name": name, "hosts": [f"{name}.example"], "mode": "queue", "rate": 0, "forms": {**FORMS, **more}}
    for name, more in (
        ("one", {}), ("two", {}), ("odd", {}), ("full", {"most": 2}), ("left", {}), ("late", {"keep": "1m"}),
        ("fresh", {"fresh": "1h"}), ("busy", {}), ("mixed", {}), ("other", {}),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Iterator[RecordingShop]:
    """A shop that remembers what reached it."""
    recording = RecordingShop()
    with served(recording):
        yield recording


@pytest.fixture(scope="module")
def gateway(
    shop: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway of two workers whose rooms hold everyone at first."""
    folder = tmp_path_factory.mktemp("forms")
    started = start_gateway(folder, redis_url, shop.url, ROOMS, workers=2, max_requests_per_visitor=4)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(autouse=True)
def plain(shop: RecordingShop) -> None:
    """The shop answers plainly, and has seen nothing yet."""
    shop.begin_anew()


class Room(House):
    """A room, and those in it."""

    async def opens(self) -> None:
        """From now on everybody is let in."""
        await self.configure(mode="pass")

    async def page_of_form(self, visitor: httpx.AsyncClient, path: str = "/order/1") -> str:
        """Lets a visitor in; the page that asks about the form."""
        answers: list[httpx.Response] = []

        async def led() -> bool:
            answers.append(await visitor.get(path))
            return answers[-1].status_code == 303

        await eventually(led)
        where = answers[-1].headers["location"]
        assert where.startswith(f"/__waitroom/{self.name}/form?to=")
        return (await visitor.get(where)).text


async def room(gateway: Gateway, redis: Redis, name: str) -> Room:
    """The room of that name, as it was at the start."""
    return Room(gateway, name, redis)


def posts(shop: RecordingShop) -> list[bytes]:
    """The bodies of the forms that reached the shop."""
    return [seen.body for seen in shop.seen if seen.method == "POST"]


async def test_a_form_is_sent_once_after_admission(
    gateway: Gateway, redis: Redis, shop: RecordingShop
) -> None:
    """Byte for byte as it was, to its own address, with the cookies of now; two tabs on two workers send it once."""
    house = await room(gateway, redis, "one")
    visitor = house.visitor()
    visitor.cookies.set("shop_session", "before")
    held = await visitor.post(
        "/order/1?step=2", content=FIELDS, headers={**URLENCODED, "referer": "http://x/cart"}
    )
    assert 503 == held.status_code and KEPT in held.text
    assert KEPT in (await visitor.get("/order/1?step=2")).text, "and still, when the page is loaded again"
    assert [] == shop.seen
    await house.opens()
    page = await house.page_of_form(visitor, "/order/1?step=2")
    assert "Send your form now?" in page and "<script" not in page
    assert 'action="/order/1?step=2"' in page
    visitor.cookies.set("shop_session", "now")
    sent = await asyncio.gather(
        *(visitor.post("/order/1?step=2", content=b"waitroom_form=1\r\n", headers=LETTER) for _ in range(4))
    )
    assert [FIELDS] == posts(shop)
    assert [200, 303, 303, 303] == sorted(answer.status_code for answer in sent)
    (seen,) = [seen for seen in shop.seen if seen.method == "POST"]
    assert "/order/1?step=2" == seen.target
    assert ["application/x-www-form-urlencoded"] == seen.all("content-type")
    assert ["http://x/cart"] == seen.all("referer")
    assert [str(len(FIELDS))] == seen.all("content-length")
    assert ["shop_session=now"] == seen.all("cookie")
    # the key is gone: nobody is asked again
    assert 200 == (await visitor.get("/order/1")).status_code
    assert not await redis.exists(*(await redis.keys("waitroom:1:{one}:forms*")) or ["none"])


async def test_files_come_through_byte_for_byte(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """A form with a file, whatever bytes are in it."""
    house = await room(gateway, redis, "mixed")
    visitor = house.visitor()
    files = {"photo": ("a b.bin", bytes(range(256)) * 4, "application/octet-stream")}
    request = visitor.build_request("POST", "/order/photo", data={"name": "é"}, files=files, headers=HERE)
    body = await request.aread()
    assert KEPT in (await visitor.send(request)).text
    await house.opens()
    await house.page_of_form(visitor, "/order/photo")
    await visitor.post("/order/photo", content=b"waitroom_form=1\r\n", headers=LETTER)
    assert [body] == posts(shop)
    (seen,) = [seen for seen in shop.seen if seen.method == "POST"]
    assert [request.headers["content-type"]] == seen.all("content-type")


async def test_redis_alone_discloses_nothing(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """Neither the fields nor the address; and a key from another cookie opens nothing."""
    house = await room(gateway, redis, "two")
    visitor, other = house.visitor(), house.visitor()
    await visitor.post("/order/secret-address", content=b"card=4111-1111", headers=URLENCODED)
    await other.post("/order/2", content=b"mine=1", headers=URLENCODED)
    kept = {place: text for place, text in (await everything_in(redis)).items() if "{two}:forms:" in place}
    assert 2 == len(kept)
    for text in kept.values():
        assert not any(word in text for word in (b"4111", b"card", b"secret-address", b"mine"))
    await house.opens()
    await house.page_of_form(visitor)
    ticket, key = (house.cookie(each, "ticket") or "" for each in (visitor, other))
    stolen = ticket.partition("~form=")[0] + "~form=" + key.partition("~form=")[2]
    visitor.cookies.set(f"waitroom_ticket_{house.name}", stolen, domain=f"{house.name}.example", path="/")
    answer = await visitor.post(
        "/order/secret-address", content=b"waitroom_form=1\r\n",
        headers={
            **LETTER, "cookie": f"waitroom_ticket_two={stolen}; waitroom_pass_two={house.cookie(visitor, 'pass')}",
        },
    )  # fmt: skip
    assert 303 == answer.status_code and [] == posts(shop)


@pytest.mark.parametrize(
    ("path", "headers", "body", "says"),
    [
        ("/order/1", {**URLENCODED, "sec-fetch-site": "cross-site"}, FIELDS, ""),
        ("/order/1", {**URLENCODED, "sec-fetch-site": "same-site"}, FIELDS, ""),
        ("/order/1", {**URLENCODED, "sec-fetch-site": ""}, FIELDS, ""),
        ("/other/1", URLENCODED, FIELDS, ""),
        ("/order/1", {**HERE, "content-type": "application/json"}, b"{}", ""),
        ("/order/1", {**URLENCODED, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", **APP}, FIELDS, ""),
        ("/order/1", URLENCODED, b"x" * 5000, LOST),
    ],
    ids=["another site", "a sibling", "unknown", "another path", "another kind", "a script", "too large"],
)
async def test_what_is_not_kept(
    gateway: Gateway, redis: Redis, path: str, headers: Mapping[str, str], body: bytes, says: str
) -> None:
    """Only a form of the shop's own pages that the rule is about, and that is small enough; the last is said."""
    house = await room(gateway, redis, "odd")
    answer = await house.visitor().post(path, content=body, headers={k: v for k, v in headers.items() if v})
    assert KEPT not in answer.text
    assert (LOST in answer.text) == bool(says)
    assert [] == await redis.keys("waitroom:1:{odd}:forms*")


async def test_a_room_keeps_no_more_than_it_may(gateway: Gateway, redis: Redis) -> None:
    """One form for each place, the last; and so many in all. Beyond that it is said, and nothing grows."""
    house = await room(gateway, redis, "full")
    first, *others = [house.visitor() for _ in range(6)]
    for number in range(3):
        assert KEPT in (await first.post("/order/1", content=b"n=%d" % number, headers=URLENCODED)).text
    told = [(await each.post("/order/1", content=FIELDS, headers=URLENCODED)).text for each in others]
    assert [True, False, False, False, False] == [KEPT in text for text in told]
    assert all(LOST in text for text in told[1:])
    assert 3 == len(await redis.keys("waitroom:1:{full}:forms*"))
    settings = load(gateway.config, environ={})
    holdings = inventory(settings, find_room(settings, "full"), Rules())
    for key in cast(list[bytes], await redis.keys("waitroom:1:{full}:forms*")):
        (holding,) = [each for each in holdings if each.covers(key.decode())]
        assert 0 < await redis.ttl(key) <= (holding.key_seconds or 0) == 14_400


async def test_what_is_left_is_forgotten(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """Whoever gives the place up, or does not want it sent any more, leaves nothing; nothing is sent."""
    house = await room(gateway, redis, "left")
    leaver, changer = house.visitor(), house.visitor()
    for each in (leaver, changer):
        await each.post("/order/1", content=FIELDS, headers=URLENCODED)
    await leaver.post(house.own("leave"), headers=HERE, data={"target": "/"})
    assert 1 == len(await redis.keys("waitroom:1:{left}:forms:*"))
    await house.opens()
    await house.page_of_form(changer)
    foreign = await changer.post(
        house.own("form"), data={"to": "/x"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert 403 == foreign.status_code
    gone = await changer.post(house.own("form"), data={"to": "/x"}, headers=HERE)
    assert (303, "/x") == (gone.status_code, gone.headers["location"])
    assert [] == await redis.keys("waitroom:1:{left}:forms*")
    assert 200 == (await changer.get("/order/1")).status_code
    assert [] == posts(shop)


async def test_one_that_is_over_is_said(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """Where Redis has it no more, its sender is told so, once, and nothing is sent."""
    house = await room(gateway, redis, "late")
    visitor = house.visitor()
    await visitor.post("/order/1", content=FIELDS, headers=URLENCODED)
    assert 0 < await redis.ttl((await redis.keys("waitroom:1:{late}:forms:*"))[0]) <= 60
    await redis.delete(*await redis.keys("waitroom:1:{late}:forms*"))
    await house.opens()
    assert "Your form is not kept any more" in await house.page_of_form(visitor)
    assert 200 == (await visitor.get("/order/1")).status_code
    assert [] == posts(shop)


async def test_one_of_another_place_is_lost_and_not_promised(gateway: Gateway, redis: Redis) -> None:
    """Who comes for a new place with what is left of an old one is told so while there is time, and once."""
    house = await room(gateway, redis, "other")
    before, after = house.visitor(), house.visitor()
    await before.post("/order/1", content=FIELDS, headers=URLENCODED)
    left = before.cookies["waitroom_ticket_other"]
    rest = f"waitroom_ticket_other=~{left.partition('~')[2]}"
    said = (await after.get("/order/1", headers={"cookie": rest})).text
    assert LOST in said and KEPT not in said
    again = (await after.get("/order/1")).text
    assert LOST not in again and KEPT not in again
    assert KEPT in (await before.get("/order/1")).text


async def test_a_fresh_one_is_sent_by_its_page(gateway: Gateway, redis: Redis) -> None:
    """A script presses the button; without one there it is."""
    house = await room(gateway, redis, "fresh")
    visitor = house.visitor()
    await visitor.post("/order/1", content=FIELDS, headers=URLENCODED)
    await house.opens()
    page = await house.page_of_form(visitor)
    assert re.search(r"<script[^>]*>[^<]*kept[^<]*submit", page)
    assert ">Send it</button>" in page


async def test_a_busy_gateway_loses_no_form(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """What was put off has not left the gateway: it is kept again, and can be sent again."""
    house = await room(gateway, redis, "busy")
    visitor = house.visitor()
    await visitor.post("/order/1", content=FIELDS, headers=URLENCODED)
    await house.opens()
    await house.page_of_form(visitor)
    shop.holding = True
    begun = [asyncio.create_task(visitor.get(f"/slow/{number}")) for number in range(60)]
    await asyncio.sleep(1.5)
    put_off = await visitor.post("/order/1", content=b"waitroom_form=1\r\n", headers=LETTER)
    shop.holding = False
    await asyncio.gather(*begun)
    assert 429 == put_off.status_code, "each worker allows a visitor four at once"
    assert [] == posts(shop)
    again = await visitor.post("/order/1", content=b"waitroom_form=1\r\n", headers=LETTER)
    assert (200, [FIELDS]) == (again.status_code, posts(shop))


async def test_another_site_cannot_have_it_sent(gateway: Gateway, redis: Redis, shop: RecordingShop) -> None:
    """Its letter comes with the pass at best: it is no letter then, and reaches the shop as what it is."""
    house = await room(gateway, redis, "one")
    visitor = house.visitor()
    await house.configure(mode="queue")
    await visitor.post("/order/9", content=FIELDS, headers=URLENCODED)
    await house.opens()
    await house.page_of_form(visitor, "/order/9")
    await visitor.post(
        "/order/9", content=b"waitroom_form=1\r\n", headers={**LETTER, "sec-fetch-site": "cross-site"}
    )
    assert FIELDS not in posts(shop)
    await visitor.post("/order/9", content=b"waitroom_form=1\r\n", headers=LETTER)
    assert FIELDS in posts(shop)


async def test_without_redis_it_is_said(gateway: Gateway) -> None:
    """A place in line, and a Redis that takes nothing more in: the page says that the form could not be kept."""
    redis = Redis.from_url(gateway.redis_url)
    house = await room(gateway, redis, "odd")
    visitor = house.visitor()
    await visitor.get("/order/1")
    await redis.config_set("maxmemory", "1")
    await redis.config_set("maxmemory-policy", "noeviction")
    try:
        answer = await visitor.post("/order/1", content=FIELDS, headers=URLENCODED)
    finally:
        await redis.config_set("maxmemory", "0")
        await redis.aclose()
    assert LOST in answer.text and KEPT not in answer.text, answer.text[-3500:]
