"""What ``waitroom invite`` does."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import typer

from waitroom.assembly.line import store_of
from waitroom.cli.line import find_room, who_asks, with_redis
from waitroom.invitations.bulk import CODE_COLUMNS, LINK_COLUMNS, Guests, Progress, write_codes, write_links
from waitroom.invitations.ledger import Batch, Kept, Ledger
from waitroom.invitations.members_file import MembersFile
from waitroom.invitations.minting import (
    Inviter,
    Links,
    MintingError,
    Terms,
    new_batch,
    room_of,
    signing_secrets,
)
from waitroom.line.store import LineStore
from waitroom.settings import Settings, parse_duration
from waitroom.shaping.codes import SYMBOLS, CodeDigests, typed
from waitroom.shaping.invitation import Invitation, InvitationError, Seal, written_time
from waitroom.shaping.members import Members

T = TypeVar("T")
_TOLD = 20
"""Of what is revoked, named in the record."""
_NAME = re.compile(r"[a-z2-7]{8}(-[1-9][0-9]*)?")


class Inviting:
    """What the commands that mint have in common. Raises what is wrong with the options."""

    def __init__(
        self,
        settings: Settings,
        room: str | None,
        lane: str,
        *,
        uses: int,
        expires: str,
        begins: str | None,
    ) -> None:
        self.settings = settings
        self.room = room_of(settings, room, lane)
        self.now = time.time()
        self.terms = Terms.agreed(
            lane,
            uses=uses,
            expires=_until(expires),
            begins=None if begins is None else _instant("begins", begins),
            now=self.now,
        )
        self.secrets = signing_secrets(settings)
        self.inviter = Inviter(self.room.name, self.secrets)


def mint_links(inviting: Inviting, guests: Path | int, out: Path, *, base: str, to: str) -> str:
    """Writes links, and returns a line that says what was done."""
    links = Links(inviting.room, inviting.secrets, base, to)
    return _with_progress(
        inviting,
        _guests(inviting, guests, LINK_COLUMNS),
        out,
        lambda some, progress: write_links(inviting.inviter, links, inviting.terms, some, out, progress),
    )


def mint_codes(inviting: Inviting, guests: Path | int, out: Path) -> str:
    """Writes codes and keeps them in Redis; returns a line that says what was done."""
    digests = CodeDigests(inviting.room.name, inviting.secrets)

    def write(some: Guests, progress: Progress) -> str:
        async def act(ledger: Ledger, store: LineStore) -> str:
            batch = await write_codes(
                inviting.inviter,
                inviting.terms,
                some,
                out,
                progress,
                ledger=ledger,
                digests=digests,
                now=inviting.now,
            )
            await _note_codes(store, inviting.terms, batch, some.count)
            return batch

        return _with_ledger(
            inviting.settings,
            inviting.room.name,
            inviting.secrets,
            act,
        )

    return _with_progress(inviting, _guests(inviting, guests, CODE_COLUMNS), out, write)


def keep_word(inviting: Inviting, word: str) -> str:
    """Keeps one code of the operator's own, and returns a line that says so."""
    try:
        code = typed(word)
    except InvitationError:
        code = ""
    if not code or len(code) == SYMBOLS:
        raise MintingError(f"code: {word!r} was given, allowed are {4} to {SYMBOLS - 1} letters and digits")
    terms = inviting.terms
    batch = Batch(new_batch(), terms.lane, terms.uses, terms.begins, terms.ends)
    digest = CodeDigests(inviting.room.name, inviting.secrets).newest(code)

    async def keep(ledger: Ledger, store: LineStore) -> None:
        if await ledger.has(code, inviting.now):
            raise MintingError(f"code: {word!r} counts already: revoke it first, or choose another")
        await ledger.keep(batch, [Kept(digest, 1, "")])
        await ledger.publish(batch, inviting.now)
        await _note_codes(store, terms, batch.name, 1)

    _with_ledger(inviting.settings, inviting.room.name, inviting.secrets, keep)
    ends = written_time(terms.ends)
    return f"{word}: {terms.uses:,} places in lane {terms.lane} of {inviting.room.name} until {ends}, {batch.name}-1"


