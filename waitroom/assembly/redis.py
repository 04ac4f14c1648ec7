"""A client of the Redis that an address names."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Connection, Redis, Sentinel, SSLConnection
from redis.asyncio.connection import ConnectionPool, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.maint_notifications import MaintNotificationsConfig

from waitroom.line.keys import WORKERS_KEY
from waitroom.redis.address import Kind, RedisAddress, Server
from waitroom.redis.circuit import Circuit
from waitroom.redis.cluster import ClusterRedis, SlotLocator
from waitroom.redis.connections import (
    LocatedConnection,
    LocatedTLSConnection,
    WatchedConnection,
    WatchedSocketConnection,
    WatchedTLSConnection,
)
from waitroom.redis.locating import Locator
from waitroom.redis.pool import LocatedPool, Pool
from waitroom.redis.sentinel import SentinelLocator
from waitroom.redis.topology import Topology
from waitroom.settings.redis import RedisSettings

CONNECTIONS = 16
"""Of one worker, in a cluster of one room. Joins share one; the others are for those who show their ticket at the
door."""
ASK_SECONDS = 1.0
"""A sentinel, or a node asked for the slots, has no more than this: another one is asked then."""


def connect(redis_url: str, settings: RedisSettings | None = None) -> Redis:
    """A client for the lines. It retries once, and only where the connection had died. ``settings`` are those of the
    patience and of TLS."""
    address = RedisAddress.parse(redis_url)
    given = settings or RedisSettings()
    match address.kind:
        case Kind.SINGLE:
            return Redis.from_pool(_single_pool(redis_url, address, given))
        case Kind.SENTINEL:
            return Redis.from_pool(_located_pool(address, given, _sentinel(address, given)))
        case Kind.CLUSTER:
            return _cluster(address, given)


def _single_pool(redis_url: str, address: RedisAddress, given: RedisSettings) -> Pool:
    kinds = {Connection: WatchedConnection, SSLConnection: WatchedTLSConnection}
    options = _tls(address, given) | dict(parse_url(redis_url))
    kind = kinds.get(options.pop("connection_class", Connection), WatchedSocketConnection)
    circuit = Circuit(given.redis_timeout)
    return Pool(circuit=circuit, connection_class=kind, **(_pooled(given) | _patience(given) | options))


def _located_pool(address: RedisAddress, given: RedisSettings, locator: Locator) -> LocatedPool:
    return LocatedPool(
        locator=locator,
        circuit=Circuit(given.redis_timeout),
        connection_class=LocatedTLSConnection if address.uses_tls else LocatedConnection,
        db=address.database,
        **_pooled(given),
        **_patience(given),
        **_tls(address, given),
        **_names(address.username, address.password),
    )


def _sentinel(address: RedisAddress, given: RedisSettings) -> SentinelLocator:
    options = _asking(given) | _names(address.sentinel_username, address.sentinel_password)
    if address.uses_tls:
        options |= {"ssl": True, **_tls(address, given)}
    sentinel = Sentinel(address.servers, sentinel_kwargs=options)  # type: ignore[no-untyped-call]
    return SentinelLocator(sentinel, address.service)


def _cluster(address: RedisAddress, given: RedisSettings) -> ClusterRedis:
    options = _asking(given) | _tls(address, given) | _names(address.username, address.password)
    kind = SSLConnection if address.uses_tls else Connection

    async def ask(server: Server) -> Sequence[Any]:
        pool = ConnectionPool(kind, 1, host=server[0], port=server[1], **options)
        async with Redis.from_pool(pool) as node:
            told: Sequence[Any] = await node.execute_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
            return told

    def connections(locator: SlotLocator) -> LocatedPool:
        return _located_pool(address, given, locator)

    return ClusterRedis(Topology(address.servers, ask), connections, WORKERS_KEY)


def _pooled(given: RedisSettings) -> dict[str, Any]:
    return {"max_connections": CONNECTIONS, "timeout": given.redis_timeout}


def _patience(given: RedisSettings) -> dict[str, Any]:
    return {
        "socket_timeout": given.redis_timeout,
        "socket_connect_timeout": given.redis_connect_timeout,
        # a command that was not answered in time may be carried out yet, and Redis that hangs would do so twice
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        **_PLAIN,
    }


def _asking(given: RedisSettings) -> dict[str, Any]:
    return {
        "socket_timeout": min(given.redis_timeout, ASK_SECONDS),
        "socket_connect_timeout": min(given.redis_connect_timeout, ASK_SECONDS),
        "retry": Retry(NoBackoff(), 0),
        **_PLAIN,
    }


_PLAIN: Mapping[str, Any] = {
    # nothing is asked of Redis at the start of a connection that a user with the least rights may not do
    "driver_info": None,
    "maint_notifications_config": MaintNotificationsConfig(enabled=False),
}


def _tls(address: RedisAddress, given: RedisSettings) -> dict[str, Any]:
    if not address.uses_tls:
        return {}
    files = {
        "ssl_ca_certs": given.redis_ca_file,
        "ssl_certfile": given.redis_cert_file,
        "ssl_keyfile": given.redis_key_file,
    }
    return {
        "ssl_min_version": ssl.TLSVersion.TLSv1_2,
        **{name: str(path) for name, path in files.items() if path is not None},
    }


def _names(username: str | None, password: str | None) -> dict[str, Any]:
    return {"username": username, "password": password}
