"""From how many networks a pass is used: what one worker sees, and what all of them see together."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from redis.asyncio import Redis

from waitroom.line.guard import Guard
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.shaping.addresses import Hasher
from waitroom.shaping.sharing import MAX_NETWORKS, MAX_VISITS, Networks, Sharing

VISIT = "1795294762:general:7"


class Clock:
    """Seconds, in the test's hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def network(address: str) -> str | None:
    return address.rpartition(".")[0] or None


def watched() -> tuple[Networks, Clock]:
    clock = Clock()
    return Networks(network, clock), clock


def test_one_network_is_not_worth_telling() -> None:
    """However often and from however many of its addresses."""
    networks, _ = watched()
    for number in range(50):
        networks.saw(VISIT, f"192.0.2.{number}")
    assert {} == networks.several(60)


def test_networks_are_told_with_their_age() -> None:
    """Of each network when it was last seen; a visit is told again when it has moved again."""
    networks, clock = watched()
    networks.saw(VISIT, "192.0.2.1")
    clock.now += 10
    networks.saw(VISIT, "198.51.100.1")
    clock.now += 5
    networks.saw(VISIT, "198.51.100.1")
    assert {VISIT: {"192.0.2": 15_000, "198.51.100": 0}} == networks.several(60)
    assert {} == networks.several(60)
    networks.saw(VISIT, "192.0.2.1")
    assert {VISIT: {"192.0.2": 0, "198.51.100": 0}} == networks.several(60)


def test_what_lies_outside_the_window_does_not_count() -> None:
    """A phone that moves from network to network in an hour is in one or two at a time."""
    networks, clock = watched()
    for number in range(60):
        networks.saw(VISIT, f"10.0.{number}.1")
        told = networks.several(60)
        assert len(told.get(VISIT, {})) <= 2
        clock.now += 50


def test_who_stays_is_not_forgotten_who_is_gone_is() -> None:
    """What is remembered is what was seen within the window."""
    networks, clock = watched()
    networks.saw("gone", "192.0.2.1")
    for _ in range(10):
        networks.saw(VISIT, "192.0.2.1")
        clock.now += 20
        networks.several(60)
    assert "<Networks of 1 visits, 0 with several>" == repr(networks)
    networks.saw(VISIT, "192.0.2.1")
    networks.forget(VISIT)
    networks.forget(VISIT)
    assert "<Networks of 0 visits, 0 with several>" == repr(networks)


def test_memory_is_bounded() -> None:
    """Neither visits nor networks of one visit pile up; a peer without an address is passed over."""
    networks, _ = watched()
    networks.saw(VISIT, "unix")
    for number in range(2 * MAX_NETWORKS):
        networks.saw(VISIT, f"10.{number >> 8}.{number & 255}.1")
    assert MAX_NETWORKS == len(networks.several(60)[VISIT])
    for number in range(MAX_VISITS + 10):
        networks.saw(str(number), "192.0.2.1")
    assert f"<Networks of {MAX_VISITS} visits, 0 with several>" == repr(networks)


def test_no_address_is_kept() -> None:
    """What a worker remembers of a visit is hashes."""
    hasher = Hasher("a secret for tests only", "drop")
    networks = Networks(lambda address: hasher(address.encode(), 1))
    networks.saw(VISIT, "192.0.2.1")
    kept = networks._visits[VISIT]
    assert "192.0.2" not in f"{kept.spot} {kept.network} {kept.seen}"


def test_a_request_costs_next_to_nothing() -> None:
    """A visitor who stays where they are costs well under ten microseconds a request, on any machine."""
    networks = Networks(network)
    addresses = [f"192.0.{number}.1" for number in range(100)]
    begun = time.perf_counter()
    for _ in range(1000):
        for number, address in enumerate(addresses):
            networks.saw(str(number), address)
    assert (time.perf_counter() - begun) / 100_000 < 10e-6


def worker(redis: Redis, guard: Guard) -> tuple[Room, Sharing]:
    room = Room("drop", redis, Rules(guard=guard))
    return room, Sharing(redis, room, Hasher("a secret for tests only", "drop"))


async def events(redis: Redis) -> list[dict[bytes, bytes]]:
    log: Any = await redis.xrange("waitroom:1:{drop}:log")
    return [fields for _, fields in log if fields[b"type"] == b"shared"]


@pytest.mark.anyio
async def test_workers_see_together_what_none_sees_alone(redis: Redis) -> None:
    """Four workers, three networks each: twelve are within the limit, the thirteenth ends the visit in all of them."""
    workers = [worker(redis, Guard(networks=12)) for _ in range(4)]
    for room, _ in workers:
        await room.start()
    for index, (_, sharing) in enumerate(workers):
        for number in range(3):
            sharing.saw(VISIT, f"10.{index}.{number}.1")
        sharing.saw("another:general:8", f"10.{index}.0.1")
        await sharing.tell()
    assert [] == await events(redis)
    room, sharing = workers[0]
    sharing.saw(VISIT, "10.9.9.1")
    await sharing.tell()
    (event,) = await events(redis)
    assert (VISIT.encode(), b"13") == (event[b"visit"], event[b"networks"])
    assert (room.head.epoch, True) == (int(event[b"epoch"]), int(event[b"clock"]) > 0)
    assert room.visits.has_ended(VISIT)
    other, late = workers[1]
    late.saw(VISIT, "10.1.7.1")
    await late.tell()
    assert 1 == len(await events(redis))
    await other.start()
    assert other.visits.has_ended(VISIT)
    assert not other.visits.has_ended("another:general:8")


@pytest.mark.anyio
async def test_what_is_told_expires(redis: Redis) -> None:
    """The networks of a visit are gone from Redis with the window."""
    room, sharing = worker(redis, Guard(networks=12, at_once_ms=300))
    await room.start()
    sharing.saw(VISIT, "10.0.0.1")
    sharing.saw(VISIT, "10.0.1.1")
    await sharing.tell()
    assert 0 < await redis.pttl(f"waitroom:1:{{drop}}:networks:{VISIT}") <= 300


@pytest.mark.anyio
async def test_the_window_slides(redis: Redis) -> None:
    """Networks that were seen before it do not count, though others of the same visit are told of all the time."""
    room, sharing = worker(redis, Guard(networks=3, at_once_ms=1000))
    await room.start()
    for number in (1, 2, 3, 1):
        sharing.saw(VISIT, f"10.0.{number}.1")
    await sharing.tell()
    await asyncio.sleep(0.6)
    for number in (3, 1):
        sharing.saw(VISIT, f"10.0.{number}.1")
    await sharing.tell()
    await asyncio.sleep(0.6)
    for number in (4, 1):
        sharing.saw(VISIT, f"10.0.{number}.1")
    await sharing.tell()
    assert [] == await events(redis)
    assert not room.visits.has_ended(VISIT)


@pytest.mark.anyio
async def test_off_tells_nothing(redis: Redis) -> None:
    """A limit that was taken away while visits were watched ends none of them."""
    room, sharing = worker(redis, Guard(networks=0))
    await room.start()
    for number in range(50):
        sharing.saw(VISIT, f"10.0.{number}.1")
    await sharing.tell()
    assert [] == await events(redis)
    assert not room.visits.has_ended(VISIT)
