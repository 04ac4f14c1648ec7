"""Invitations one by one, and what becomes of them."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.api.bodies import MOST_REASON
from admin.api.invitations.asked import BatchState, Conditions, Invited, names_in, office_of, terms_of, when
from admin.api.rooms.path import SeenOfPath
from admin.audit.trail import no_action, record
from admin.auth.access import Operator
from admin.auth.actor import Actor
from admin.console import console_of
from admin.invitations.batches import Kind, Minted
from admin.live import LiveRoom
from waitroom.errors import SettingsError
from waitroom.invitations.ledger import Batch, LedgerError
from waitroom.invitations.minting import Inviter, Links, MintingError, Terms, new_batch
from waitroom.shaping.invitation import InvitationError
from waitroom.shaping.members import MAX_MEMBER, MemberError

router = APIRouter(prefix="/api/rooms/{room}/invitations", tags=["invitations"])
MOST_NAMES = 1000


class NewInvitation(Conditions):
    """One invitation."""

    kind: Kind = Kind.LINKS
    member: Annotated[str, Field(max_length=MAX_MEMBER)] = Field(
        default="", description="An opaque key of whoever it is for; empty: for whoever gets it."
    )
    word: Annotated[str, Field(max_length=40)] = Field(
        default="", description="The code, where `kind` is `word`."
    )
    base: Annotated[str, Field(max_length=200)] = Field(
        default="", description="The shop's address; empty: the room's first host, by HTTPS."
    )
    to: Annotated[str, Field(max_length=500)] = Field(
        default="", description="The page that the link leads to."
    )


class Revocation(BaseModel):
    """What is to be revoked."""

    model_config = ConfigDict(extra="forbid")

    names: Annotated[
        list[Annotated[str, Field(max_length=MAX_MEMBER)]],
        Field(
            min_length=1, max_length=MOST_NAMES, description="Ids of invitations or batches; or member keys."
        ),
    ]
    members: bool = Field(default=False, description="The names are member keys.")
    reason: Annotated[str, Field(max_length=MOST_REASON)] = ""


class RevokedState(BaseModel):
    """What was revoked."""

    revoked: int
    before: int = Field(description="So many had been revoked before.")


class Shown(BaseModel):
    """What is to be looked at."""

    model_config = ConfigDict(extra="forbid")

    what: Annotated[str, Field(min_length=1, max_length=2000, description="A link, its token, or a code.")]


class InvitationState(BaseModel):
    """What an invitation says."""

    id: str
    room: str
    lane: str
    is_for_member: bool
    uses: int
    used: int
    ends: str
    counts: bool
    refusal: str = Field(description="Why it does not count; empty: it does.")


@router.get("", operation_id="listInvitations")
async def list_invitations(request: Request, actor: Operator, seen: SeenOfPath) -> list[BatchState]:
    """The batches that were minted in the console, and those of codes that Redis keeps, the newest first."""
    return await batches_of(request, actor, seen)


async def batches_of(request: Request, actor: Actor, seen: LiveRoom) -> list[BatchState]:
    """The batches of a room."""
    office, name = office_of(request, seen, actor), seen.room.name
    minted = await console_of(request).batches.of_room(name)
    known = {each.batch for each in minted}
    others = [batch for batch in await office.ledger.batches() if batch.name not in known]
    revoked = await office.ledger.revoked_of([*known, *(batch.name for batch in others)])
    now = time.time()
    return [
        *(_here(each, now, revoked) for each in minted),
        *(_elsewhere(each, now, revoked) for each in sorted(others, key=lambda batch: -batch.ends)),
    ]


@router.post("", operation_id="mintInvitation", status_code=201)
async def mint_invitation(
    request: Request, actor: Operator, seen: SeenOfPath, asked: NewInvitation
) -> Invited:
    """Makes one link, one code, or a word of your own that many may use. It is shown this once."""
    console, office, now = console_of(request), office_of(request, seen, actor), time.time()
    terms = terms_of(seen.settings, asked, now)
    member = asked.member.strip() or None
    link = code = ""
    try:
        match asked.kind:
            case Kind.LINKS:
                name = new_batch()
                links = Links(seen.settings, console.secrets, asked.base, asked.to)
                link = links.of(Inviter(seen.room.name, console.secrets).invitation(terms, name, 1, member))
            case Kind.CODES:
                batch, code = await office.code(terms, member)
                name = batch.name
            case Kind.WORD:
                name, code = (await office.word(terms, asked.word)).name, asked.word
    except (MintingError, MemberError, LedgerError) as error:
        raise SettingsError(str(error)) from error
    minted = _minted(name, seen.room.name, asked.kind, terms, now, actor.name)
    await console.batches.add(minted)
    record(request, after={"kind": asked.kind, "lane": terms.lane, "batch": name, "count": 1})
    return Invited(
        id=f"{name}-1",
        batch=name,
        kind=asked.kind,
        lane=terms.lane,
        link=link,
        code=code,
        ends=when(terms.ends),
    )


@router.post("/look", operation_id="lookAtInvitation")
async def look_at_invitation(
    request: Request, actor: Operator, seen: SeenOfPath, asked: Shown
) -> InvitationState:
    """What a link or a code says, and whether it counts. Nothing of it is used up."""
    no_action(request)
    try:
        looked = await office_of(request, seen, actor).look(asked.what.strip())
    except InvitationError as error:
        raise SettingsError(f"what: {error}") from error
    invitation = looked.invitation
    return InvitationState(
        id=invitation.id,
        room=invitation.room,
        lane=invitation.lane,
        is_for_member=bool(invitation.holder),
        uses=invitation.uses,
        used=looked.used,
        ends=when(invitation.ends).isoformat(),
        counts=not looked.refusal,
        refusal=looked.refusal,
    )


@router.post("/revoke", operation_id="revokeInvitations")
async def revoke_invitations(
    request: Request, actor: Operator, seen: SeenOfPath, asked: Revocation
) -> RevokedState:
    """Revokes invitations, whole batches, or all of some members: they give no new places. Those that they gave are
    kept."""
    names = names_in(asked.names)
    if not names:
        raise SettingsError("names: at least one must be given")
    try:
        done = await office_of(request, seen, actor).revoke(names, asked.reason, are_members=asked.members)
    except (MintingError, MemberError) as error:
        raise SettingsError(f"names: {error}") from error
    # a member key may be an address: what is kept of it is how many there were
    what = {"members": len(names)} if asked.members else {"names": ", ".join(names[:20])}
    record(request, after={**what, "revoked": done.new}, why=asked.reason)
    return RevokedState(revoked=done.new, before=done.before)


def _minted(batch: str, room: str, kind: Kind, terms: Terms, now: float, who: str) -> Minted:
    return Minted(batch, room, kind, terms.lane, 1, terms.uses, terms.begins, terms.ends, now, who)


def _here(minted: Minted, now: float, revoked: set[str]) -> BatchState:
    return BatchState(
        batch=minted.batch,
        kind=minted.kind,
        lane=minted.lane,
        count=minted.count,
        uses=minted.uses,
        begins=when(minted.begins) if minted.begins else None,
        ends=when(minted.ends),
        at=when(minted.at),
        who=minted.who,
        is_over=minted.ends <= now,
        is_revoked=minted.batch in revoked,
    )


def _elsewhere(batch: Batch, now: float, revoked: set[str]) -> BatchState:
    return BatchState(
        batch=batch.name,
        kind=Kind.CODES,
        lane=batch.lane,
        count=None,
        uses=batch.uses,
        begins=when(batch.begins) if batch.begins else None,
        ends=when(batch.ends),
        at=None,
        who="",
        is_over=batch.ends <= now,
        is_revoked=batch.name in revoked,
    )