def show_invitation(settings: Settings, room: str | None, what: str) -> tuple[list[str], bool]:
    """What an invitation says, a line each, and whether it counts. Raises InvitationError where it is none."""
    of_room = room_of(settings, room)
    secrets = signing_secrets(settings)
    text = parse_qs(urlsplit(what).query).get("i", [what])[0] if "?" in what else what
    now = time.time()

    async def look(ledger: Ledger, _: LineStore) -> tuple[Invitation, bool, int]:
        invitation = Seal(secrets).read(text) if "." in text else await ledger.lookup(text)
        return invitation, await ledger.is_revoked(invitation), await ledger.used(invitation)

    invitation, is_revoked, used = _with_ledger(settings, of_room.name, secrets, look)
    verdict = "yes"
    try:
        invitation.check(now)
    except InvitationError as error:
        verdict = f"no: {error}"
    if invitation.room != of_room.name:
        verdict = f"no: it is for room {invitation.room}"
    elif invitation.lane not in of_room.lane_names:
        verdict = f"no: the room has no lane {invitation.lane}"
    elif is_revoked:
        verdict = "no: it is revoked"
    places = "any number, one at a time" if invitation.uses == 0 else f"{invitation.uses:,}"
    return [
        f"id       {invitation.id}",
        f"room     {invitation.room}",
        f"lane     {invitation.lane}",
        f"for      {'a member' if invitation.holder else 'whoever has it'}",
        f"places   {places}; given so far: {used:,}",
        f"begins   {written_time(invitation.begins) if invitation.begins else 'at once'}",
        f"expires  {written_time(invitation.ends)}",
        f"counts   {verdict}",
    ], verdict == "yes"


def revoke_names(
    settings: Settings, room: str | None, names: Sequence[str], why: str, *, are_members: bool
) -> str:
    """Revokes ids, batches, or all of some members; returns a line that says so."""
    of_room = room_of(settings, room)
    secrets = signing_secrets(settings)
    if not are_members:
        for name in names:
            if not _NAME.fullmatch(name):
                raise MintingError(
                    f"{name!r} is no id of an invitation: those look like k3f9q2xa-17, a batch like k3f9q2xa"
                )
    members = Members(of_room.name, secrets)
    revoked = [members.holder(name) for name in names] if are_members else list(names)
    now = time.time()

    async def revoke(ledger: Ledger, store: LineStore) -> int:
        count = await ledger.revoke(revoked, now)
        told = ", ".join(revoked[:_TOLD]) + (", …" if len(revoked) > _TOLD else "")
        await store.note_revoked(told, len(revoked), who=who_asks(), why=why)
        return count

    count = _with_ledger(settings, of_room.name, secrets, revoke)
    return f"{of_room.name}: {count} revoked, {len(set(revoked)) - count} were so before"


async def _note_codes(store: LineStore, terms: Terms, batch: str, count: int) -> None:
    await store.note_codes(batch, terms.lane, uses=terms.uses, count=count, who=who_asks())


def _guests(inviting: Inviting, guests: Path | int, made: Sequence[str]) -> Guests:
    if isinstance(guests, int) and inviting.terms.uses == 0:
        raise MintingError("uses: 0 (any number) is for members only: nothing else would bound it")
    return Guests(guests if isinstance(guests, int) else MembersFile(guests, made=made))


def _with_progress(
    inviting: Inviting, guests: Guests, out: Path, write: Callable[[Guests, Progress], str]
) -> str:
    begun = time.monotonic()
    with typer.progressbar(length=guests.count, label="minting", file=sys.stderr) as bar:
        batch = write(guests, bar.update)
    took = time.monotonic() - begun
    return (
        f"{out}: {guests.count:,} invitations to lane {inviting.terms.lane} of {inviting.room.name}, "
        f"batch {batch}, in {took:.1f}s"
    )


def _with_ledger(
    settings: Settings, room: str, secrets: Sequence[str], act: Callable[[Ledger, LineStore], Awaitable[T]]
) -> T:
    of_room = find_room(settings, room)
    return with_redis(settings, lambda redis: act(Ledger(redis, room, secrets), store_of(of_room, redis)))


def _until(text: str) -> timedelta | datetime:
    try:
        return timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        return _instant("expires", text)


def _instant(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        allowed = "2026-05-01T10:00+02:00" if name == "begins" else "7d, or 2026-05-01T10:00+02:00"
        raise MintingError(f"{name}: {text!r} was given, allowed is a time such as {allowed}") from error
