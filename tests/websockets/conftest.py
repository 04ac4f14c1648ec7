"""The shop, the gateway before it, and the smaller parts of which single tests are made."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest

from tests.contract.harness import Gateway, start_gateway
from tests.websockets.harness import Front, Handler, RawOrigin, make_front

BeforeOrigin = Callable[..., Awaitable[tuple[Front, RawOrigin]]]


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop of production."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo shop with its laboratory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--port", str(port), "--data", str(tmp_path_factory.mktemp("shop")), "--capacity", "0"]
    process = subprocess.Popen([sys.executable, "-m", "waitroom.demo.shop", *arguments, "--lab"])
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                httpx.get(f"{url}/health", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


ROOMS: list[dict[str, object]] = [
    {"name": "open", "hosts": ["open.example"], "rate": 600_000},
    {"name": "held", "hosts": ["held.example"], "mode": "pause"},
    {"name": "closed", "hosts": ["closed.example"], "mode": "closed"},
    {"name": "brief", "hosts": ["brief.example"], "rate": 600_000, "session": "2s"},
    {"name": "full", "hosts": ["full.example"], "rate": 600_000, "session": "4s", "capacity": 1},
]


@pytest.fixture(scope="session")
def gateway(redis_url: str, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway before the shop. Addresses that belong to no room's host go straight to the shop."""
    started = start_gateway(tmp_path_factory.mktemp("gateway"), redis_url, shop, ROOMS)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture
async def before(anyio_backend: object) -> AsyncIterator[BeforeOrigin]:
    """``await before(handler, tunnel=1.0)``: the proxy's half before an origin that does so."""
    fronts: list[Front] = []
    origins: list[RawOrigin] = []

    async def start(
        handler: Handler, *, max_connections: int = 16, **seconds: float
    ) -> tuple[Front, RawOrigin]:
        origin = RawOrigin(handler)
        origins.append(origin)
        await origin.start()
        front = make_front(origin.url, max_connections=max_connections, **seconds)
        fronts.append(front)
        await front.start()
        return front, origin

    yield start
    for front in fronts:
        await front.stop()
    for origin in origins:
        await origin.stop()
