"""Those inside share the shop: no more at once than it can do, checkout first, and never a hang."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE, Gateway, eventually, reached
from tests.contract.slow_shop import SlowShop, slow_shop

pytestmark = pytest.mark.anyio

HOST = {"host": "shop.example"}
CLASSES = [
    {"name": "checkout", "paths": ["/held/pay/*", "/quick/pay*"], "share": 0.5},
    {"name": "polls", "paths": ["/held/poll/*"], "counted": False},
]
OPEN = {"name": "main", "mode": "pass"}


@pytest.fixture
async def busy_shop() -> AsyncIterator[SlowShop]:
    """A shop whose answers wait for the test."""
    async with slow_shop() as shop:
        yield shop


def visitor(gateway: Gateway, headers: dict[str, str] = APP) -> httpx.AsyncClient:
    """A newcomer."""
    return gateway.client({**headers, **HOST})


class Asking:
    """Requests under way, each of a visitor of its own, in the order in which they were sent."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.tasks: dict[str, asyncio.Task[httpx.Response]] = {}
        self.clients: list[httpx.AsyncClient] = []

    async def ask(self, path: str, client: httpx.AsyncClient | None = None) -> asyncio.Task[httpx.Response]:
        """Ask for a path; returns when the request is well on its way."""
        if client is None:
            client = visitor(self.gateway)
            self.clients.append(client)
        task = self.tasks[path] = asyncio.create_task(client.get(path))
        await asyncio.sleep(0.15)
        return task

    async def statuses(self) -> list[int]:
        """How all of them were answered."""
        return [answer.status_code for answer in await asyncio.gather(*self.tasks.values())]


async def test_the_shop_never_has_more_than_the_limit(launch: StartGateway, busy_shop: SlowShop) -> None:
    """Forty visitors at once are served four at a time, all of them."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 4, "wait": "20s"})
    clients = [visitor(gateway) for _ in range(40)]
    answers = await asyncio.gather(*(client.get("/quick") for client in clients))
    assert [200] * 40 == [answer.status_code for answer in answers]
    assert 4 == busy_shop.most_at_once


async def test_the_limit_is_divided_by_the_workers(launch: StartGateway, busy_shop: SlowShop) -> None:
    """What the file says is for the gateway as a whole, rounded down."""
    shaping = {"concurrency": 5, "wait": "20s"}
    gateway = launch([OPEN], origin=busy_shop.url, workers=2, shaping=shaping)
    clients = [visitor(gateway) for _ in range(40)]
    answers = await asyncio.gather(*(client.get("/quick") for client in clients))
    assert [200] * 40 == [answer.status_code for answer in answers]
    assert 2 <= busy_shop.most_at_once <= 4


async def test_checkout_is_served_first(launch: StartGateway, busy_shop: SlowShop) -> None:
    """Whoever pays comes before those who browse and came earlier; they follow in their order."""
    gateway = launch(
        [OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "30s", "classes": CLASSES}
    )
    asking = Asking(gateway)
    paths = ["/held/1", "/held/2", "/held/3", "/held/pay/4", "/held/pay/5"]
    for path in paths:
        await asking.ask(path)
    order = [paths[0], *paths[3:], *paths[1:3]]
    for number, path in enumerate(order, 1):
        await busy_shop.until_asked(*order[:number])
        busy_shop.release(path)
    assert [200] * 5 == await asking.statuses()
    assert order == busy_shop.asked


async def test_a_visitor_with_many_requests_puts_nobody_back(
    launch: StartGateway, busy_shop: SlowShop
) -> None:
    """Of twenty at once a quarter of the slots is theirs; whoever comes then is served at once."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 8, "wait": "30s"})
    asking = Asking(gateway)
    async with visitor(gateway) as greedy:
        await greedy.get("/first")  # hands out the pass
        many = [asyncio.create_task(greedy.get(f"/held/{number}")) for number in range(20)]
        await eventually(lambda: _is(busy_shop.at_once == 2))
        other = await asyncio.wait_for(await asking.ask("/other"), 10)
        assert (200, 2) == (other.status_code, busy_shop.at_once)
        for number in range(20):
            busy_shop.release(f"/held/{number}")
        assert [200] * 20 == [answer.status_code for answer in await asyncio.gather(*many)]
    assert 3 >= busy_shop.most_at_once


async def _is(fact: bool) -> bool:
    return fact


