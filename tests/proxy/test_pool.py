"""Which connection a request goes out on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from waitroom.errors import OriginTimeoutError, OriginUnreachableError

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_connections_are_kept(start_shop: Any, start_gateway: Any) -> None:
    """Requests one after the other go out on one connection."""
    shop = await start_shop(OK)
    gateway = await start_gateway(shop.url)
    for _ in range(5):
        assert (await gateway.get()).endswith(b"ok")
    assert shop.carried_by == [1, 1, 1, 1, 1]


async def test_at_most_max_idle_are_kept(start_shop: Any, start_gateway: Any) -> None:
    """Connections beyond ``max_idle`` are closed when they are no longer used."""
    shop = await start_shop(_after_a_moment)
    gateway = await start_gateway(shop.url, max_idle=2)
    await asyncio.gather(*(gateway.get() for _ in range(6)))
    assert shop.connections > 2
    await gateway.until(lambda: shop.open == 2)
    assert "busy: 0, idle: 2," in repr(gateway.origin)


async def _after_a_moment(reader: Any, writer: Any) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.2)
        writer.write(OK)


async def test_an_unused_connection_expires(start_shop: Any, start_gateway: Any) -> None:
    """After ``keep_alive`` seconds without a request a connection is closed."""
    shop = await start_shop(OK)
    gateway = await start_gateway(shop.url, keep_alive=0.2)
    await gateway.get()
    await gateway.until(lambda: shop.open == 0)
    assert "idle: 0," in repr(gateway.origin)
    await gateway.get()
    assert shop.carried_by == [1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
)
async def test_an_origin_may_decline_to_keep(start_shop: Any, start_gateway: Any, answer: bytes) -> None:
    """After ``Connection: close``, or an answer of HTTP/1.0, the connection is not used again."""
    shop = await start_shop(answer)
    gateway = await start_gateway(shop.url)
    for _ in range(2):
        assert (await gateway.get()).endswith(b"ok")
    assert shop.carried_by == [1, 2]


async def test_stray_bytes_never_reach_the_next_visitor(start_shop: Any, start_gateway: Any) -> None:
    """What comes on a connection after its answer is thrown away, and the connection with it."""

    async def poison(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        if not answered.is_set():
            await answered.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nALIEN")
        await reader.read(-1)

    answered = asyncio.Event()
    shop = await start_shop(poison)
    gateway = await start_gateway(shop.url)
    assert (await gateway.get()).endswith(b"ok")
    assert "idle: 1," in repr(gateway.origin)
    answered.set()
    await gateway.until(lambda: "idle: 0," in repr(gateway.origin))
    assert (await gateway.get()).endswith(b"ok")
    assert shop.connections == 2


@pytest.mark.parametrize("surplus", [b"body", b"4\r\nbody\r\n0\r\n\r\n", b"4"])
@pytest.mark.parametrize("framing", [b"Content-Length: 4", b"Transfer-Encoding: chunked"])
async def test_a_body_after_head_never_reaches_the_next_visitor(
    start_shop: Any, start_gateway: Any, framing: bytes, surplus: bytes
) -> None:
    """An origin that sends a body in answer to HEAD gets no second request on that connection."""
    shop = await start_shop(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n" + surplus)
    gateway = await start_gateway(shop.url)
    for _ in range(2):
        assert (await gateway.get(method="HEAD")).endswith(b"\r\n\r\n")
    assert shop.carried_by == [1, 2]


class DiesAfterOne:
    """Answers the first request of its first connection, and closes that one at its second request."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.first = True

    async def __call__(self, reader: Any, writer: Any) -> None:
        first, self.first = self.first, False
        while True:
            self.seen.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[0])
            writer.write(OK)
            if first:
                self.seen.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[0])
                return


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_a_dead_connection_is_replaced(start_shop: Any, start_gateway: Any, method: str) -> None:
    """A kept connection that dies before any byte of the answer costs an idempotent request nothing."""
    till = DiesAfterOne()
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    await gateway.get()
    assert (await gateway.get(method=method)).startswith(b"HTTP/1.1 200 OK")
    assert till.seen == [b"GET", method.encode(), method.encode()]


async def test_what_may_have_been_done_is_not_repeated(start_shop: Any, start_gateway: Any) -> None:
    """A POST on a connection that died is a 502: it may have been carried out."""
    till = DiesAfterOne()
    shop = await start_shop(till)
    gateway = await start_gateway(shop.url)
    await gateway.get()
    assert (await gateway.get(method="POST")).startswith(b"HTTP/1.1 502 ")
    assert till.seen == [b"GET", b"POST"]


async def test_an_answer_that_began_is_not_asked_for_again(start_shop: Any, start_gateway: Any) -> None:
    """After one byte of an answer the request is not repeated, idempotent or not."""

    async def half(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"H")

    shop = await start_shop(half)
    gateway = await start_gateway(shop.url)
    await gateway.get()
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert shop.connections == 1


