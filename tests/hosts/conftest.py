"""Two gateways, Redis and the shop, each on a host of its own; visitors come from another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.conftest import running
from tests.faults.redis_server import RedisServer
from tests.faults.sale import Sale
from tests.faults.site import Site
from tests.hosts.clock import off_by
from tests.hosts.net import Host, hosts

Record = Callable[[str, object], None]
SECRET = 'secret = "of both gateways"\norigin_response_timeout = "2s"\nredis_timeout = "2s"'
SHOP_PORT = 9000
CLOCKS = (-7 * 60, 11 * 60)
"""Seconds by which the gateways' clocks are off."""


@dataclass(frozen=True, slots=True)
class World:
    """Who is where. The clocks of the gateways differ by 18 minutes."""

    hosts: tuple[Host, Host]
    """Of the gateways."""
    sites: tuple[Site, Site]
    redis: RedisServer
    redis_host: Host
    shop_host: Host


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """They run through all tests of a file; what fails in one is well again before the next."""
    with hosts(4) as (_, of_redis, of_shop, *of_gateways):
        folder = tmp_path_factory.mktemp("hosts")
        command = [*of_shop.run, sys.executable, "-m", "waitroom.demo.shop", "--capacity", "0"]
        command += ["--host", of_shop.address, "--port", str(SHOP_PORT), "--data", str(folder)]
        shop = subprocess.Popen(command)
        redis = RedisServer(folder / "redis", address=of_redis.address, run=of_redis.run)
        try:
            redis.start()
            one, two = (
                Site(
                    _made(folder / str(number)),
                    f"http://{of_shop.address}:{SHOP_PORT}",
                    redis_url=redis.tcp_url,
                    more=SECRET,
                    address=host.address,
                    run=host.run,
                    environment=off_by(CLOCKS[number]),
                )
                for number, host in enumerate(of_gateways)
            )
            with running(one), running(two):
                yield World((of_gateways[0], of_gateways[1]), (one, two), redis, of_redis, of_shop)
        finally:
            redis.kill()
            shop.terminate()
            shop.wait(10)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def well(sale: Sale, record: Record) -> None:
    """What was cut is whole again, and soon all is as before."""
    sale.is_mended()
    record("well_again_seconds", round(await sale.well_again(), 2))
