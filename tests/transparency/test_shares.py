"""How much one visitor, one ticket or one address may have under way; others are not harmed, and it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.hardening.wire import Message
from tests.transparency.conftest import Launch
from tests.transparency.shop import Answer, Call, Premises, said
from tests.transparency.site import Site, admitted, request, until
from tests.transparency.visitor import Visitor

pytestmark = pytest.mark.anyio

REQUESTS, CONNECTIONS = 3, 5
PROXY = "127.0.0.2"
"""The one address that the gateway trusts."""


@pytest.fixture(scope="module")
def shared(launch_once: Launch, premises: Premises) -> Site:
    """A gateway that allows little at once, with a room that holds everybody."""
    rooms = [
        {"name": "open", "hosts": ["shop.example"], "rate": 100_000, "session": "10m"},
        {"name": "held", "hosts": ["held.example"], "mode": "pause"},
    ]
    return admitted(
        launch_once(rooms=rooms, max_requests_per_visitor=REQUESTS, max_connections_per_address=CONNECTIONS),
        premises,
    )


@dataclass
class Turnstile:
    """A shop that keeps everybody until told to let them go."""

    waiting: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self) -> Answer:
        """What the shop does."""

        async def answer(call: Call) -> None:
            self.waiting += 1
            told, gone = (asyncio.ensure_future(each) for each in (self.go.wait(), call.gone()))
            try:
                await asyncio.wait((told, gone), return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                await asyncio.wait((gone,))
                told.cancel()
                self.waiting -= 1
            await call.say(said(b"ok"))

        return answer


class Crowd:
    """Many visitors with a request under way."""

    def __init__(self, site: Site, shop: Turnstile, stack: AsyncExitStack) -> None:
        self.visitors: list[Visitor] = []
        self._site = site
        self.shop = shop
        self._stack = stack

    async def connect(self, address: str) -> Visitor:
        """One more, who is silent."""
        self.visitors.append(await self._stack.enter_async_context(self._site.visitor(address=address)))
        return self.visitors[-1]

    async def come(self, asked: bytes, address: str) -> Visitor:
        """One more, whose request comes to the shop."""
        visitor, before = await self.connect(address), self.shop.waiting
        await visitor.say(asked)
        await until(lambda: self.shop.waiting > before)
        return visitor

    async def refused(self, asked: bytes, address: str) -> Message:
        """One more, who is told 429."""
        visitor = await self.connect(address)
        await visitor.say(asked)
        answer = await visitor.answer()
        assert (429, [b"1"]) == (answer.status, answer.values(b"retry-after"))
        assert [b"application/problem+json"] == answer.values(b"content-type")
        return answer

    async def dismiss(self) -> None:
        """All are answered, and stay connected."""
        self.shop.go.set()
        for visitor in self.visitors:
            assert b"ok" == (await visitor.answer()).body
        self.shop.go.clear()


@asynccontextmanager
async def a_crowd(site: Site, premises: Premises) -> AsyncIterator[Crowd]:
    """In front of a shop that keeps everybody."""
    shop = Turnstile()
    async with premises.open(shop.answer()):
        async with AsyncExitStack() as stack:
            yield Crowd(site, shop, stack)
        await until(lambda: shop.waiting == 0)


async def test_requests_of_one_visit(shared: Site, premises: Premises) -> None:
    """Wherever they come from; an answered one makes room again, and so does one whose visitor left."""
    mine = shared.request(b"GET /")
    async with a_crowd(shared, premises) as crowd:
        for number in range(REQUESTS):
            await crowd.come(mine, f"127.0.0.{10 + number}")
        await crowd.refused(mine, "127.0.0.20")
        crowd.visitors.pop()
        await crowd.come(request(b"GET /"), "127.0.0.21")
        await crowd.dismiss()
        for visitor in crowd.visitors[:REQUESTS]:
            await visitor.say(mine)
        await until(lambda: crowd.shop.waiting == REQUESTS)
        crowd.visitors[0].leave()
        await asyncio.sleep(0.5)
        await crowd.come(mine, "127.0.0.24")


async def test_a_refusal_costs_no_connection(shared: Site, premises: Premises) -> None:
    """The same connection is served when there is room again."""
    mine = shared.request(b"GET /")
    async with a_crowd(shared, premises) as crowd:
        for _ in range(REQUESTS):
            await crowd.come(mine, "127.0.0.22")
        await crowd.refused(mine, "127.0.0.23")
        refused = crowd.visitors.pop()
        await crowd.dismiss()
        crowd.shop.go.set()
        await refused.say(mine)
        assert b"ok" == (await refused.answer()).body


async def test_event_streams_of_one_ticket(shared: Site) -> None:
    """Count for the ticket, whoever opens them; another ticket's are not harmed, and a closed one makes room."""

    async def ticket(stack: AsyncExitStack) -> tuple[bytes, bytes]:
        visitor = await stack.enter_async_context(shared.visitor(address="127.0.0.30"))
        await visitor.say(b"GET / HTTP/1.1\r\nHost: held.example\r\nAccept: application/json\r\n\r\n")
        answer = await visitor.answer()
        (shown,) = answer.values(b"waitroom-ticket")
        visitor.leave()
        return shown, answer.values(b"waitroom-room")[0]

    async def listen(stack: AsyncExitStack, shown: bytes, room: bytes, address: str) -> Visitor:
        visitor = await stack.enter_async_context(shared.visitor(address=address))
        line = b"GET /__waitroom/" + room + b"/events HTTP/1.1\r\nHost: held.example\r\n"
        await visitor.say(line + b"Waitroom-Ticket: " + shown + b"\r\n\r\n")
        return visitor

    async with AsyncExitStack() as stack:
        (mine, room), (other, _) = await ticket(stack), await ticket(stack)
        open_streams = []
        for _ in range(REQUESTS):
            open_streams.append(await listen(stack, mine, room, "127.0.0.31"))
            await open_streams[-1].until(b"event: status")
        answer = await (await listen(stack, mine, room, "127.0.0.32")).answer()
        assert (429, [b"1"]) == (answer.status, answer.values(b"retry-after"))
        await (await listen(stack, other, room, "127.0.0.33")).until(b"event: status")
        open_streams[0].leave()
        await asyncio.sleep(0.5)
        await (await listen(stack, mine, room, "127.0.0.34")).until(b"event: status")


