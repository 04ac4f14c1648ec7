"""Who gave an address is told of their turn, once, and nothing of it is left."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from redis.asyncio import Redis

from tests.admin.alerts.receiver import Receiver
from tests.contract.harness import APP, PAGE, House, entered, eventually
from tests.reminders.conftest import Mailbox

pytestmark = pytest.mark.anyio

SAME = {"sec-fetch-site": "same-origin"}


async def asks(house: House, client: httpx.AsyncClient, channel: str, address: str) -> httpx.Response:
    """Somebody gives an address."""
    form = {"channel": channel, "address": address, "to": "/lab/echo"}
    return await client.post(house.own("tell"), data=form, headers=SAME)


async def kept(redis: Redis, house: House) -> set[str]:
    """The keys of all that Redis keeps of reminders in a room but the bounds."""
    keys = [key async for key in redis.scan_iter(match=f"*{{{house.name}}}:reminder*")]
    names = {key.decode().partition("}:")[2] for key in keys}
    return names - {"reminders:leader"}


async def moves_on(house: House, rate: str = "60000") -> None:
    """The line moves."""
    await house.configure(rate=rate)


@pytest.mark.room("mailed")
async def test_a_mail_comes_when_the_turn_has_come_once_and_nothing_is_left(
    house: House, redis: Redis, mailbox: Mailbox
) -> None:
    """In the language of who asked, though two workers look; the address stands nowhere in the clear."""
    visitor = house.visitor(APP, accept_language="de")
    place = (await visitor.get("/lab/echo")).json()
    epoch = (await house.store.advance()).epoch
    answer = await asks(house, visitor, "mail", "Anna.Berzina+drop@Example.COM")
    assert (200, "mail") == (answer.status_code, answer.json()["channel"])
    there = await kept(redis, house)
    assert {"reminders", f"reminder:{epoch}:general:{place['number']}"} == there
    async for key in redis.scan_iter(match=f"*{{{house.name}}}*"):
        value = await redis.dump(key)
        assert b"anna" not in key.lower()
        assert value is None or b"berzina" not in value.lower()
    for name in there:
        assert 0 < await redis.pttl(f"waitroom:1:{{{house.name}}}:{name}") <= 86_400_000
    await moves_on(house)

    async def told() -> bool:
        return bool(mailbox.to("Anna.Berzina+drop@example.com"))

    await eventually(told, within=60)
    await asyncio.sleep(3)
    ((subject, text),) = mailbox.to("Anna.Berzina+drop@example.com")
    assert "dran" in subject
    assert "https://shop.example/drop" in text
    assert "waitroom_ticket" not in text
    assert set() == await kept(redis, house)
    await entered(visitor)


@pytest.mark.room("posted")
async def test_a_text_message_comes_when_the_turn_nears_and_when_it_is_there(
    house: House, redis: Redis, receiver: Receiver
) -> None:
    """By the room's own estimate; then the address is gone."""
    first = [house.visitor(APP) for _ in range(3)]
    for each in first:
        await each.get("/lab/echo")
    visitor = house.visitor(APP)
    await visitor.get("/lab/echo")
    assert 200 == (await asks(house, visitor, "sms", "00371 2000-0001")).status_code
    assert [] == receiver.got
    await moves_on(house, "12")

    async def told(count: int = 1) -> bool:
        return len(receiver.got) >= count

    await eventually(told, within=60)
    near = json.loads(receiver.got[0].body)
    assert "/posted/%2B37120000001" == receiver.got[0].target.replace("+", "%2B")
    assert "Your turn is near" == near["title"]
    assert "https://shop.example/drop" in near["message"]
    await moves_on(house)
    await eventually(lambda: told(2), within=60)
    assert "It’s your turn" == json.loads(receiver.got[1].body)["title"]
    await asyncio.sleep(3)
    assert 2 == len(receiver.got)
    assert set() == await kept(redis, house)


