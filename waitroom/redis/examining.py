"""What is wrong with the Redis that an address names, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from waitroom.line.keys import WORKERS_KEY
from waitroom.redis.address import Kind, RedisAddress
from waitroom.redis.cluster import ClusterRedis
from waitroom.redis.topology import SLOTS, Topology

OLDEST_REDIS = (6, 2)
OLDEST_VALKEY = (7, 2)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: how the server calls itself, what keeps the gateway from running, and what is only doubtful."""

    name: str = ""
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


async def examine(redis: Redis, address: RedisAddress) -> Examined:
    """Asks the server, or each master of a cluster, who it is. Changes nothing."""
    try:
        info: Mapping[str, Any] = await redis.info()
        if not (faults := [*_misplaced(info, address)]):
            # in a script, as nearly all that is done
            await redis.eval("return redis.call('HLEN', KEYS[1])", 1, WORKERS_KEY)
    except (RedisError, OSError) as error:
        return Examined(faults=(_why(error, address),))
    name, too_old = _version(info)
    faults += [too_old] if too_old else []
    doubts = [*_doubts(info, address)]
    if isinstance(redis, ClusterRedis) and not faults:
        found = _shards(redis.topology)
        faults += found.faults
        doubts += found.doubts
        name = f"{name}, {found.name}"
    elif address.kind is Kind.SENTINEL:
        replicas = int(info.get("connected_slaves", 0))
        name = f"{name}, the master {address.service!r} of {len(address.servers)} sentinel(s), {replicas} replica(s)"
        if not replicas:
            doubts.append("the master has no replica: there is nothing to fail over to")
    return Examined(name, tuple(faults), tuple(doubts))


def _why(error: Exception, address: RedisAddress) -> str:
    text = str(error)
    if isinstance(error, AuthenticationError):
        return f"redis_url: the name or the password is wrong: {text}"
    if isinstance(error, NoPermissionError):
        return f"redis_url: the user lacks a right (docs/redis.md lists them): {text}"
    if address.kind is Kind.SENTINEL and "No master found" in text:
        return f"redis_url: no sentinel knows a master {address.service!r} that is up: {text}"
    if "unknown command 'SENTINEL'" in text or "unknown command `SENTINEL`" in text:
        return "redis_url: this is no sentinel: name it as redis://host:port/0"
    return f"redis_url does not answer: {text}"


def _version(info: Mapping[str, Any]) -> tuple[str, str]:
    if "valkey_version" in info:
        name, version, oldest = "Valkey", str(info["valkey_version"]), OLDEST_VALKEY
    else:
        name, version, oldest = "Redis", str(info["redis_version"]), OLDEST_REDIS
    is_old = tuple(int(part) for part in version.split(".")[:2]) < oldest
    needed = f"{name} {version} is too old; {'.'.join(map(str, oldest))} or later is needed"
    return f"{name} {version}", needed if is_old else ""


def _misplaced(info: Mapping[str, Any], address: RedisAddress) -> Iterator[str]:
    """The address is well, and names something else than its scheme says."""
    mode = info.get("redis_mode", info.get("server_mode", "standalone"))
    if mode == "sentinel":
        yield "redis_url: this is a sentinel: name it as redis+sentinel://host:port/NAME-OF-THE-MASTER/0"
    elif mode == "cluster" and address.kind is not Kind.CLUSTER:
        yield "redis_url: this is a node of a cluster: name it as redis+cluster://host:port"
    elif mode != "cluster" and address.kind is Kind.CLUSTER:
        yield "redis_url: this is no cluster: name it as redis://host:port/0"
    elif info.get("role") == "slave":
        yield "redis_url: this is a replica, which takes no writes: name its master, or the sentinels"


def _doubts(info: Mapping[str, Any], address: RedisAddress) -> Iterator[str]:
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield f"maxmemory-policy is {policy}: with noeviction no place is thrown away"
    if info.get("aof_enabled") == 0:
        yield "appendonly is no: after a crash the line has to be rebuilt from the tickets that come back"
    if address.kind is not Kind.SINGLE and "min_slaves_good_slaves" not in info:
        yield (
            "min-replicas-to-write is 0: a master that is cut off goes on taking what is lost when it comes back"
        )


def _shards(topology: Topology) -> Examined:
    """What the nodes say of the cluster as a whole."""
    masters, replicas = topology.masters, topology.replicas
    name = f"a cluster of {len(masters)} master(s) and {len(replicas)} replica(s)"
    if topology.covered < SLOTS:
        fault = f"redis_url: {SLOTS - topology.covered} of the {SLOTS} slots of the cluster have no master"
        return Examined(name, faults=(fault,))
    if len(replicas) < len(masters):
        return Examined(
            name, doubts=("the cluster has masters without a replica: nothing can take their place",)
        )
    return Examined(name)
