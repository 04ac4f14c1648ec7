"""Shoppers who come, wait, enter, look around and go; as many at a time as there are, always."""

from __future__ import annotations

import asyncio
import random

from websockets.asyncio.client import connect

from loadtests.measure.servers import Server
from loadtests.measure.visitor import Visitor
from loadtests.soak.site import ROOM
from loadtests.soak.tally import Tally

POLL_SECONDS, THINK_SECONDS, PAGES, MESSAGES = 2.0, 1.0, 10, 5
QUIETLY_GONE, LEAVING, STREAMING, SOCKET = 0.2, 0.1, 0.6, 0.2
"""The shares of those who close the tab in line, who leave by the button, who follow the stream (the others poll),
and who open a WebSocket once inside."""
PATIENCE_SECONDS = 20.0
ENTRIES = 15
"""Tries, a second apart, until who was called must be in."""


async def shop_for_ever(server: Server, tally: Tally, chance: random.Random) -> None:
    """One shopper after the other. What fails is counted, and the next one comes."""
    await asyncio.sleep(chance.uniform(0, PATIENCE_SECONDS))
    while True:
        try:
            async with Visitor(server) as visitor:
                await _visit(visitor, tally, chance)
        except (OSError, EOFError, AssertionError, asyncio.IncompleteReadError) as error:
            tally.failures[f"{type(error).__name__}: {error}"[:80]] += 1
            await asyncio.sleep(THINK_SECONDS)


async def compare(server: Server, tally: Tally) -> None:
    """Asks the shop itself, past the gateway: what this machine takes for anything at the moment."""
    while True:
        async with Visitor(server) as visitor:
            for _ in range(100):
                with tally.timed("direct"):
                    await visitor.get("/")
                await asyncio.sleep(0.2)


async def _visit(visitor: Visitor, tally: Tally, chance: random.Random) -> None:
    with tally.timed("join"):
        number = await visitor.join()
    if number and not await _wait(visitor, tally, chance):
        return
    await _enter(visitor, tally)
    if chance.random() < SOCKET:
        await _talk(visitor, tally)
    for _ in range(PAGES):
        await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK_SECONDS)
        with tally.timed("page"):
            answer = await visitor.get("/page")
        assert answer.status == 200, f"inside, and answered {answer.status}"


async def _wait(visitor: Visitor, tally: Tally, chance: random.Random) -> bool:
    """Whether they are called."""
    fate = chance.random()
    if fate < QUIETLY_GONE + LEAVING:
        await _poll(visitor, tally, asyncio.get_running_loop().time() + chance.uniform(0, PATIENCE_SECONDS))
        if fate >= QUIETLY_GONE:
            with tally.timed("leave"):
                answer = await visitor.post(f"/__waitroom/{ROOM}/leave")
            assert answer.status < 400, f"leaving, and answered {answer.status}"
        return False
    if chance.random() < STREAMING:
        await visitor.admission(ROOM)
        tally.done["stream"] += 1
        return True
    return await _poll(visitor, tally, float("inf"))


async def _poll(visitor: Visitor, tally: Tally, until: float) -> bool:
    """Whether they are called by then."""
    while asyncio.get_running_loop().time() < until:
        with tally.timed("poll"):
            answer = await visitor.get(f"/__waitroom/{ROOM}/status")
        assert answer.status == 200, f"polled, and answered {answer.status}"
        if answer.members["state"] == "called":
            return until == float("inf")
        await asyncio.sleep(POLL_SECONDS)
    return False


async def _enter(visitor: Visitor, tally: Tally) -> None:
    """Comes in. Whom a busy machine kept from polling was away when called: they enter as soon as the rate allows."""
    for _ in range(ENTRIES):
        with tally.timed("enter"):
            answer = await visitor.get("/")
        if answer.status == 200:
            return
        tally.done["enter later"] += 1
        await asyncio.sleep(1)
    raise AssertionError(f"called, and answered {answer.status}")


async def _talk(visitor: Visitor, tally: Tally) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    address = f"ws://{visitor.server.host}:{visitor.server.port}/ws"
    async with connect(address, additional_headers={"Cookie": cookie}, compression=None) as socket:
        for index in range(MESSAGES):
            with tally.timed("message"):
                await socket.send(str(index))
                assert await socket.recv() == str(index), "another message came back"