async def test_connections_of_one_address(shared: Site, premises: Premises) -> None:
    """Silent ones count. One too many is told 429 and closed; others are not harmed; a closed one makes room."""
    async with a_crowd(shared, premises) as crowd:
        crowd.shop.go.set()
        for _ in range(CONNECTIONS):
            await crowd.connect("127.0.0.40")
        one_more = await crowd.connect("127.0.0.40")
        answer = await one_more.answer()
        assert (429, [b"close"]) == (answer.status, answer.values(b"connection"))
        await one_more.ends()
        one_more.leave()
        other = await crowd.connect("127.0.0.41")
        await other.say(request(b"GET /"))
        assert b"ok" == (await other.answer()).body
        crowd.visitors[0].leave()
        await asyncio.sleep(0.5)
        again = await crowd.connect("127.0.0.40")
        await again.say(request(b"GET /"))
        assert b"ok" == (await again.answer()).body


async def test_who_has_no_visit_counts_by_address_alone(shared: Site, premises: Premises) -> None:
    """Outside of every room an office, or a load balancer that nobody named, is many visitors and not one; so are
    those inside who keep no cookies."""
    async with a_crowd(shared, premises) as crowd:
        for _ in range(CONNECTIONS):
            await crowd.come(b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", "127.0.0.42")
        await crowd.dismiss()
        for visitor in crowd.visitors:
            await visitor.say(request(b"GET /"))
        await until(lambda: crowd.shop.waiting == CONNECTIONS)


def _by_proxy(address: bytes) -> bytes:
    return request(b"GET /", b"X-Forwarded-For: " + address)


async def test_requests_of_one_address_behind_a_proxy(shared: Site, premises: Premises) -> None:
    """The proxy's connections are not counted; of each address that it tells, the requests under way are."""
    async with a_crowd(shared, premises) as crowd:
        for _ in range(CONNECTIONS):
            await crowd.come(_by_proxy(b"203.0.113.7"), PROXY)
        await crowd.refused(_by_proxy(b"203.0.113.7"), PROXY)
        await crowd.refused(_by_proxy(b"198.51.100.1, 203.0.113.7"), PROXY)
        del crowd.visitors[-2:]
        await crowd.come(_by_proxy(b"203.0.113.8"), PROXY)
        await crowd.dismiss()
        crowd.shop.go.set()
        await crowd.visitors[0].say(_by_proxy(b"203.0.113.7"))
        assert b"ok" == (await crowd.visitors[0].answer()).body


async def test_ipv6_neighbours_behind_a_proxy(shared: Site, premises: Premises) -> None:
    """A network of 64 bits counts as one address: every subscriber has that many."""
    async with a_crowd(shared, premises) as crowd:
        for number in range(CONNECTIONS):
            await crowd.come(_by_proxy(b"2001:db8:0:1::%d" % number), PROXY)
        await crowd.refused(_by_proxy(b"2001:db8:0:1:ffff::1"), PROXY)
        await crowd.come(_by_proxy(b"2001:db8:0:2::1"), PROXY)


async def test_a_proxys_own_requests_are_not_counted(shared: Site, premises: Premises) -> None:
    """Its health checks come without an address to forward."""
    async with a_crowd(shared, premises) as crowd:
        for _ in range(CONNECTIONS + 2):
            await crowd.come(request(b"GET /"), PROXY)


async def test_nobody_is_counted_by_a_strangers_word(shared: Site, premises: Premises) -> None:
    """An address that an untrusted peer claims to forward neither helps it nor harms that address."""
    async with a_crowd(shared, premises) as crowd:
        for number in range(CONNECTIONS + 2):
            await crowd.come(_by_proxy(b"203.0.113.9"), f"127.0.0.{50 + number}")
        await crowd.come(_by_proxy(b"203.0.113.9"), PROXY)