async def test_a_fresh_connection_is_not_retried(start_shop: Any, start_gateway: Any) -> None:
    """An origin that closes new connections without an answer is asked once."""

    async def slam(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")

    shop = await start_shop(slam)
    gateway = await start_gateway(shop.url)
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert shop.connections == 1


async def test_a_hang_up_leaves_the_unused_alone(start_shop: Any, start_gateway: Any) -> None:
    """A URL on which the shop hangs up costs the connection that it was asked for on, and no other."""
    together = asyncio.Barrier(4)

    async def kills(reader: Any, writer: Any) -> None:
        while True:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
            if path == b"/kill":
                return
            await together.wait()
            writer.write(OK)

    shop = await start_shop(kills)
    gateway = await start_gateway(shop.url)
    await asyncio.gather(*(gateway.get() for _ in range(4)))
    assert (await gateway.get("/kill")).startswith(b"HTTP/1.1 502 ")
    assert "busy: 0, idle: 3," in repr(gateway.origin)
    assert 5 == shop.connections


async def test_beyond_the_limit_requests_wait_their_turn(start_shop: Any, start_gateway: Any) -> None:
    """No more than ``max_connections`` are with the origin at once; the others follow in order of arrival."""
    order: list[bytes] = []
    most = 0
    now = 0

    async def count(reader: Any, writer: Any) -> None:
        nonlocal most, now
        while True:
            order.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.1)
            now -= 1
            writer.write(OK)

    shop = await start_shop(count)
    gateway = await start_gateway(shop.url, max_connections=1)
    asking = []
    for number in range(6):
        asking.append(asyncio.create_task(gateway.get(f"/{number}")))
        await gateway.until(lambda n=number: f"waiting: {n}>" in repr(gateway.origin) or len(order) > 0)
        await asyncio.sleep(0.02)
    answers = await asyncio.gather(*asking)
    assert all(answer.endswith(b"ok") for answer in answers)
    assert most == 1
    assert order == [b"/0", b"/1", b"/2", b"/3", b"/4", b"/5"]


async def test_waiting_for_a_turn_ends(start_shop: Any, start_gateway: Any) -> None:
    """Who waits longer than ``connect`` seconds for a free connection is told 504, and leaves the queue."""

    async def hold(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go.wait()
        writer.write(OK)
        await reader.read(-1)

    go = asyncio.Event()
    shop = await start_shop(hold)
    gateway = await start_gateway(shop.url, max_connections=1, connect=0.2)
    first = asyncio.create_task(gateway.get())
    await gateway.until(lambda: "busy: 1," in repr(gateway.origin))
    assert (await gateway.get()).startswith(b"HTTP/1.1 504 ")
    assert isinstance(gateway.outcomes[0], OriginTimeoutError)
    assert "busy: 1, idle: 0, connecting: 0, waiting: 0>" in repr(gateway.origin)
    go.set()
    assert (await first).endswith(b"ok")


async def test_closing_refuses_who_waits(start_shop: Any, start_gateway: Any) -> None:
    """After ``aclose`` nobody waits, nothing is open, and new requests are refused."""

    async def hold(reader: Any, writer: Any) -> None:
        await reader.read(-1)

    shop = await start_shop(hold)
    gateway = await start_gateway(shop.url, max_connections=1)
    asking = [asyncio.create_task(gateway.get()) for _ in range(3)]
    await gateway.until(lambda: "waiting: 2>" in repr(gateway.origin))
    await gateway.origin.aclose()
    answers = await asyncio.gather(*asking)
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 502 "] * 3
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[-1], OriginUnreachableError)
    await gateway.until(lambda: shop.open == 0)


async def test_answers_go_to_who_asked(start_shop: Any, start_gateway: Any) -> None:
    """With an origin that fails in every way in between, nobody gets what another asked for."""

    async def unreliable(reader: Any, writer: Any) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            name = head.split(b" ")[1]
            body = b"<%b>" % name
            whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            match int(name[1:]) % 7:
                case 0:
                    return
                case 1:
                    writer.write(whole + whole)
                case 2:
                    writer.write(whole[:-2])
                    return
                case 3:
                    writer.write(whole)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<ALIEN>")
                    await reader.read(-1)
                case 4:
                    writer.write(whole[:20])
                    await asyncio.sleep(0.001)
                    writer.write(whole[20:])
                case _:
                    writer.write(whole)

    shop = await start_shop(unreliable)
    gateway = await start_gateway(shop.url, max_connections=4)

    async def visitor(first: int) -> int:
        right = 0
        for number in range(first, first + 60):
            answer = await gateway.get(f"/{number}")
            assert b"ALIEN" not in answer
            if answer.startswith(b"HTTP/1.1 200") and answer.endswith(b">"):
                assert answer.endswith(b"</%d>" % number)
                right += 1
        return right

    right = sum(await asyncio.gather(*(visitor(first) for first in range(0, 480, 60))))
    # Cases 4, 5 and 6, and 0 where it was repeated on a fresh connection that got another case, succeed.
    assert right >= 480 // 7 * 3
    assert "busy: 0," in repr(gateway.origin)
