"""The connection of a handshake: one that was kept, and one that is lost before it is used."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.websockets.conftest import BeforeOrigin
from tests.websockets.harness import opening, says, switching, until
from waitroom.errors import OriginProtocolError
from waitroom.proxy import OriginTimeouts
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.balance import Balancer
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.link import Link
from waitroom.proxy.pool import Pool
from waitroom.proxy.request import Request

pytestmark = pytest.mark.anyio

LIMITS = PoolLimits(connect_seconds=2.0, keep_alive_seconds=4.0, max_connections=1, max_idle=4)


async def test_hanging_up_on_kept_connections_is_no_failure(before: BeforeOrigin) -> None:
    """Every origin closes those: however many handshakes in a row meet one, the address keeps its turns."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"Upgrade" in await reader.readuntil(b"\r\n\r\n"):
            writer.write(switching())
            await reader.read()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")

    origins = [(await before(once))[1] for _ in range(2)]
    addresses = [OriginAddress.parse(origin.url) for origin in origins]
    balancer = Balancer(addresses, replace(LIMITS, max_connections=3))
    page = Request.build({"type": "http", "method": "GET", "raw_path": b"/", "query_string": b""}, [])
    connections = [await balancer.queue() for _ in range(6)]
    for number, connection in enumerate(connections):
        answer = connection.send(page)
        await until(lambda answer=answer: answer.complete)  # type: ignore[misc]
        assert connection.finish()
        if number % 2:
            balancer.discard(connection)
        else:
            balancer.release(connection)
    for _ in range(3):
        link = Link(balancer, OriginTimeouts())
        assert (await link.ask(opening())).startswith(b"HTTP/1.1 101 ")
        link.close()
    assert [3, 6] == [origin.connections for origin in origins]
    assert ", out>" not in repr(balancer)
    await balancer.aclose()


async def lose_on_the_way(pool: Pool, link: Link, *, requests: int) -> bytes:
    """Have a handshake get a connection that ends before it is used."""
    connection = await pool.queue()
    connection.requests = requests
    asking = asyncio.create_task(link.ask(opening()))
    await until(lambda: "waiting: 1>" in repr(pool))
    pool.release(connection)
    connection.cut()
    async with asyncio.timeout(10):
        return await asking


async def test_a_new_connection_lost_on_the_way_is_told_at_once(before: BeforeOrigin) -> None:
    """It has ended without an answer: nobody waits for one until the timeout."""
    _, origin = await before(says(switching()))
    pool = Pool(OriginAddress.parse(origin.url), LIMITS)
    link = Link(pool, OriginTimeouts(response=60))
    with pytest.raises(OriginProtocolError, match="without an answer"):
        await lose_on_the_way(pool, link, requests=0)
    assert "busy: 0, idle: 0, connecting: 0, waiting: 0>" in repr(pool)
    await pool.aclose()


async def test_a_kept_connection_lost_on_the_way_is_replaced(before: BeforeOrigin) -> None:
    """The handshake is sent on a new one."""
    _, origin = await before(says(switching()))
    pool = Pool(OriginAddress.parse(origin.url), LIMITS)
    link = Link(pool, OriginTimeouts(response=60))
    assert (await lose_on_the_way(pool, link, requests=1)).startswith(b"HTTP/1.1 101 ")
    assert 2 == origin.connections
    link.close()
    await pool.aclose()