async def test_overload_is_told_within_the_wait(launch: StartGateway, busy_shop: SlowShop) -> None:
    """503 with ``Retry-After``, for people a page, for programs a problem; the visit goes on as before."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "500ms"})
    asking = Asking(gateway)
    async with visitor(gateway, PAGE) as person, visitor(gateway) as program:
        before = await person.get("/first")
        await asking.ask("/held")
        begun = time.monotonic()
        page, problem = await asyncio.gather(person.get("/second"), program.get("/second"))
        assert 0.4 <= time.monotonic() - begun <= 5
        assert (503, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        assert "The shop is very busy" in page.text and "nothing was ordered" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (503, "urn:waitroom:busy") == (problem.status_code, problem.json()["type"])
        for answer in (page, problem):
            assert answer.headers["cache-control"].startswith("no-store, private")
            assert 1 <= int(answer.headers["retry-after"]) <= 2
        # whoever came while the shop was busy has a place all the same
        assert "waitroom-pass" in problem.headers
        busy_shop.release("/held")
        assert [200] == await asking.statuses()
        after = await person.get("/second")
        assert before.headers["visitor"] == after.headers["visitor"]


async def test_a_full_queue_is_told_at_once(launch: StartGateway, busy_shop: SlowShop) -> None:
    """It is not waited for what cannot come."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "60s", "queue": 1})
    asking = Asking(gateway)
    for path in ("/held/1", "/held/2"):
        await asking.ask(path)
    async with visitor(gateway) as third:
        assert 503 == (await asyncio.wait_for(third.get("/3"), 10)).status_code
    for path in asking.tasks:
        busy_shop.release(path)
    assert [200, 200] == await asking.statuses()


@pytest.mark.parametrize("body", [b"", b"x" * 5000], ids=["without-body", "with-body"])
async def test_who_leaves_while_waiting_is_forgotten(
    launch: StartGateway, busy_shop: SlowShop, body: bytes
) -> None:
    """The shop never hears of it, and the place in the queue is free at once for another."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "60s", "queue": 1})
    asking = Asking(gateway)
    await asking.ask("/held/1")
    head = "POST /leaves HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await asyncio.sleep(0.3)
    async with visitor(gateway) as refused:
        assert 503 == (await refused.get("/2")).status_code
    writer.transport.abort()
    await asyncio.sleep(0.3)
    await asking.ask("/held/3")
    for path in ("/held/1", "/held/3"):
        busy_shop.release(path)
    assert [200, 200] == await asking.statuses()
    assert ["/held/1", "/held/3"] == busy_shop.asked


async def test_a_body_waits_with_its_request(launch: StartGateway, busy_shop: SlowShop) -> None:
    """Every byte of it arrives, however much had come before it was the request's turn."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "30s"})
    asking = Asking(gateway)
    await asking.ask("/held/1")
    sizes = (10, 70_000, 3_000_000)
    bodies = [bytes(range(256)) * (size // 256) + b"end" for size in sizes]
    async with visitor(gateway) as one, visitor(gateway) as two, visitor(gateway) as three:
        posts = [
            asyncio.create_task(client.post("/body", content=body))
            for client, body in zip((one, two, three), bodies, strict=True)
        ]
        await asyncio.sleep(0.3)
        busy_shop.release("/held/1")
        assert [200] * 3 == [answer.status_code for answer in await asyncio.gather(*posts)]
    assert sorted([b"", *bodies]) == sorted(busy_shop.bodies)
    await asking.statuses()


async def test_who_asks_first_is_not_told_to_go_on(launch: StartGateway, busy_shop: SlowShop) -> None:
    """``Expect: 100-continue``: a body that may never be passed on need not be sent."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 1, "wait": "500ms"})
    asking = Asking(gateway)
    await asking.ask("/held")
    head = b"POST / HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\nContent-Length: 5\r\n"
    answer, _ = await gateway.raw(head + b"Expect: 100-continue\r\n\r\n", seconds=2)
    assert answer.startswith(b"HTTP/1.1 503 ")
    busy_shop.release("/held")
    await asking.statuses()


async def test_what_does_not_count_takes_no_slot(launch: StartGateway, busy_shop: SlowShop) -> None:
    """Long polls wait at the shop for hours and leave all slots to others; nor do they wait for one."""
    shaping = {"concurrency": 1, "wait": "300ms", "classes": CLASSES}
    gateway = launch([OPEN], origin=busy_shop.url, shaping=shaping)
    asking = Asking(gateway)
    await asking.ask("/held/poll/1")
    await asking.ask("/held/1")
    await asking.ask("/held/poll/2")
    await busy_shop.until_asked("/held/poll/1", "/held/1", "/held/poll/2")
    for path in asking.tasks:
        busy_shop.release(path)
    assert [200] * 3 == await asking.statuses()


async def test_event_streams_and_websockets_leave_their_slot(launch: StartGateway) -> None:
    """They count until the shop has answered; what follows is no work."""
    gateway = launch([OPEN], shaping={"concurrency": 1, "wait": "300ms"})
    async with visitor(gateway) as reader, visitor(gateway) as other:
        async with reader.stream("GET", "/lab/sse?count=100&every=0.2") as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            assert 200 == (await other.get("/lab/echo")).status_code
            await anext(lines)
        address = gateway.url.replace("http", "ws") + "/lab/ws"
        async with connect(address, proxy=None) as socket:
            await socket.send("hello")
            assert "hello" == await socket.recv()
            assert 200 == (await other.get("/lab/echo")).status_code


async def test_a_slow_reader_leaves_the_slot(launch: StartGateway) -> None:
    """A download that waits for its visitor is no work of the shop's."""
    gateway = launch([OPEN], shaping={"concurrency": 1, "wait": "7s"})
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=1024)
    writer.write(b"GET /lab/bytes/300000000 HTTP/1.1\r\nHost: shop.example\r\n\r\n")
    await reader.readline()
    async with visitor(gateway) as other:
        assert 200 == (await other.get("/lab/echo")).status_code
    writer.close()


async def test_stalled_uploads_leave_their_slots(launch: StartGateway, busy_shop: SlowShop) -> None:
    """Whoever does not send what was announced holds nothing; what comes at last arrives whole."""
    gateway = launch([OPEN], origin=busy_shop.url, shaping={"concurrency": 4, "wait": "6s"})
    async with visitor(gateway) as other:
        writers = []
        for _ in range(18):
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"POST /body HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n")
            writer.write(b"Content-Length: 10\r\nConnection: close\r\n\r\nfirst")
            writers.append(writer)
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(*(other.get(f"/{number}") for number in range(4)))
        assert [200] * 4 == [answer.status_code for answer in answers]
        writers[-1].write(b"-last")
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 10)
        assert b"first-last" in busy_shop.bodies
        for writer in writers:
            writer.close()


