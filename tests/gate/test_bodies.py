"""Bodies that are read whole: nobody can keep out others by what they send."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from waitroom.gate.bodies import Bodies
from waitroom.gate.request import Request
from waitroom.proxy import TrustedProxies
from waitroom.telemetry.counters import Counters

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


async def _nobody(_: Message) -> None:
    """Nothing is answered."""


def stalled(
    size: int, address: str = "192.0.2.1", *, stalls: bool = True, announced: int | None = None
) -> Request:
    """A request of so many bytes, of which the end does not come."""
    messages: list[Message] = [{"type": "http.request", "body": b"a" * size, "more_body": stalls}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError

    length = size + stalls if announced is None else announced
    scope = {
        "type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"shop.example"), (b"content-length", b"%d" % length)], "client": (address, 1),
    }  # fmt: skip
    return Request(scope, receive, _nobody, TrustedProxies(), Counters())


def ended(request: Request) -> None:
    """What the gate does at the end of a request."""
    for end in request.at_end:
        end()


async def fits(bodies: Bodies, size: int, address: str) -> bool:
    """Whether a body that has come whole is read."""
    request = stalled(size, address, stalls=False)
    found = await bodies.read(request, 16 * MIB)
    ended(request)
    return found is not None


async def held(bodies: Bodies, size: int, *addresses: str) -> list[asyncio.Task[bytes | None]]:
    """Bodies under way that do not end."""
    tasks = [asyncio.create_task(bodies.read(stalled(size, address), 16 * MIB)) for address in addresses]
    await asyncio.sleep(0)
    return tasks


async def stop(tasks: list[asyncio.Task[bytes | None]]) -> None:
    """Ends them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_address_has_no_more_than_its_share() -> None:
    """An eighth, or one body: others still have room. An IPv6 network of 64 bits is one."""
    bodies = Bodies(8 * MIB)
    tasks = await held(bodies, MIB - 2048, "2001:db8::1")
    assert not await fits(bodies, 50_000, "2001:db8::2")
    assert await fits(bodies, 50_000, "2001:db8:0:1::1")
    assert await fits(bodies, 3 * MIB, "192.0.2.9")
    await stop(tasks)


async def test_small_bodies_have_a_part_of_their_own() -> None:
    """However many large ones come, by however many addresses."""
    bodies = Bodies(8 * MIB)
    tasks = await held(bodies, MIB - 2048, *(f"192.0.2.{number}" for number in range(1, 8)))
    assert not await fits(bodies, 70_000, "198.51.100.1")
    assert await fits(bodies, 60_000, "198.51.100.1")
    await stop(tasks)


async def test_a_body_has_its_time() -> None:
    """What does not come is not waited for; the request still has what came."""
    request = stalled(1000)
    assert None is await Bodies(MIB, seconds=0.05).read(request, MIB)
    assert 1000 == len((await request.receive())["body"])


async def test_what_is_held_counts_until_it_was_handed_on() -> None:
    """Not only while it is read; at the latest until the request has ended."""
    bodies = Bodies(MIB)
    first, second = stalled(100_000, stalls=False), stalled(100_000, stalls=False)
    assert None is not await bodies.read(first, MIB)
    assert None is await bodies.read(second, MIB)
    await first.receive()
    ended(second)
    assert "<Bodies 100512 of 1048576 bytes, of 1 addresses>" == repr(bodies)
    ended(first)
    assert "<Bodies 0 of 1048576 bytes, of 0 addresses>" == repr(bodies)
    ended(first)
    assert "<Bodies 0 of 1048576 bytes, of 0 addresses>" == repr(bodies)


async def test_what_is_announced_too_large_is_not_read() -> None:
    """Nor held."""
    bodies, request = Bodies(MIB), stalled(10, announced=2000)
    assert None is await bodies.read(request, 1000)
    assert [] == request.at_end
    assert 10 == len((await request.receive())["body"])
