"""A gateway and a Redis that is somebody else's, for all sales of a test file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.conftest import running
from tests.faults.redis_server import RedisServer
from tests.faults.site import NOTHING_MORE, Site


@dataclass(frozen=True, slots=True)
class Both:
    """They run through all tests: what fails in one is well again before the next."""

    site: Site
    redis: RedisServer


@contextmanager
def both_running(
    folder: Path,
    shop: str,
    *,
    more: str = "",
    redis_environment: Mapping[str, str] = NOTHING_MORE,
    redis_program: str = "",
) -> Iterator[Both]:
    """They run until the block ends. ``more`` are settings of the site."""
    server = RedisServer(folder / "redis", redis_environment, program=redis_program)
    try:
        server.start()
        with running(Site(folder, shop, redis_url=server.url, more=more)) as site:
            yield Both(site, server)
    finally:
        server.kill()