async def test_a_visitor_may_ask_only_so_often(launch: StartGateway) -> None:
    """429 with the seconds until the next; it costs nothing but that, and nobody else."""
    gateway = launch([OPEN], shaping={"visitor_rate": 30, "visitor_burst": 3})
    async with visitor(gateway) as hasty, visitor(gateway, PAGE) as other:
        first = await hasty.get("/lab/echo")
        statuses = [(await hasty.get("/lab/echo")).status_code for _ in range(3)]
        refused = await hasty.get("/lab/echo")
        assert [200, 200, 429] == statuses
        assert (429, "urn:waitroom:too-many-requests") == (refused.status_code, refused.json()["type"])
        seconds = int(refused.headers["retry-after"])
        assert 1 <= seconds <= 2 and seconds == refused.json()["retry_after"]
        for _ in range(3):
            assert 200 == (await other.get("/lab/echo")).status_code
        page = await other.get("/lab/echo")
        assert (429, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        assert "You are asking very often" in page.text and "Try again" in page.text
        await asyncio.sleep(seconds)
        again = await hasty.get("/lab/echo")
        assert reached(first)["waitroom-visitor"] == reached(again)["waitroom-visitor"]


async def test_who_has_no_visit_counts_by_address(launch: StartGateway) -> None:
    """Outside of all rooms nobody is known but by where they come from; visits are not counted there."""
    rooms = [{"name": "drop", "mode": "pass", "paths": ["/lab/echo/drop"]}]
    gateway = launch(rooms, shaping={"address_rate": 1, "address_burst": 2})
    async with visitor(gateway) as one, visitor(gateway) as two:
        statuses = [(await client.get("/lab/echo")).status_code for client in (one, two, one, two)]
        assert [200, 200, 429, 429] == statuses
        assert 200 == (await one.get("/lab/echo/drop")).status_code
    async with gateway.client(
        {**APP, **HOST, "x-forwarded-for": "192.0.2.7"}, local_address="127.0.0.2"
    ) as far:
        assert 200 == (await far.get("/lab/echo")).status_code
