"""Several workers share the visitors, and serve those of a worker that does not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, Gateway, events, eventually
from tests.contract.test_stopping import workers_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the workers share one socket"),
]

PAUSED = [{"name": "line", "mode": "pause", "presence": "60s", "keep": "60s"}]


async def answers(gateway: Gateway, newcomers: int) -> list[int]:
    """What newcomers are answered, each on a connection of its own."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=60, limits=limits) as client:
        each = [client.get("/__waitroom/health/live") for _ in range(newcomers)]
        return [answer.status_code for answer in await asyncio.gather(*each)]


@asynccontextmanager
async def newcomers_all_the_time(gateway: Gateway) -> AsyncIterator[None]:
    """Some come one after the other meanwhile, and each is answered.

    A worker that is told to stop cuts whom it has just accepted: they come again.
    """
    over = asyncio.Event()

    async def come() -> None:
        while not over.is_set():
            with suppress(httpx.ReadError, httpx.RemoteProtocolError):
                assert [200] == await answers(gateway, 1)

    coming = [asyncio.create_task(come()) for _ in range(4)]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*coming)


@contextmanager
def nobody_is_replaced(gateway: Gateway) -> Iterator[None]:
    """The main process, which starts workers, does not run."""
    gateway.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        gateway.process.send_signal(signal.SIGCONT)


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    held = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held += str(entry.readlink()).startswith("socket:")
        except OSError:
            continue  # closed in between
    return held


async def test_streams_spread_over_the_workers(launch: StartGateway) -> None:
    """Of 200 streams that are opened one after another, each of two workers holds a quarter at least."""
    gateway = launch(PAUSED, workers=2)
    async with AsyncExitStack() as stack:
        visitor = await stack.enter_async_context(gateway.client({**APP, "host": "shop.example"}))
        room = (await visitor.get("/")).json()["room"]
        before = {pid: sockets_of(pid) for pid in workers_of(gateway)}
        assert 2 == len(before)
        streams = []
        for opened in range(200):
            if opened % 40 == 0:  # a ticket has at most a hundred streams in a worker
                visitor = await stack.enter_async_context(gateway.client({**APP, "host": "shop.example"}))
                await visitor.get("/")
            streams.append(await stack.enter_async_context(events(visitor, f"/__waitroom/{room}/events")))
            await anext(streams[-1])
        held = {pid: sockets_of(pid) - before[pid] for pid in before}
        assert min(held.values()) >= 50, held
        assert 200 <= sum(held.values()) <= 220  # some are to Redis


def test_a_second_gateway_on_the_port_is_refused(launch: StartGateway, tmp_path: Path) -> None:
    """However many workers either has: it says so, ends, and the first serves on."""
    first = launch(PAUSED, workers=2)
    for workers in (1, 2):
        command = [sys.executable, "-m", "waitroom", "serve", "--config", str(first.config)]
        second = subprocess.run(
            [*command, "--port", str(first.port), "--workers", str(workers)],
            capture_output=True, text=True, timeout=60, cwd=tmp_path,
        )  # fmt: skip
        assert 1 == second.returncode
        refusal = f"waitroom: cannot listen on 127.0.0.1 port {first.port}: Address already in use\n"
        assert refusal == second.stderr
    assert [200] * 8 == asyncio.run(answers(first, 8))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_queue_of_a_worker_that_does_not_serve_is_served(
    launch: StartGateway, end: signal.Signals
) -> None:
    """It is dead, or hangs, and nobody has come in its place yet: its neighbour takes in who came to it."""
    gateway = launch(PAUSED, workers=2)
    with nobody_is_replaced(gateway):
        victim = min(workers_of(gateway))
        os.kill(victim, end)
        assert [200] * 60 == await answers(gateway, 60)
        if end == signal.SIGSTOP:
            os.kill(victim, signal.SIGCONT)


async def test_nobody_is_forgotten_while_workers_are_replaced_added_and_taken_away(
    launch: StartGateway,
) -> None:
    """SIGHUP, SIGTTIN and SIGTTOU: each worker goes in good order, and nobody stays in its queue."""
    gateway = launch(PAUSED, workers=2)
    before = workers_of(gateway)

    async def are(count: int, *, but: set[int]) -> None:
        async def so() -> bool:
            workers = workers_of(gateway)
            return len(workers) == count and not workers & but

        await eventually(so, within=60)

    async with newcomers_all_the_time(gateway):
        gateway.process.send_signal(signal.SIGHUP)
        await are(2, but=before)
        gateway.process.send_signal(signal.SIGTTIN)
        await are(3, but=before)
        for left in (2, 1):
            gateway.process.send_signal(signal.SIGTTOU)
            await are(left, but=before)
    assert [200] * 60 == await answers(gateway, 60)