@pytest.mark.room("both")
async def test_who_goes_in_leaves_or_asks_for_it_is_forgotten(house: House, redis: Redis) -> None:
    """Without a message: whoever is there needs none."""
    stays, leaves, regrets = (house.visitor(APP) for _ in range(3))
    for number, each in enumerate((stays, leaves, regrets)):
        await each.get("/lab/echo")
        assert 200 == (await asks(house, each, "mail", f"somebody{number}@example.com")).status_code
    assert 4 == len(await kept(redis, house))
    assert "mail" == (await regrets.get(house.own("tell"))).json()["channel"]
    answer = await regrets.post(house.own("forget"), headers=SAME)
    assert (200, None) == (answer.status_code, answer.json()["channel"])
    assert 3 == len(await kept(redis, house))
    await leaves.post(house.own("leave"), headers=SAME)

    async def left(count: int) -> bool:
        return len(await kept(redis, house)) == count

    await eventually(lambda: left(2), within=60)
    await moves_on(house)
    await entered(stays)
    await eventually(lambda: left(0), within=60)


@pytest.mark.room("limits")
async def test_one_address_is_told_so_often_and_no_more_whoever_asks(house: House, redis: Redis) -> None:
    """Nobody floods a stranger, however it is spelled; a place is needed, and one that counts."""
    assert 404 == (await asks(house, house.visitor(APP), "mail", "victim@example.com")).status_code
    spellings = ("victim@example.com", "VICTIM@example.com", "victim+1@example.com", "victim+2@Example.com")
    statuses = []
    for each in spellings:
        visitor = house.visitor(APP)
        await visitor.get("/lab/echo")
        statuses.append((await asks(house, visitor, "mail", each)).status_code)
    assert [200, 200, 200, 429] == statuses
    refused = {
        "mail": ("", "nobody", "a@b", "a@@example.com", "a@example.com\r\nbcc: b@example.com", "a,b@example.com",
                 "a%2Cb@example.com", '"a b"@example.com', "x" * 300 + "@example.com", "a@example.com,b@example.com"),
        "sms": ("1234", "+3712", "+1 900 555 0100", "+37120000001,+37120000002", "tel:+37120000001"),
        "pigeon": ("a@example.com",),
        "whatsapp": ("+37120000001",),
    }  # fmt: skip
    visitor = house.visitor(APP)
    await visitor.get("/lab/echo")
    before = await kept(redis, house)
    for channel, addresses in refused.items():
        for address in addresses:
            answer = await asks(house, visitor, channel, address)
            assert (422, "urn:waitroom:address-refused") == (answer.status_code, answer.json()["type"]), (
                address
            )
    assert before == await kept(redis, house)
    form = {"channel": "mail", "address": "a@example.com"}
    foreign = await visitor.post(house.own("tell"), data=form, headers={"sec-fetch-site": "cross-site"})
    assert 403 == foreign.status_code


@pytest.mark.room("twice")
async def test_a_place_has_one_address_the_last(house: House, redis: Redis, mailbox: Mailbox) -> None:
    """Whoever mistyped it gives the right one; the wrong one is forgotten at once."""
    visitor = house.visitor(APP)
    await visitor.get("/lab/echo")
    await asks(house, visitor, "mail", "wrong@example.org")
    await asks(house, visitor, "mail", "right@example.org")
    assert 2 == len(await kept(redis, house))
    await moves_on(house)

    async def told() -> bool:
        return bool(mailbox.to("right@example.org"))

    await eventually(told, within=60)
    assert [] == mailbox.to("wrong@example.org")


@pytest.mark.room("page")
async def test_the_page_needs_no_script(house: House, redis: Redis) -> None:
    """A form takes the address, the answer says what will happen, and offers to forget it."""
    visitor = house.visitor(PAGE)
    await visitor.get("/lab/echo")
    page = (await visitor.get(f"{house.own('tell')}?to=/lab/echo")).text
    assert "<h1>Tell me when it is my turn</h1>" in page
    assert 'value="mail"' in page
    assert 'value="whatsapp"' not in page
    page = (await asks(house, visitor, "mail", '"><script>@example.com')).text
    assert "We cannot send a message there" in page
    assert "<script>@" not in page
    page = (await asks(house, visitor, "mail", "somebody@example.net")).text
    assert "You will be told by mail." in page
    assert "somebody@example.net" not in page
    page = (await visitor.post(house.own("forget"), headers=SAME, data={"to": "/lab/echo"})).text
    assert "<h1>Your address is deleted</h1>" in page
    assert set() == await kept(redis, house)
    stranger = await house.visitor(PAGE).get(f"{house.own('tell')}?to=/lab/echo")
    assert (303, "/lab/echo") == (stranger.status_code, stranger.headers["location"])
