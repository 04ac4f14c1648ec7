"""Which verified messages of webhooks have reached the shop: none does so twice, whichever worker it comes to.

A message is claimed while it is under way and remembered once the shop has taken it, so that a copy meanwhile does
not pass, and a retry after a failure does. What Redis cannot be told, this worker remembers by itself: a call-back is
not lost because Redis is away; until it is back, each worker would let one copy through.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.complaints import Complaints
from waitroom.line.keys import VERSION
from waitroom.redis.cluster import shard_of
from waitroom.shaping.signatures import Proof

logger = logging.getLogger("waitroom.shaping")

CLAIM_SECONDS = 120.0
"""How long a message counts as under way: whose worker died can come again after this."""
MOST_REMEMBERED = 10_000
"""Messages that a worker remembers by itself: the oldest are forgotten first."""

_SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message under way. ``until`` is in milliseconds of Redis's clock, 0 where Redis was not reached."""

    keys: tuple[str, ...]
    """Of its signatures, those that were new."""
    proof: Proof
    until: int


class Deliveries:
    """What was delivered, shared by all workers through Redis. ``clock`` is monotonic, in seconds."""

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Callable[[], float] = time.monotonic,
        claim_seconds: float = CLAIM_SECONDS,
        most_remembered: int = MOST_REMEMBERED,
    ) -> None:
        self._redis = redis
        self._claim = redis.register_script((_SCRIPTS / "claim_delivery.lua").read_text())
        self._settle = redis.register_script((_SCRIPTS / "settle_delivery.lua").read_text())
        self._clock = clock
        self._claim_seconds = claim_seconds
        self._most_remembered = most_remembered
        self._complaints = Complaints(logger)
        self._own: dict[tuple[str, str], float] = {}
        """By key and variant, until when: of what Redis could not be told, the oldest first."""

    def __repr__(self) -> str:
        return f"<Deliveries, {len(self._own)} of them unknown to Redis>"

    async def claim(self, webhook: str, proof: Proof) -> Claim | None:
        """Claims a message; None where it has passed before, or is under way."""
        # one hash tag, so that all keys of a message are on one cluster slot
        keys = tuple(f"waitroom:{VERSION}:{{webhook:{webhook}}}:{digest}" for digest in proof.digests)
        if self._own and not self._is_news(keys, proof.variant):
            return None
        words = (proof.variant, proof.most_variants, round(self._claim_seconds * 1000))
        try:
            until, new = await self._claim(keys, words, client=self._shard(keys))
        except (RedisError, OSError) as error:
            self._complaints.warn("redis", "webhooks are remembered by this worker alone: %s", error)
            self._note(keys, proof.variant, self._claim_seconds)
            return Claim(keys, proof, 0)
        return Claim(tuple(keys[at - 1] for at in new), proof, until) if new else None

    async def delivered(self, claim: Claim, *, remember_seconds: float) -> None:
        """The shop has taken it."""
        await self._end(claim, remember_seconds)

    async def failed(self, claim: Claim) -> None:
        """The shop has not taken it: it may come again."""
        await self._end(claim, 0.0)

    async def _end(self, claim: Claim, seconds: float) -> None:
        for place in self._places(claim.keys, claim.proof.variant):
            self._own.pop(place, None)
        try:
            words = (claim.proof.variant, claim.until, round(seconds * 1000))
            await self._settle(claim.keys, words, client=self._shard(claim.keys))
        except (RedisError, OSError) as error:
            self._complaints.warn("redis", "webhooks are remembered by this worker alone: %s", error)
            if seconds:
                self._note(claim.keys, claim.proof.variant, seconds)

    def _shard(self, keys: tuple[str, ...]) -> Redis:
        return shard_of(self._redis, keys[0].partition("{")[2].partition("}")[0])

    def _is_news(self, keys: tuple[str, ...], variant: str) -> bool:
        now = self._clock()
        return any(self._own.get(place, now) <= now for place in self._places(keys, variant))

    def _note(self, keys: tuple[str, ...], variant: str, seconds: float) -> None:
        for place in self._places(keys, variant):
            self._own.pop(place, None)
            self._own[place] = self._clock() + seconds
        while len(self._own) > self._most_remembered:
            del self._own[next(iter(self._own))]

    def _places(self, keys: tuple[str, ...], variant: str) -> Iterator[tuple[str, str]]:
        return ((key, variant) for key in keys)
