"""The gateway ends in good order, and outlives a worker."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE, Gateway, eventually

pytestmark = pytest.mark.anyio

HOST = {"host": "shop.example"}
LINE_AND_OPEN = [{"name": "open"}, {"name": "line", "hosts": ["line.example"], "mode": "pause"}]


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_graceful_stop(launch: StartGateway, workers: int) -> None:
    """Open event streams end at once; a request under way is answered; then nobody listens any more."""
    gateway = launch(LINE_AND_OPEN, workers=workers)
    waiting = [gateway.client({**APP, "host": "line.example"}) for _ in range(6)]
    room = (await waiting[0].get("/")).json()["room"]

    async def listen(visitor: httpx.AsyncClient) -> None:
        await visitor.get("/")
        # the server may cut a stream: pages come back by themselves
        try:
            async with visitor.stream("GET", f"/__waitroom/{room}/events") as stream:
                async for _ in stream.aiter_lines():
                    pass
        except httpx.RemoteProtocolError:
            pass

    streams = [asyncio.create_task(listen(visitor)) for visitor in waiting]
    slow = asyncio.create_task(gateway.client({**APP, **HOST}).get("/lab/slow?seconds=1.5"))
    await asyncio.sleep(0.7)
    assert not any(stream.done() for stream in streams)
    took = await asyncio.to_thread(gateway.stop)
    assert (200, "slow done") == ((await slow).status_code, (await slow).text)
    await asyncio.wait_for(asyncio.gather(*streams), 5)
    assert took < 6
    with pytest.raises(httpx.TransportError):
        await gateway.client(HOST).get("/")


async def test_a_stop_with_nothing_under_way_is_quick(launch: StartGateway) -> None:
    """Idle kept-alive connections do not hold it up."""
    gateway = launch(LINE_AND_OPEN)
    async with httpx.AsyncClient(base_url=gateway.url, headers={**PAGE, **HOST}) as client:
        assert 200 == (await client.get("/lab/echo")).status_code
        assert await asyncio.to_thread(gateway.stop) < 5


async def test_the_first_request_of_a_new_connection_is_answered(launch: StartGateway) -> None:
    """It may be on its way when the stop comes: the connection was made before. One that says nothing is closed."""
    gateway = launch(LINE_AND_OPEN)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    silent, its_writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    await asyncio.sleep(0.3)  # until it is accepted
    stopping = asyncio.create_task(asyncio.to_thread(gateway.stop))
    await asyncio.sleep(0.3)
    writer.write(b"GET /lab/slow?seconds=0.1 HTTP/1.1\r\nHost: shop.example\r\n\r\n")
    async with asyncio.timeout(10):
        answer = await reader.read()
        assert b"" == await silent.read()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer
    assert b"connection: close" in answer.lower()
    assert answer.endswith(b"slow done")
    assert await stopping < 5
    for each in (writer, its_writer):
        each.close()


def workers_of(gateway: Gateway) -> set[int]:
    """The process ids of its workers."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # it has just ended
            if parent == gateway.process.pid and b"spawn_main" in command:
                found.add(int(entry.name))
    return found


async def test_a_killed_worker_is_replaced_and_nobody_loses_a_place(launch: StartGateway) -> None:
    """``kill -9`` of one of two: the other serves on, the same numbers stand, and a new worker comes."""
    gateway = launch(LINE_AND_OPEN, workers=2)
    before = workers_of(gateway)
    assert 2 == len(before)
    visitors = [gateway.client({**APP, "host": "line.example"}) for _ in range(10)]
    numbers = [(await visitor.get("/")).json()["number"] for visitor in visitors]
    os.kill(min(before), signal.SIGKILL)

    async def kept() -> bool:
        try:
            return numbers == [(await visitor.get("/")).json()["number"] for visitor in visitors]
        except httpx.TransportError:
            return False  # a connection that the dead worker had already taken

    await eventually(kept, within=15)

    async def replaced() -> bool:
        return len(workers_of(gateway) - {min(before)}) == 2

    await eventually(replaced, within=15)
    assert await kept()
    newcomer = await gateway.client({**APP, "host": "line.example"}).get("/")
    assert 11 == newcomer.json()["number"]
    assert 200 == (await gateway.client({**PAGE, **HOST}).get("/lab/echo")).status_code
