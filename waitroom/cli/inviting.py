"""What ``waitroom invite`` does."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import typer

from waitroom.cli.line import who_asks, with_redis
from waitroom.invitations.bulk import CODE_COLUMNS, LINK_COLUMNS, Guests, Progress, write_links
from waitroom.invitations.members_file import MembersFile
from waitroom.invitations.minting import Inviter, Links, MintingError, room_of, signing_secrets
from waitroom.invitations.office import Office
from waitroom.invitations.terms import agreed
from waitroom.settings import RoomSettings, Settings
from waitroom.shaping.invitation import written_time

T = TypeVar("T")


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
        self.terms = agreed(lane, uses=uses, expires=expires, begins=begins or "", now=time.time())
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

    def write(some: Guests, progress: Progress) -> str:
        return _in_office(
            inviting.settings,
            inviting.room,
            inviting.secrets,
            lambda office: office.codes(inviting.terms, some, out, progress),
        )

    return _with_progress(inviting, _guests(inviting, guests, CODE_COLUMNS), out, write)


def keep_word(inviting: Inviting, word: str) -> str:
    """Keeps one code of the operator's own, and returns a line that says so."""
    terms = inviting.terms
    batch = _in_office(
        inviting.settings, inviting.room, inviting.secrets, lambda office: office.word(terms, word)
    )
    ends = written_time(terms.ends)
    return f"{word}: {terms.uses:,} places in lane {terms.lane} of {inviting.room.name} until {ends}, {batch.name}-1"


def show_invitation(settings: Settings, room: str | None, what: str) -> tuple[list[str], bool]:
    """What an invitation says, a line each, and whether it counts. Raises InvitationError where it is none."""
    of_room = room_of(settings, room)
    looked = _in_office(settings, of_room, signing_secrets(settings), lambda office: office.look(what))
    invitation = looked.invitation
    places = "any number, one at a time" if invitation.uses == 0 else f"{invitation.uses:,}"
    return [
        f"id       {invitation.id}",
        f"room     {invitation.room}",
        f"lane     {invitation.lane}",
        f"for      {'a member' if invitation.holder else 'whoever has it'}",
        f"places   {places}; given so far: {looked.used:,}",
        f"begins   {written_time(invitation.begins) if invitation.begins else 'at once'}",
        f"expires  {written_time(invitation.ends)}",
        f"counts   {f'no: {looked.refusal}' if looked.refusal else 'yes'}",
    ], not looked.refusal


def revoke_names(
    settings: Settings, room: str | None, names: Sequence[str], why: str, *, are_members: bool
) -> str:
    """Revokes ids, batches, or all of some members; returns a line that says so."""
    of_room = room_of(settings, room)
    revoked = _in_office(
        settings,
        of_room,
        signing_secrets(settings),
        lambda office: office.revoke(names, why, are_members=are_members),
    )
    return f"{of_room.name}: {revoked.new} revoked, {revoked.before} were so before"


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


def _in_office(
    settings: Settings, room: RoomSettings, secrets: Sequence[str], act: Callable[[Office], Awaitable[T]]
) -> T:
    return with_redis(settings, lambda redis: act(Office(room, redis, secrets, who_asks())))
