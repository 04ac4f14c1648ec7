"""Several addresses of one shop: which of them a request goes to, and which are passed over."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from waitroom.errors import OriginTimeoutError, OriginUnreachableError
from waitroom.proxy import Origin, OriginTimeouts
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.balance import Balancer
from waitroom.proxy.limits import PoolLimits

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LIMITS = PoolLimits(connect_seconds=2.0, keep_alive_seconds=4.0, max_connections=4, max_idle=4)


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that swallows packets: its queue of connections is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Gate:
    """Answers each request when told to."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked: list[bytes] = []

    async def __call__(self, reader: Any, writer: Any) -> None:
        while True:
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
            await self.open.wait()
            writer.write(OK)


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What was logged about addresses: how loud, and the first words."""
    return [
        (record.levelname, record.getMessage().partition(": ")[0])
        for record in caplog.records
        if record.getMessage().startswith("the origin http")
    ]


async def test_even_addresses_take_turns(start_shop: Any, start_gateway: Any) -> None:
    """Where all have as few, the address whose turn is longest ago gets the request."""
    shops = [await start_shop(OK) for _ in range(3)]
    gateway = await start_gateway(*(shop.url for shop in shops))
    for _ in range(9):
        assert (await gateway.get()).endswith(b"ok")
    assert [len(shop.heads) for shop in shops] == [3, 3, 3]
    assert [shop.connections for shop in shops] == [1, 1, 1]


async def test_the_one_with_the_fewest_gets_the_next(start_shop: Any, start_gateway: Any) -> None:
    """A slow address is not given more while a quick one has fewer requests."""
    slow = Gate()
    first, second = await start_shop(slow), await start_shop(OK)
    gateway = await start_gateway(first.url, second.url)
    held = asyncio.create_task(gateway.get())
    await gateway.until(lambda: len(slow.asked) == 1)
    for _ in range(6):
        assert (await gateway.get()).endswith(b"ok")
    assert (1, 6) == (len(slow.asked), len(second.heads))
    slow.open.set()
    await held


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
async def test_a_refused_connection_costs_nothing(
    start_shop: Any, start_gateway: Any, refusing: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who cannot be connected goes to the next address, whatever the method; one line tells it."""
    shop = await start_shop(OK)
    gateway = await start_gateway(refusing, shop.url)
    answers = await asyncio.gather(*(gateway.get(f"/{n}", method=method) for n in range(8)))
    assert all(answer.endswith(b"ok") for answer in answers)
    assert len(shop.heads) == 8
    assert lines(caplog) == [("WARNING", f"the origin {refusing} is passed over")]


