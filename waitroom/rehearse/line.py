"""The line under a simulated clock: the same scripts, told the time by the rehearsal."""

from __future__ import annotations

import random
from collections.abc import Sequence

import hiredis
from redis.asyncio import ConnectionPool, Redis, UnixDomainSocketConnection
from redis.typing import EncodableT

from waitroom.line import lua
from waitroom.line.draw import CONTRIBUTION_BYTES
from waitroom.line.joins import MAX_BATCH
from waitroom.line.memory import Memory
from waitroom.line.presence import MAX_FLUSH
from waitroom.line.store import Joined, LineStore
from waitroom.line.ticket import Outcome
from waitroom.line.visits import MAX_FLUSH as MAX_RENEWALS

ROOM = "rehearsal"
START_SECONDS = 1_700_000_000
"""When every rehearsal begins, so that the same seed gives the same report."""
SIGHT_BYTES = 8192
"""Of presence bits told in one call: 65,536 visitors."""


class _Connection(UnixDomainSocketConnection):
    """Packs commands by hiredis, as the blocking client does. Here there are commands of two thousand words."""

    def pack_command(self, *words: EncodableT) -> list[bytes]:
        name, *others = words
        packed = hiredis.pack_command((*str(name).encode().split(), *others))  # type: ignore[arg-type]
        return [packed]


def client(url: str) -> Redis:
    """A client with one connection, for one that asks one thing at a time."""
    pool = ConnectionPool.from_url(url)
    pool.connection_class = _Connection
    return Redis(connection_pool=pool, single_connection_client=True)


class SimulatedTime:
    """The clock of a rehearsal: the line's in Redis, and that of the one worker that there is."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.ms = START_SECONDS * 1000

    async def set(self, seconds: float) -> None:
        """Moves it to so many seconds after the rehearsal's beginning."""
        self.ms = round((START_SECONDS + seconds) * 1000)
        await self._redis.set(lua.SIMULATED_CLOCK_KEY, self.ms)


class SimulatedLine(LineStore):
    """A lane whose time stands until somebody moves it. It must have its Redis for itself."""

    clock = lua.SIMULATED_CLOCK

    def __init__(self, redis: Redis, lane: str, memory: Memory, time: SimulatedTime, seed: int) -> None:
        super().__init__(redis, ROOM, lane, memory, lambda: time.ms)
        self._random = random.Random(f"{seed} {lane}")  # noqa: S311 - a simulation is repeatable

    def contribution(self) -> bytes:
        """Randomness for the draw that the seed determines."""
        return self._random.randbytes(CONTRIBUTION_BYTES)

    async def join_all(self, count: int) -> list[Joined]:
        """Joins of one moment, in batches as a worker makes them."""
        return [await self.join(min(MAX_BATCH, count - at)) for at in range(0, count, MAX_BATCH)]

    async def claim_all(self, tickets: Sequence[tuple[int, int]]) -> list[Outcome]:
        """Tickets shown at one moment, in this order: numbers and their turns."""
        outcomes: list[Outcome] = []
        for at in range(0, len(tickets), MAX_BATCH):
            outcomes += (await self.claim_many(tickets[at : at + MAX_BATCH]))[0]
        return outcomes

    async def see_all(self, numbers: Sequence[int]) -> None:
        """Those who came back."""
        for at in range(0, len(numbers), MAX_FLUSH):
            await self.see(numbers[at : at + MAX_FLUSH])

    async def see_bitmap(self, first: int, bits: bytes) -> None:
        """Everyone who looks, at the beginning of a presence slot."""
        for at in range(0, len(bits), SIGHT_BYTES):
            part = bits[at : at + SIGHT_BYTES]
            if any(part):
                await self.see_bits(first + 8 * at, part)

    async def renew_all(self, idle_ms: dict[int, int]) -> None:
        """Visits that were active, by their number."""
        epoch = self.memory.epoch
        words = [(f"{epoch}:{self.lane}:{number}", idle) for number, idle in idle_ms.items()]
        for at in range(0, len(words), MAX_RENEWALS):
            await self.renew(dict(words[at : at + MAX_RENEWALS]))
