"""An error of the shop costs the visitor nothing: the visit goes on when the shop is back."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE, Gateway, eventually
from tests.contract.slow_shop import slow_shop
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio

HOST = {"host": "shop.example"}
SHORT = {
    "name": "main",
    "rate": 600,
    "burst": "1s",
    "capacity": 1,
    "session": "2s",
    "presence": "1s",
    "keep": "1s",
}


@pytest.fixture
def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def sessions(gateway: Gateway, redis: Redis) -> int:
    """How many are inside."""
    text = gateway.config.read_text()
    name = next(line for line in text.splitlines() if line.startswith("name = ")).split('"')[1]
    return (await LineStore(redis, name).advance()).sessions


async def visited(client: httpx.AsyncClient, path: str = "/") -> str:
    """The visit as which the shop answers."""
    answer = await client.get(path)
    assert 200 == answer.status_code, answer.text
    return answer.headers["visitor"]


async def test_a_visit_outlives_an_outage(launch: StartGateway, redis: Redis, free_port: int) -> None:
    """Whoever was failed by a dead shop is still inside when it is back, though they did not ask for longer than a
    session lasts, and has a whole session from then on; it then ends like any."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}", workers=2)
    async with gateway.client({**PAGE, **HOST}) as inside, gateway.client({**APP, **HOST}) as newcomer:
        async with slow_shop(free_port):
            before = await visited(inside)
        assert 502 == (await inside.get("/")).status_code
        await asyncio.sleep(3.5)
        # the room is full as long as the visit lasts
        assert 503 == (await newcomer.get("/")).status_code
        async with slow_shop(free_port):
            assert before == await visited(inside)
            await asyncio.sleep(1)
            assert before == await visited(inside)
            assert 1 == await sessions(gateway, redis)
            await eventually(lambda: _is_empty(gateway, redis), within=12)


async def _is_empty(gateway: Gateway, redis: Redis) -> bool:
    return await sessions(gateway, redis) == 0


async def test_also_where_the_room_was_shut_meanwhile(launch: StartGateway, free_port: int) -> None:
    """Ops staff shut the room until the shop is mended: those inside stay inside, whichever worker they meet."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}", workers=2)
    name = gateway.config.read_text().split('name = "')[1].split('"')[0]
    async with gateway.client({**PAGE, **HOST}) as inside, gateway.client({**PAGE, **HOST}) as newcomer:
        async with slow_shop(free_port):
            before = await visited(inside)
        # of this one worker knows, and the other does not
        assert 502 == (await inside.get("/")).status_code
        cookies = dict(inside.cookies)
        for mode in ("pause", "closed"):
            gateway.set(name, f"mode={mode}")
            await asyncio.sleep(2.5)
            async with slow_shop(free_port):
                for _ in range(10):
                    async with gateway.client({**PAGE, **HOST}) as again:
                        again.cookies.update(cookies)
                        assert before == await visited(again)
                assert 503 == (await newcomer.get("/")).status_code
            assert 502 == (await inside.get("/")).status_code


async def test_an_outage_that_the_shop_itself_tells_of(launch: StartGateway, free_port: int) -> None:
    """A 503 from what stands before a dead shop is as good as no answer."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}")
    async with gateway.client({**PAGE, **HOST}) as inside, slow_shop(free_port) as shop:
        before = await visited(inside)
        shop.status = 503
        assert 503 == (await inside.get("/")).status_code
        await asyncio.sleep(3.5)
        shop.status = 200
        assert before == await visited(inside)


async def test_a_hang_longer_than_the_session(launch: StartGateway, free_port: int) -> None:
    """The time for which the shop let the visitor wait is not theirs: the pass has a new date."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}", origin_response_timeout="3s")
    async with gateway.client({**PAGE, **HOST}) as inside, slow_shop(free_port) as shop:
        before = await visited(inside)
        hung = await inside.get("/held")
        assert (504, True) == (hung.status_code, "waitroom_pass_" in hung.headers.get("set-cookie", ""))
        assert before == await visited(inside)
        shop.release("/held")


async def test_no_failure_no_gift(launch: StartGateway, redis: Redis, free_port: int) -> None:
    """A visit in which nothing failed ends when its time is over."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}")
    async with gateway.client({**PAGE, **HOST}) as inside, slow_shop(free_port):
        await visited(inside)
        await eventually(lambda: _is_empty(gateway, redis), within=12)


async def test_nobody_comes_back(launch: StartGateway, redis: Redis, free_port: int) -> None:
    """When the shop answers again the visits of those who have given up run out, though no visitor shows that it
    does: the gateway looks for itself."""
    gateway = launch([SHORT], origin=f"http://127.0.0.1:{free_port}")
    async with gateway.client({**PAGE, **HOST}) as inside:
        assert 502 == (await inside.get("/")).status_code
    await asyncio.sleep(3)
    assert 1 == await sessions(gateway, redis)
    async with slow_shop(free_port) as shop:
        await eventually(lambda: _is_empty(gateway, redis), within=12)
        assert {"/"} == set(shop.asked)
