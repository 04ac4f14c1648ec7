"""A worker may have no more memory, in the middle of a sale."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.both import Both, both_running
from tests.faults.crowd import eventually
from tests.faults.sale import sale_at

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]
GREEDY = 400
UNFINISHED = b"GET / HTTP/1.1\r\nX-Long: " + 8_000 * b"x"
"""The head of a request, which a worker must keep until the rest comes."""
CUTS = 1000
"""For a request that fails for want of memory the connection may break."""


@pytest.fixture
def both(tmp_path: Path, shop: str) -> Iterator[Both]:
    """One of each."""
    with both_running(tmp_path, shop) as running:
        yield running
        # it had a reason to complain; whatever else it says would be for want of memory as well
        running.site.errors.write_text("")


def address_space(pid: int) -> int:
    """The address space that a process has, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


async def test_a_worker_has_no_more_memory(both: Both, record_property: Record) -> None:
    """What cannot be answered fails, and is asked for again; nobody loses a place, and the rate is kept. The worker
    goes on when there is memory again; where it died of it, another one has taken its place."""
    async with sale_at(both.site) as sale:
        starved = both.site.workers()[0]
        limit = resource.prlimit(starved, resource.RLIMIT_AS)
        resource.prlimit(starved, resource.RLIMIT_AS, (address_space(starved), limit[1]))
        greedy = [socket.create_connection(("127.0.0.1", both.site.port)) for _ in range(GREEDY)]
        for connection in greedy:
            connection.sendall(UNFINISHED)
        await eventually(lambda: "MemoryError" in both.site.said(), both.site.said)
        await asyncio.sleep(1)
        for connection in greedy:
            connection.close()
        if starved in both.site.workers():
            resource.prlimit(starved, resource.RLIMIT_AS, limit)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(cuts=CUTS, failures=frozenset({500, 502}))
    await eventually(lambda: len(both.site.workers()) == 2, lambda: "there is no new worker")
