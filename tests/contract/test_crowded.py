"""More newcomers at once than a worker may have in hand: the others are told to come again, and get a place then."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from anyio.to_thread import run_sync

from tests.contract.harness import APP, PAGE, Gateway, eventually, start_gateway
from tests.redis.servers import Server
from waitroom.serving.listen import listen, queue_of

pytestmark = pytest.mark.anyio
ROOMS: list[Mapping[str, object]] = [
    {"name": "line", "hosts": ["line.example"], "mode": "queue", "rate": 0},
    {"name": "free", "hosts": ["free.example"], "mode": "pass"},
    {"name": "open", "hosts": ["open.example"]},
]
LINE = {"host": "line.example"}
PLACE = 'id="position"'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Redis that can be frozen."""
    started = Server(tmp_path)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def at_once() -> int:
    """How many newcomers the worker has in hand at a time."""
    return 1


@pytest.fixture
def gateway(shop: str, server: Server, tmp_path: Path, at_once: int) -> Iterator[Gateway]:
    """One worker."""
    (folder := tmp_path / "gateway").mkdir()
    url = f"redis://127.0.0.1:{server.port}"
    started = start_gateway(folder, url, shop, ROOMS, max_joins_at_once=at_once, redis_timeout="4s")
    try:
        yield started
        started.stop()
    finally:
        started.kill()


async def ask(gateway: Gateway, headers: Mapping[str, str], path: str = "/") -> httpx.Response:
    """One request of somebody new."""
    async with gateway.client(headers) as client:
        return await client.get(path)


async def test_who_comes_to_a_full_worker_is_told_to_come_again(gateway: Gateway, server: Server) -> None:
    """A light page that asks again by itself, a problem for apps; neither cookie nor place. Whoever was in hand gets
    the place, and then the others do."""
    await run_sync(server.freeze)
    first = asyncio.create_task(ask(gateway, {**APP, **LINE}))
    await asyncio.sleep(0.5)
    page = await ask(gateway, {**PAGE, **LINE})
    app = await ask(gateway, {**APP, **LINE})
    await run_sync(server.thaw)
    assert (503, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert 1 <= int(page.headers["retry-after"]) <= 6
    assert page.headers["refresh"] == page.headers["retry-after"]
    assert "You have no place in line yet. This page tries again by itself in" in page.text
    assert (503, "urn:waitroom:crowded") == (app.status_code, app.json()["type"])
    assert str(app.json()["retry_after"]) == app.headers["retry-after"]
    for answer in (page, app):
        assert "close" == answer.headers["connection"]
        assert "no-store" in answer.headers["cache-control"]
        assert [] == answer.headers.get_list("set-cookie")
    assert 1 == (await first).json()["number"]
    assert 2 == (await ask(gateway, {**APP, **LINE})).json()["number"]


async def test_whoever_has_a_place_is_not_sent_away(gateway: Gateway, server: Server) -> None:
    """Nor those whom a room in mode pass lets through: no line is made of them."""
    holder = gateway.client({**PAGE, **LINE})
    assert PLACE in (await holder.get("/")).text
    await run_sync(server.freeze)
    first = asyncio.create_task(ask(gateway, {**APP, **LINE}))
    await asyncio.sleep(0.5)
    assert PLACE not in (await ask(gateway, {**PAGE, **LINE})).text
    answer = await holder.get("/")
    await holder.aclose()
    assert PLACE in answer.text
    passing = asyncio.create_task(ask(gateway, {**PAGE, "host": "free.example"}, "/lab/echo"))
    await asyncio.sleep(0.3)
    assert not first.done()
    await run_sync(server.thaw)
    assert 200 == (await passing).status_code
    await first


async def test_those_whom_the_shop_serves_slowly_are_not_in_hand(gateway: Gateway) -> None:
    """Whoever has got a place and went in at once makes room for the next."""

    async def visit() -> httpx.Response:
        return await ask(gateway, {**PAGE, "host": "open.example"}, "/lab/slow?seconds=1.5")

    visits = []
    for _ in range(3):
        visits.append(asyncio.create_task(visit()))
        await asyncio.sleep(0.3)
    assert [200] * 3 == [(await each).status_code for each in visits]


async def test_many_at_once_all_get_a_place_in_the_end(gateway: Gateway) -> None:
    """Each of forty, who come again when they are told to, or sooner; each another number."""
    numbers: list[int] = []
    sent_away = 0

    async def join() -> None:
        nonlocal sent_away

        async def has_place() -> bool:
            nonlocal sent_away
            told = (await ask(gateway, {**APP, **LINE})).json()
            if told["type"] == "urn:waitroom:crowded":
                sent_away += 1
                return False
            numbers.append(told["number"])
            return True

        await eventually(has_place, within=60)

    await asyncio.gather(*(join() for _ in range(40)))
    assert list(range(1, 41)) == sorted(numbers)
    assert sent_away > 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many wait to be accepted")
def test_who_waits_to_be_accepted_is_counted() -> None:
    """Connections that the system has made, and nobody has taken yet."""
    with listen("127.0.0.1", 0) as listener:
        assert 0 == queue_of(listener)
        waiting = [socket.create_connection(listener.getsockname()) for _ in range(7)]
        assert 7 == queue_of(listener)
        taken, _ = listener.accept()
        assert 6 == queue_of(listener)
        for each in (taken, *waiting):
            each.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many wait to be accepted")
@pytest.mark.parametrize("at_once", [10])
async def test_who_waited_to_be_accepted_gets_a_page_and_one_in_five_a_place(gateway: Gateway) -> None:
    """The worker stands still while forty come. Then each is answered, most of them with the light page."""
    request = b"GET / HTTP/1.1\r\nHost: line.example\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    os.kill(gateway.process.pid, signal.SIGSTOP)
    asking = [asyncio.create_task(gateway.raw(request, seconds=20)) for _ in range(40)]
    await asyncio.sleep(1)
    os.kill(gateway.process.pid, signal.SIGCONT)
    answers = [answer for answer, _ in await asyncio.gather(*asking)]
    crowded = sum(b"urn:waitroom:crowded" in each for each in answers)
    placed = sum(b"urn:waitroom:waiting" in each for each in answers)
    assert 40 == crowded + placed
    assert 6 <= placed < 40
