"""What Redis keeps of invitations: codes, revocations, and who typed wrong codes.

Who holds which place by an invitation is kept by ``redeem.lua`` alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError, WaitroomError
from waitroom.invitations.keys import (
    batches_key,
    codes_key,
    revoked_key,
    tries_key,
    uses_key,
)
from waitroom.redis.cluster import shard_of
from waitroom.shaping.codes import CodeDigests, typed
from waitroom.shaping.invitation import Invitation, InvitationError, Refusal
from waitroom.signing import derived_key

MAX_BATCHES = 200
"""Of codes that count at one time in a room: each costs a look when a code is typed."""
TRIES = 20
"""Wrong codes that an address may send within ``TRIES_SECONDS``. Thousands may share one, so mistyped ones, which the
check symbol finds, are not among them."""
TRIES_SECONDS = 60
REMEMBERED_SECONDS = 7 * 86_400
"""For so long a code that has ended is told from one that never was."""
LONGEST_SECONDS = 366 * 86_400
"""No invitation lives longer, so nothing revoked needs to be remembered for longer."""


class LedgerError(WaitroomError):
    """Something that the ledger cannot take in."""


class Kept(NamedTuple):
    """A code as it is kept."""

    digest: bytes
    serial: int
    """Its number in the batch."""
    holder: str
    """The member that it is for; empty: whoever types it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes that were minted together. Times are in seconds since 1970."""

    name: str
    lane: str
    uses: int
    begins: int
    ends: int

    def written(self) -> str:
        """As Redis keeps it."""
        return f"{self.lane}:{self.uses}:{self.begins}:{self.ends}"

    @classmethod
    def read(cls, name: bytes, text: bytes) -> Batch:
        """From what Redis keeps."""
        lane, uses, begins, ends = text.decode().split(":")
        return cls(name.decode(), lane, int(uses), int(begins), int(ends))


class Ledger:
    """The codes and revocations of one room. Raises LineUnavailableError where Redis does not answer."""

    def __init__(self, redis: Redis, room: str, secrets: Sequence[str]) -> None:
        self._redis = shard_of(redis, room)
        self._room = room
        self._digests = CodeDigests(room, secrets)
        self._address_key = derived_key("address", secrets[0])

    async def keep(self, batch: Batch, codes: Sequence[Kept]) -> None:
        """Keeps codes of a batch; they count once the batch is published. Raises :class:`LedgerError`."""
        key = codes_key(self._room, batch.name)
        pairs = [word for code in codes for word in (code.digest, f"{code.serial}:{code.holder}".rstrip(":"))]
        pipe = self._redis.pipeline()
        pipe.hset(key, items=pairs)
        pipe.expireat(key, batch.ends + REMEMBERED_SECONDS)
        added, _ = await self._answer(pipe.execute())
        if added != len(codes):
            raise LedgerError("two codes came out the same: mint them again")

    async def publish(self, batch: Batch, now: float) -> None:
        """From here on the codes of the batch count. Raises :class:`LedgerError` where there are too many batches."""
        batches = await self.batches()
        gone = [each.name for each in batches if each.ends + REMEMBERED_SECONDS < now]
        if len(batches) - len(gone) >= MAX_BATCHES:
            raise LedgerError(
                f"{MAX_BATCHES} batches of codes count already: mint more codes at once, or use links"
            )
        if gone:
            await self._answer(self._redis.hdel(batches_key(self._room), *gone))
        await self._answer(self._redis.hset(batches_key(self._room), batch.name, batch.written()))

    async def drop(self, batch: str) -> None:
        """Forgets a batch of codes."""
        pipe = self._redis.pipeline()
        pipe.hdel(batches_key(self._room), batch)
        pipe.delete(codes_key(self._room, batch))
        await self._answer(pipe.execute())

    async def find(self, text: str, now: float) -> Invitation:
        """The invitation that a typed code stands for, where it counts at ``now``. Raises :class:`InvitationError`."""
        invitation = await self.lookup(text)
        invitation.check(now)
        return invitation

    async def lookup(self, text: str) -> Invitation:
        """The same, whether it counts or not."""
        found = await self._lookup(typed(text))
        if not found:
            raise InvitationError(Refusal.UNKNOWN_CODE, "there is no such code")
        # a word may have been given out again after it ended
        return max(found, key=lambda each: each.ends)

    async def has(self, code: str, now: float) -> bool:
        """Whether a code as :func:`typed` reads it is kept and has not ended."""
        found = [each for each in await self._lookup(code) if each.ends > now]
        return any([not await self.is_revoked(each) for each in found])

    async def used(self, invitation: Invitation) -> int:
        """How many places it has given."""
        return int(await self._answer(self._redis.hget(uses_key(self._room), invitation.id)) or 0)

    async def may_try(self, address: str) -> bool:
        """Whether somebody from this address may type another code."""
        tries = await self._answer(self._redis.get(self._tries(address)))
        return int(tries or 0) < TRIES

    async def note_wrong(self, address: str) -> None:
        """A code that does not exist was typed from this address."""
        pipe = self._redis.pipeline()
        pipe.set(self._tries(address), 0, ex=TRIES_SECONDS, nx=True)
        pipe.incr(self._tries(address))
        await self._answer(pipe.execute())

    async def revoke(self, names: Sequence[str], now: float) -> int:
        """From now on these ids, batches and holders get no new places; returns how many were not revoked before."""
        key = revoked_key(self._room)
        pipe = self._redis.pipeline()
        pipe.zremrangebyscore(key, "-inf", now)
        pipe.zadd(key, dict.fromkeys(names, now + LONGEST_SECONDS))
        _, added = await self._answer(pipe.execute())
        return int(added)

    async def revoked_of(self, names: Sequence[str]) -> set[str]:
        """Those of these ids, batches and holders that were revoked."""
        if not names:
            return set()
        scores = await self._answer(self._redis.zmscore(revoked_key(self._room), list(names)))
        return {name for name, score in zip(names, scores, strict=True) if score is not None}

    async def is_revoked(self, invitation: Invitation) -> bool:
        """Whether the invitation, its batch or its holder was revoked."""
        names = [invitation.id, invitation.batch, *([invitation.holder] if invitation.holder else [])]
        return bool(await self.revoked_of(names))

    async def _lookup(self, code: str) -> list[Invitation]:
        digests = self._digests.all(code)
        batches = await self.batches()
        if not batches:
            return []
        pipe = self._redis.pipeline(transaction=False)
        for batch in batches:
            pipe.hmget(codes_key(self._room, batch.name), cast(list[str], digests))
        replies = await self._answer(pipe.execute())
        return [
            _invitation(self._room, batch, value)
            for batch, kept in zip(batches, replies, strict=True)
            for value in kept
            if value is not None
        ]

    async def batches(self) -> list[Batch]:
        """The batches of codes that are kept, those too that have ended lately."""
        kept = await self._answer(self._redis.hgetall(batches_key(self._room)))
        return [Batch.read(name, text) for name, text in kept.items()]

    def _tries(self, address: str) -> str:
        return tries_key(self._room, hmac.digest(self._address_key, address.encode(), "sha256").hex()[:24])

    # the client's replies have no types
    async def _answer(self, reply: Any) -> Any:
        try:
            return await reply
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


def _invitation(room: str, batch: Batch, kept: bytes) -> Invitation:
    serial, _, holder = kept.decode().partition(":")
    return Invitation(
        room, batch.lane, f"{batch.name}-{serial}", holder, batch.uses, batch.begins, batch.ends
    )
