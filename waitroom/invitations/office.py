"""The invitations of one room as operators handle them: made, looked at, revoked. What they do is in the record."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from redis.asyncio import Redis

from waitroom.assembly.line import store_of
from waitroom.invitations.bulk import Guests, Progress, write_codes
from waitroom.invitations.ledger import Batch, Kept, Ledger
from waitroom.invitations.minting import Inviter, MintingError, Terms, new_batch
from waitroom.settings import RoomSettings
from waitroom.shaping.codes import SYMBOLS, CodeDigests, new_code, typed
from waitroom.shaping.invitation import Invitation, InvitationError, Seal
from waitroom.shaping.members import Members

_TOLD = 20
"""Of what is revoked, named in the record."""
_NAME = re.compile(r"[a-z2-7]{8}(-[1-9][0-9]*)?")
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Looked:
    """What an invitation says. ``refusal`` is why it does not count; empty: it does."""

    invitation: Invitation
    used: int
    refusal: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """What was revoked just now, and what had been before."""

    new: int
    before: int


class Office:
    """Handles the invitations of a room in the name of somebody. ``secrets`` come newest first.

    Raises what the ledger and the line raise where Redis does not answer.
    """

    def __init__(
        self,
        room: RoomSettings,
        redis: Redis,
        secrets: Sequence[str],
        who: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.room = room
        self.ledger = Ledger(redis, room.name, secrets)
        self._line = store_of(room, redis)
        self._secrets = secrets
        self.who = who
        self._clock = clock
        self._digests = CodeDigests(room.name, secrets)
        self._inviter = Inviter(room.name, secrets)

    def __repr__(self) -> str:
        return f"<Office of {self.room.name}, for {self.who}>"

    async def codes(self, terms: Terms, guests: Guests, out: Path, progress: Progress) -> str:
        """Writes codes and keeps them; returns the name of the batch. Raises what
        :func:`~waitroom.invitations.bulk.write_codes` does."""
        batch = await write_codes(
            self._inviter,
            terms,
            guests,
            out,
            progress,
            ledger=self.ledger,
            digests=self._digests,
            now=self._clock(),
        )
        await self._note_codes(terms, batch, guests.count)
        return batch

    async def code(self, terms: Terms, member: str | None) -> tuple[Batch, str]:
        """One code, and the batch that it is alone in."""
        batch = _batch(terms)
        holder = self._inviter.invitation(terms, batch.name, 1, member).holder
        code = new_code()
        await self._keep(batch, Kept(self._digests.newest(typed(code)), 1, holder))
        return batch, code

    async def word(self, terms: Terms, word: str) -> Batch:
        """Keeps one code of the operator's own, for many. Raises
        :class:`~waitroom.invitations.minting.MintingError` for one that cannot be, or that counts already."""
        if terms.uses == 0:
            raise MintingError("uses: must be at least 1 for a code that many may use")
        try:
            code = typed(word)
        except InvitationError:
            code = ""
        if not code or len(code) == SYMBOLS:
            raise MintingError(
                f"code: {word!r} was given, allowed are {_SHORTEST} to {SYMBOLS - 1} letters and digits"
            )
        if await self.ledger.has(code, self._clock()):
            raise MintingError(f"code: {word!r} counts already: revoke it first, or choose another")
        batch = _batch(terms)
        await self._keep(batch, Kept(self._digests.newest(code), 1, ""))
        return batch

    async def look(self, what: str) -> Looked:
        """What a link, its token or a code says. Raises :class:`~waitroom.shaping.invitation.InvitationError` where it
        is none."""
        text = parse_qs(urlsplit(what).query).get("i", [what])[0] if "?" in what else what
        invitation = Seal(tuple(self._secrets)).read(text) if "." in text else await self.ledger.lookup(text)
        used = await self.ledger.used(invitation)
        return Looked(invitation, used, await self._refusal(invitation))

    async def revoke(self, names: Sequence[str], why: str, *, are_members: bool) -> Revoked:
        """Revokes ids, batches, or all of some members. Raises
        :class:`~waitroom.invitations.minting.MintingError` for what is no id."""
        if not are_members:
            for name in names:
                if not _NAME.fullmatch(name):
                    raise MintingError(
                        f"{name!r} is no id of an invitation: those look like k3f9q2xa-17, a batch like k3f9q2xa"
                    )
        members = Members(self.room.name, self._secrets)
        revoked = [members.holder(name) for name in names] if are_members else list(names)
        count = await self.ledger.revoke(revoked, self._clock())
        told = ", ".join(revoked[:_TOLD]) + (", …" if len(revoked) > _TOLD else "")
        if are_members:
            told = "all of members"  # the record is for ever: nobody is in it
        await self._line.note_revoked(told, len(revoked), who=self.who, why=why)
        return Revoked(count, len(set(revoked)) - count)

    async def _keep(self, batch: Batch, kept: Kept) -> None:
        await self.ledger.keep(batch, [kept])
        await self.ledger.publish(batch, self._clock())
        await self._note_codes(Terms(batch.lane, batch.uses, batch.begins, batch.ends), batch.name, 1)

    async def _note_codes(self, terms: Terms, batch: str, count: int) -> None:
        await self._line.note_codes(batch, terms.lane, uses=terms.uses, count=count, who=self.who)

    async def _refusal(self, invitation: Invitation) -> str:
        if invitation.room != self.room.name:
            return f"it is for room {invitation.room}"
        if invitation.lane not in self.room.lane_names:
            return f"the room has no lane {invitation.lane}"
        if await self.ledger.is_revoked(invitation):
            return "it is revoked"
        try:
            invitation.check(self._clock())
        except InvitationError as error:
            return str(error)
        return ""


def _batch(terms: Terms) -> Batch:
    return Batch(new_batch(), terms.lane, terms.uses, terms.begins, terms.ends)
