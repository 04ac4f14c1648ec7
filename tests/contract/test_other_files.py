"""Two gateways with different files on one Redis: nobody loses a place by the one that knows fewer lanes."""

from __future__ import annotations

import time

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, SECRET, Gateway, entered, eventually, session_of
from waitroom.gate.tokens import Mint, Ticket
from waitroom.line.memory import Memory
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio

MEMBERS = {"members": {"weight": 3}}


def name_of(gateway: Gateway) -> str:
    """The room of a gateway that has one."""
    text = gateway.config.read_text()
    return text.partition('name = "')[2].partition('"')[0]


async def member(gateway: Gateway, redis: Redis) -> str:
    """The ticket of somebody who has just joined the lane of members."""
    name = name_of(gateway)
    joined = await LineStore(redis, name, "members", Memory(("general", "members"))).join(1)
    ticket = Ticket(name, joined.head.epoch, "members", joined.first, int(time.time() * 1000))
    return Mint(Ticket, [SECRET]).sign(ticket)


async def state(client: httpx.AsyncClient, name: str) -> dict[str, object]:
    """What a ticket holder is told."""
    told: dict[str, object] = (await client.get(f"/__waitroom/{name}/status")).json()
    return told


async def test_a_gateway_with_an_older_file_honours_every_lane(launch: StartGateway, redis: Redis) -> None:
    """It shows a member the place, and lets them in when it is their turn."""
    newer = launch([{"name": "files", "mode": "pause", "lanes": MEMBERS}])
    older = launch([{"name": "files", "mode": "pause"}])
    name = name_of(newer)
    ticket = await member(newer, redis)
    async with older.client({**APP, "waitroom-ticket": ticket}) as visitor:
        told = await state(visitor, name)
        assert ("waiting", "members", 1) == tuple(told[part] for part in ("state", "lane", "number"))
        await LineStore(redis, name).configure({"mode": "queue"}, source="live", who="test")
        assert session_of(await entered(visitor)).endswith(":members:1")


async def test_a_lane_that_was_away_over_a_reset_comes_back_empty(launch: StartGateway, redis: Redis) -> None:
    """Removed from the file, the room reset, and put back: tickets of before are of an earlier life, and the first
    newcomer of the lane is its first."""
    first = launch([{"name": "ghosts", "mode": "pause", "lanes": MEMBERS}])
    name = name_of(first)
    tickets = [await member(first, redis) for _ in range(3)]
    first.stop()
    without = launch([{"name": "ghosts", "mode": "pause"}])
    assert without.process.poll() is None
    await LineStore(redis, name).reset(who="test", why="again")
    again = launch([{"name": "ghosts", "mode": "pause", "lanes": MEMBERS}])
    ticket = await member(again, redis)
    async with (
        again.client({**APP, "waitroom-ticket": ticket}) as newcomer,
        again.client({**APP, "waitroom-ticket": tickets[2]}) as ghost,
    ):
        told = await state(newcomer, name)
        assert ("waiting", "members", 1, 1) == tuple(
            told[part] for part in ("state", "lane", "number", "position")
        )

        async def restarted() -> bool:
            return bool((await ghost.get("/")).json()["notice"] == "restarted")

        await eventually(restarted)
