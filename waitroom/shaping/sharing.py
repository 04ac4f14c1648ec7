"""Passes that are used from implausibly many networks at once: those visits are ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line import lua
from waitroom.line.keys import VERSION, room_keys
from waitroom.line.room import Room
from waitroom.redis.cluster import shard_of
from waitroom.shaping.addresses import Hasher, whence

REPORTED_FROM = 2
"""Networks of a visit that a worker has seen itself before it asks what the others have seen."""
FLUSH_SECONDS = 2.0
MAX_FLUSH = 250
"""Visits that are told of in one call."""
MAX_VISITS = 100_000
"""Visits whose networks one worker remembers; further ones are not watched until others are forgotten."""
MAX_NETWORKS = 1000
"""Of one visit that a worker remembers: more than any limit allows."""

_SCRIPT = Path(__file__).parent / "scripts" / "networks.lua"

logger = logging.getLogger("waitroom.line")


class _Visit:
    """Where one visit was made from. The address itself is not kept: ``spot`` is Python's own keyed hash of it, which
    nobody can turn back and no other process can make."""

    __slots__ = ("network", "seen", "spot")

    def __init__(self) -> None:
        self.spot = 0
        self.network = ""
        self.seen: dict[str, float] = {}

    def since(self, moment: float) -> dict[str, float]:
        """The networks seen after that moment."""
        return {network: at for network, at in self.seen.items() if at > moment}


class Networks:
    """The networks from which one worker has seen each visit lately. ``hash_of`` names that of an address."""

    def __init__(
        self, hash_of: Callable[[str], str | None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._hash_of = hash_of
        self._monotonic = monotonic
        self._visits: dict[str, _Visit] = {}
        self._several: set[str] = set()
        self._swept = monotonic()

    def __repr__(self) -> str:
        return f"<Networks of {len(self._visits)} visits, {len(self._several)} with several>"

    def saw(self, visit: str, address: str) -> None:
        """A request of this visit came from this address."""
        known, spot = self._visits.get(visit), hash(address)
        if known is None or known.spot != spot:
            self._moved(visit, known, spot, address)
        else:
            known.seen[known.network] = self._monotonic()

    def forget(self, visit: str) -> None:
        """The visit is over."""
        self._visits.pop(visit, None)
        self._several.discard(visit)

    def several(self, window_seconds: float) -> dict[str, dict[str, int]]:
        """Visits that have moved since they were last told of, and were made from several networks within the window:
        of each network, how many milliseconds ago."""
        now = self._monotonic()
        if now - self._swept > window_seconds:
            self._sweep(now, window_seconds)
        found: dict[str, dict[str, int]] = {}
        for visit in list(self._several)[:MAX_FLUSH]:
            self._several.discard(visit)
            seen = self._visits[visit].since(now - window_seconds)
            if len(seen) >= REPORTED_FROM:
                found[visit] = {network: int((now - at) * 1000) for network, at in seen.items()}
        return found

    def _moved(self, visit: str, known: _Visit | None, spot: int, address: str) -> None:
        network = self._hash_of(address)
        if network is None:
            return
        if known is None:
            if len(self._visits) >= MAX_VISITS:
                return
            known = self._visits[visit] = _Visit()
        if network not in known.seen and len(known.seen) >= MAX_NETWORKS:
            return
        known.spot, known.network = spot, network
        known.seen[network] = self._monotonic()
        if len(known.seen) >= REPORTED_FROM:
            self._several.add(visit)

    def _sweep(self, now: float, window_seconds: float) -> None:
        self._swept = now
        for visit, known in list(self._visits.items()):
            known.seen = known.since(now - window_seconds)
            # where it is now stays known, or the next request would find no time to renew
            if known.network not in known.seen:
                self.forget(visit)


class Sharing:
    """Watches the passes of one room in one worker, and ends the visits of those that are shared too widely."""

    def __init__(self, redis: Redis, room: Room, hasher: Hasher) -> None:
        self._room = room
        self._hasher = hasher
        self._prefix = f"waitroom:{VERSION}:{{{room.name}}}:networks:"
        keys = room_keys(room.name, ())
        self._common_keys = [keys[0], keys[4], keys[5]]
        self._script = shard_of(redis, room.name).register_script(
            f"{lua.clock()}\n{lua.record()}\n{_SCRIPT.read_text()}"
        )
        self._networks = Networks(self._network)
        self.saw = self._networks.saw
        self._told = time.monotonic()
        self._telling: asyncio.Task[None] | None = None
        room.on_change(self._wake)

    def __repr__(self) -> str:
        return f"<Sharing of {self._room.name}: {self._networks!r}>"

    async def tell(self) -> None:
        """Tells Redis of visits made from several networks, and ends those with too many of all workers together."""
        guard = self._room.rules.guard
        found = self._networks.several(guard.at_once_ms / 1000)
        visits = [visit for visit in found if not self._room.visits.has_ended(visit)]
        if not visits or not guard.networks:
            return
        words: list[str | int] = [guard.at_once_ms, guard.networks]
        for visit in visits:
            words += [visit, len(found[visit])]
            words += [word for pair in found[visit].items() for word in pair]
        keys = [*self._common_keys, *(self._prefix + visit for visit in visits)]
        try:
            shared = await self._script(keys=keys, args=words)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error
        for visit in (bytes(member).decode() for member in shared):
            logger.warning(
                "room %s: visit %s is ended: its pass was used from more than %d networks within %g seconds",
                self._room.name, visit, guard.networks, guard.at_once_ms / 1000,
            )  # fmt: skip
            self._networks.forget(visit)
            await self._room.finish(visit)

    def _network(self, address: str) -> str | None:
        place = whence(address)
        return None if place is None else self._hasher(place.network, self._room.clock_ms)

    def _wake(self) -> None:
        now = time.monotonic()
        if now - self._told >= FLUSH_SECONDS and (self._telling is None or self._telling.done()):
            self._told = now
            self._telling = asyncio.create_task(self._tell_calmly())

    async def _tell_calmly(self) -> None:
        with suppress(LineUnavailableError):  # the room says so itself; who goes on is told of again
            await self.tell()
