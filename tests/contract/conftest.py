"""The shop and the gateways of these tests: real processes, started once."""

from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import Gateway, House, start_gateway

StartGateway = Callable[..., Gateway]


def pytest_configure(config: pytest.Config) -> None:
    """The marker of this folder."""
    config.addinivalue_line(
        "markers", "room(**options): the room that the test has for itself, as in the file"
    )


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo shop with its laboratory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("shop")
    arguments = ["--port", str(port), "--data", str(data), "--capacity", "0", "--lab"]
    process = subprocess.Popen([sys.executable, "-m", "waitroom.demo.shop", *arguments])
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


def _name_of(item: pytest.Item) -> str:
    digest = hashlib.sha256(item.nodeid.encode()).hexdigest()[:6]
    words = re.sub(r"[^a-z0-9]+", "-", item.name.removeprefix("test_").lower())
    return f"{words[:30].strip('-')}-{digest}"


def _options_of(item: pytest.Item) -> dict[str, object]:
    name = _name_of(item)
    marker = item.get_closest_marker("room")
    return {"name": name, "hosts": [f"{name}.example"], **(marker.kwargs if marker else {})}


@pytest.fixture(scope="module")
def gateway(
    request: pytest.FixtureRequest, shop: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway of two workers, with a room for each of the file's tests that ask for one."""
    rooms = [
        _options_of(item)
        for item in request.session.items
        if isinstance(item, pytest.Function) and "house" in item.fixturenames and item.path == request.path
    ]
    folder = tmp_path_factory.mktemp("gateway")
    started = start_gateway(folder, redis_url, shop, rooms or [{"name": "main"}], workers=2)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the Redis of all these gateways, as it is."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def house(request: pytest.FixtureRequest, gateway: Gateway) -> AsyncIterator[House]:
    """The room that the test has for itself."""
    redis = Redis.from_url(gateway.redis_url)
    made = House(gateway, _name_of(request.node), redis)
    yield made
    await made.aclose()
    await redis.aclose()


@pytest.fixture
def launch(
    request: pytest.FixtureRequest, redis_url: str, shop: str, tmp_path: Path
) -> Iterator[StartGateway]:
    """``launch(rooms, workers=1, origin=…)``: a gateway of the test's own, ended with it."""
    started: list[Gateway] = []

    def start(rooms: list[dict[str, object]], *, origin: str = shop, **settings: object) -> Gateway:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        suffix = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:6]
        named = [{**room, "name": f"{room['name']}-{suffix}"} for room in rooms]
        gateway = start_gateway(folder, redis_url, origin, named, **settings)  # type: ignore[arg-type]
        started.append(gateway)
        return gateway

    yield start
    try:
        for gateway in started:
            if gateway.process.poll() is None:
                gateway.stop()
    finally:
        for gateway in started:
            gateway.kill()