async def test_a_body_is_sent_once(start_shop: Any, start_gateway: Any, refusing: str) -> None:
    """A body goes whole to the address that could be connected to."""
    bodies: list[bytes] = []

    async def keep(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        bodies.append(await reader.readexactly(5))
        writer.write(OK)

    shop = await start_shop(keep)
    gateway = await start_gateway(refusing, shop.url)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"
    assert (await gateway.ask(head + b"hello")).endswith(b"ok")
    assert bodies == [b"hello"]


async def test_an_address_that_swallows_packets(start_shop: Any, start_gateway: Any, silent: str) -> None:
    """Half of the patience with a connection is left for another address; then it is passed over."""
    shop = await start_shop(OK)
    gateway = await start_gateway(silent, shop.url, connect=2.0)
    assert (await gateway.get()).endswith(b"ok")
    assert f"<Pool {silent}, busy: 0, idle: 0, connecting: 0, waiting: 0, out>" in repr(gateway.origin)
    assert (await gateway.get()).endswith(b"ok")


async def test_all_out_is_no_reason_not_to_try(
    start_shop: Any, start_gateway: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Where every address is out, each is tried once; the first that answers is back at once."""
    shops = [await start_shop(OK) for _ in range(2)]
    gateway = await start_gateway(*(shop.url for shop in shops))
    ports = [int(shop.url.rpartition(":")[2]) for shop in shops]
    for shop in shops:
        await shop.stop()
    for _ in range(3):
        assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[-1], OriginUnreachableError)
    await shops[1].start(ports[1])
    for _ in range(4):
        assert (await gateway.get()).endswith(b"ok")
    assert lines(caplog) == [
        ("WARNING", f"the origin {shops[0].url} is passed over"),
        ("WARNING", f"the origin {shops[1].url} is passed over"),
        ("WARNING", f"the origin {shops[1].url} is back"),
    ]


async def test_a_trial_brings_it_back(
    start_shop: Any, start_gateway: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """After a second one request tries the address that was out; with its answer it has its turns again."""
    first, second = await start_shop(OK), await start_shop(OK)
    port = int(first.url.rpartition(":")[2])
    await first.stop()
    gateway = await start_gateway(first.url, second.url)
    await gateway.get()
    await first.start(port)
    begun = time.monotonic()
    for _ in range(4):
        await gateway.get()
    if time.monotonic() - begun < 0.9:
        assert first.heads == []
    await asyncio.sleep(1.1)
    for _ in range(5):
        assert (await gateway.get()).endswith(b"ok")
    assert len(first.heads) in (2, 3)
    assert [line for _, line in lines(caplog)] == [
        f"the origin {first.url} is passed over",
        f"the origin {first.url} is back",
    ]


async def test_a_failing_shop_is_not_out(start_shop: Any, start_gateway: Any) -> None:
    """Answers of 5xx are answers: the address keeps its turns."""
    sad = await start_shop(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    gateway = await start_gateway(sad.url, (await start_shop(OK)).url)
    for _ in range(6):
        await gateway.get()
    assert len(sad.heads) == 3
    assert ", out>" not in repr(gateway.origin)


async def test_beyond_all_limits_the_first_room_is_taken(start_shop: Any, start_gateway: Any) -> None:
    """Those who found every address full wait in order, and go to whichever has room first."""
    slow, quick = Gate(), Gate()
    gateway = await start_gateway(
        (await start_shop(slow)).url, (await start_shop(quick)).url, max_connections=1
    )
    asking = []
    for number in range(6):
        asking.append(asyncio.create_task(gateway.get(f"/{number}")))
        await gateway.until(
            lambda n=number: (
                len(slow.asked) + len(quick.asked) == min(n + 1, 2)
                and f", waiting: {max(n - 1, 0)}>>" in repr(gateway.origin)
            )
        )
    quick.open.set()
    await gateway.until(lambda: len(quick.asked) == 5)
    assert (slow.asked, quick.asked) == ([b"/0"], [b"/1", b"/2", b"/3", b"/4", b"/5"])
    slow.open.set()
    assert all(answer.endswith(b"ok") for answer in await asyncio.gather(*asking))
    assert repr(gateway.origin).count("busy: 0,") == 2


async def test_who_leaves_the_queue_holds_nothing(start_shop: Any, start_gateway: Any) -> None:
    """Who waits too long for any address is told 504, and nothing is kept for them."""
    gates = [Gate(), Gate()]
    gateway = await start_gateway(
        *[(await start_shop(gate)).url for gate in gates], max_connections=1, connect=0.3
    )
    held = [asyncio.create_task(gateway.get()) for _ in range(2)]
    await gateway.until(lambda: all(gate.asked for gate in gates))
    assert (await gateway.get()).startswith(b"HTTP/1.1 504 ")
    assert isinstance(gateway.outcomes[0], OriginTimeoutError)
    assert ", waiting: 0>>" in repr(gateway.origin)
    for gate in gates:
        gate.open.set()
    await asyncio.gather(*held)
    assert all(len(gate.asked) == 1 for gate in gates)


async def test_closing_refuses_everybody(start_shop: Any, start_gateway: Any) -> None:
    """After ``aclose`` nobody waits and nothing is open; nobody is blamed for it."""
    gates = [Gate(), Gate()]
    shops = [await start_shop(gate) for gate in gates]
    gateway = await start_gateway(*(shop.url for shop in shops), max_connections=1)
    asking = [asyncio.create_task(gateway.get()) for _ in range(4)]
    await gateway.until(lambda: ", waiting: 2>>" in repr(gateway.origin))
    await gateway.origin.aclose()
    assert [answer[:13] for answer in await asyncio.gather(*asking)] == [b"HTTP/1.1 502 "] * 4
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    for gate in gates:
        gate.open.set()
    await gateway.until(lambda: all(shop.open == 0 for shop in shops))
    assert ", out>" not in repr(gateway.origin)


async def test_hanging_up_again_and_again_is_a_failure(start_shop: Any, start_gateway: Any) -> None:
    """An address that hangs up on three in a row is passed over, and a trial that ends so does not bring it back."""

    async def slam(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")

    sad, other = await start_shop(slam), await start_shop(OK)
    gateway = await start_gateway(sad.url, other.url)
    answers = [await gateway.get() for _ in range(9)]
    assert 3 == sum(answer.startswith(b"HTTP/1.1 502 ") for answer in answers)
    out = f"<Pool {sad.url}, busy: 0, idle: 0, connecting: 0, waiting: 0, out>"
    assert out in repr(gateway.origin)
    await asyncio.sleep(1.1)
    await gateway.get()
    assert 4 == sad.connections
    assert out in repr(gateway.origin)


async def test_an_answer_between_hang_ups(start_shop: Any) -> None:
    """Hang-ups are counted from the last answer on; a visitor who left without one is not an answer."""
    shop, other = await start_shop(OK), await start_shop(OK)
    balancer = Balancer([OriginAddress.parse(url) for url in (shop.url, other.url)], LIMITS)

    async def hang_up() -> None:
        balancer.fail(await balancer.queue())
        balancer.discard(await balancer.queue())

    await hang_up()
    await hang_up()
    answered = await balancer.queue()
    answered.answered = True
    balancer.discard(answered)
    balancer.discard(await balancer.queue())
    await hang_up()
    await hang_up()
    balancer.discard(await balancer.queue())
    balancer.discard(await balancer.queue())
    assert ", out>" not in repr(balancer)
    await hang_up()
    assert f"<Pool {shop.url}, busy: 0, idle: 0, connecting: 0, waiting: 0, out>" in repr(balancer)
    assert 1 == repr(balancer).count(", out>")
    await balancer.aclose()


async def kills(reader: Any, writer: Any) -> None:
    """Hang up on one URL, answer the others."""
    while True:
        if b" /kill " in await reader.readuntil(b"\r\n\r\n"):
            return
        writer.write(OK)


async def test_a_url_that_every_address_hangs_up_on(start_shop: Any, start_gateway: Any) -> None:
    """Where all hang up on one URL, no address is passed over for it, however often it is asked for."""
    gateway = await start_gateway(*[(await start_shop(kills)).url for _ in range(3)])
    for _ in range(16):
        assert (await gateway.get("/kill")).startswith(b"HTTP/1.1 502 ")
    assert ", out>" not in repr(gateway.origin)
    for number in range(30):
        path = "/kill" if number % 2 else "/"
        assert (path == "/") == (await gateway.get(path)).endswith(b"ok")
    assert ", out>" not in repr(gateway.origin)


async def test_a_fresh_connection_finds_room(start_shop: Any) -> None:
    """Who must have a new connection gets it where unused ones fill the limit: one of those goes."""
    shops = [await start_shop(OK) for _ in range(2)]
    limits = replace(LIMITS, max_connections=1)
    balancer = Balancer([OriginAddress.parse(shop.url) for shop in shops], limits)
    first, second = await balancer.queue(), await balancer.queue()
    balancer.release(second)
    first.requests = 2
    balancer.fail(first)
    async with asyncio.timeout(5):
        again = [await balancer.queue(fresh=True) for _ in range(2)]
    assert second not in again
    assert second.closed
    assert 4 == len({first, second, *again})
    await balancer.aclose()


async def test_a_kept_connection_without_an_answer_is_none(start_shop: Any) -> None:
    """Every origin closes kept connections: that one did so is no failure of its address."""
    shop = await start_shop(OK)
    balancer = Balancer([OriginAddress.parse(shop.url)], LIMITS)
    connection = await balancer.queue()
    connection.requests = 2
    balancer.fail(connection)
    assert ", out>" not in repr(balancer)
    await balancer.aclose()


async def test_probes(start_shop: Any, refusing: str) -> None:
    """The origin answers when one address does; where none does, the reason of each is told."""
    shop = await start_shop(OK)
    origin = Origin(refusing, shop.url)
    assert 200 == await origin.probe()
    unreachable, fine = await origin.probe_each()
    assert isinstance(unreachable.outcome, OriginUnreachableError)
    assert 200 == fine.outcome
    await origin.aclose()
    with pytest.raises(OriginUnreachableError) as error:
        await Origin(refusing, "http://127.0.0.1:9").probe()
    assert refusing in str(error.value)
    assert "http://127.0.0.1:9" in str(error.value)


async def test_a_probe_does_not_wait_for_the_slowest(start_shop: Any) -> None:
    """The first proper answer decides, however long another address is silent."""
    gate = Gate()
    origin = Origin(
        (await start_shop(gate)).url, (await start_shop(OK)).url, timeouts=OriginTimeouts(probe=30)
    )
    async with asyncio.timeout(10):
        assert 200 == await origin.probe()
    await origin.aclose()


async def test_answers_go_to_who_asked(start_shop: Any, start_gateway: Any) -> None:
    """With addresses that come and go under load, every visitor is answered, and with their own page."""

    async def echo(reader: Any, writer: Any) -> None:
        while True:
            name = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
            await asyncio.sleep(0.002)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))

    shops = [await start_shop(echo) for _ in range(3)]
    gateway = await start_gateway(*(shop.url for shop in shops), max_connections=3)
    port = int(shops[2].url.rpartition(":")[2])

    async def visitor(number: int) -> None:
        for page in range(20):
            name = b"/%d-%d" % (number, page)
            answer = await gateway.get(name.decode())
            assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(name)

    async def come_and_go() -> None:
        await shops[2].stop()
        await asyncio.sleep(0.2)
        await shops[2].start(port)

    await asyncio.gather(come_and_go(), *(visitor(number) for number in range(16)))
    assert repr(gateway.origin).count("busy: 0,") == 3
