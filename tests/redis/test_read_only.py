"""A server that turned into a replica, and says so from within a script: each of the servers that this machine has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from tests.faults.site import free_port
from tests.line.conftest import SERVERS
from tests.redis.servers import Server
from waitroom.assembly.redis import connect
from waitroom.redis.address import Server as Address
from waitroom.redis.circuit import Circuit
from waitroom.redis.connections import LocatedConnection
from waitroom.redis.pool import LocatedPool

pytestmark = pytest.mark.anyio
WRITE = "return redis.call('INCR', KEYS[1])"


class Successor:
    """Names a server until it failed, and then another one."""

    def __init__(self, first: Address, second: Address) -> None:
        self.named, self._second = first, second

    async def master(self) -> Address:
        """The server to connect to."""
        return self.named

    def is_current(self, server: Address) -> bool:
        """Whether it is the one that is named."""
        return server == self.named

    def failed(self, server: Address) -> None:
        """It is no master any more."""
        self.named = self._second

    async def disconnect(self) -> None:
        """There is nothing to end."""

    def moved(self, slot: int, server: Address) -> bool:
        """There are no slots."""
        return False


@pytest.fixture(params=SERVERS.values(), ids=list(SERVERS))
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two masters of one kind."""
    servers = [Server(tmp_path / name, "--save", "", program=request.param) for name in "ab"]
    try:
        for server in servers:
            server.start()
        yield servers[0], servers[1]
    finally:
        for server in servers:
            server.kill()


def turn_into_a_replica(server: Server) -> None:
    """Of a master that is not there."""
    with server.client() as client:
        client.replicaof("127.0.0.1", str(free_port()))


async def test_the_connection_ends(pair: tuple[Server, Server]) -> None:
    """By an address that does not say so; what is wrong with a script itself is told as ever."""
    redis = connect(f"redis://127.0.0.1:{pair[0].port}/0")
    script = await redis.script_load(WRITE)
    assert 1 == await redis.evalsha(script, 1, "count")
    turn_into_a_replica(pair[0])
    with pytest.raises(RedisConnectionError, match="is no master any more"):
        await redis.evalsha(script, 1, "count")
    with pytest.raises(ResponseError, match="mine"):
        await redis.eval("return redis.error_reply('ERR mine')", 0)
    await redis.aclose()


async def test_the_script_goes_to_the_next_master(pair: tuple[Server, Server]) -> None:
    """It was not carried out: it is sent again to the server that is named now."""
    old, new = (("127.0.0.1", server.port) for server in pair)
    pool = LocatedPool(
        locator=Successor(old, new),
        circuit=Circuit(2),
        connection_class=LocatedConnection,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
    async with Redis.from_pool(pool) as redis:
        script = await redis.script_load(WRITE)
        assert [1, 2] == [await redis.evalsha(script, 1, "count") for _ in range(2)]
        with pair[1].client() as client:
            client.script_load(WRITE)
        turn_into_a_replica(pair[0])
        assert 1 == await redis.evalsha(script, 1, "count")
