"""Invitations in bulk: a CSV file of members in, one with a link or a code for each out."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.responses import FileResponse

from admin.api.invitations.asked import Conditions, office_of, terms_of
from admin.api.rooms.path import SeenOfPath
from admin.audit.trail import record
from admin.auth.access import Operator
from admin.console import console_of
from admin.documented import AS_CSV, refusals
from admin.invitations.batches import Kind
from admin.invitations.desk import MOST, MOST_BYTES, BusyError, Desk, Minting, Order, Phase
from admin.problems import Problem
from waitroom.errors import SettingsError
from waitroom.invitations.bulk import Guests
from waitroom.invitations.members_file import MembersFileError
from waitroom.invitations.minting import MintingError

router = APIRouter(prefix="/api/rooms/{room}/invitations/mintings", tags=["invitations"])
MintingId = Annotated[str, InPath(alias="id", description="Of a minting.", max_length=40)]
_MEMBERS = {
    "requestBody": {
        "required": False,
        "description": "A CSV file with a column named `member`; others are carried through. Without it: `count`.",
        "content": AS_CSV,
    }
}


class BulkConditions(Conditions):
    """What is to be minted, and how many."""

    codes: bool = Field(default=False, description="Codes to type, instead of links.")
    count: int = Field(
        default=0, ge=0, le=MOST, description="So many, for whoever gets them: without a file."
    )
    base: Annotated[str, Field(max_length=200)] = ""
    to: Annotated[str, Field(max_length=500)] = ""


class MintingState(BaseModel):
    """A batch that is being minted, or was since the console was started."""

    id: str
    phase: Phase
    kind: Kind
    lane: str
    count: int
    done: int
    batch: str
    error: str
    has_file: bool = Field(description="It can be downloaded: for a day, or until it is thrown away.")


@router.post(
    "",
    operation_id="mintInvitations",
    status_code=202,
    responses=refusals(409),
    openapi_extra=_MEMBERS,
    max_body_size=MOST_BYTES,
)
async def mint_invitations(
    request: Request, actor: Operator, seen: SeenOfPath, asked: Annotated[BulkConditions, Query()]
) -> MintingState:
    """Begins to mint a link, or a code, for each row of a CSV file, or so many for whoever gets them. One batch at a
    time; no code counts before the file is whole."""
    console, terms = console_of(request), terms_of(seen.settings, asked, time.time())
    office = office_of(request, seen, actor)
    members = await _uploaded(request, console.desk)
    try:
        guests = await _guests(console.desk, members, asked)
        order = Order(office, tuple(console.secrets), terms, asked.codes, guests, asked.base, asked.to)
        made = console.desk.start(order, members)
    except BaseException as error:
        if members is not None:
            await asyncio.to_thread(members.unlink, missing_ok=True)
        raise _told(error) from error
    record(request, after={"kind": made.kind, "lane": made.lane, "count": made.count})
    return _state(console.desk, made)


@router.get("/{id}", operation_id="getMinting")
async def get_minting(request: Request, _: Operator, seen: SeenOfPath, minting: MintingId) -> MintingState:
    """How far a batch has come."""
    desk = console_of(request).desk
    return _state(desk, _found(desk, seen.room.name, minting))


@router.get(
    "/{id}/csv",
    operation_id="downloadInvitations",
    response_class=Response,
    responses={200: {"content": AS_CSV}},
)
async def download(request: Request, _: Operator, seen: SeenOfPath, minting: MintingId) -> Response:
    """The file of a batch. Texts in it that a spreadsheet would take for formulas have an apostrophe before them."""
    desk = console_of(request).desk
    made = _found(desk, seen.room.name, minting)
    path = desk.file(minting)
    if path is None:
        raise Problem(404, "no-file", "There is no file of this batch, or none any more.")
    record(request, after={"batch": made.batch})
    name = f"{made.room}-{made.kind}-{made.batch}.csv"
    return FileResponse(path, media_type="text/csv", filename=name)


@router.delete("/{id}/csv", operation_id="dropInvitationsFile", status_code=204, response_class=Response)
async def drop_file(request: Request, _: Operator, seen: SeenOfPath, minting: MintingId) -> Response:
    """Throws the file of a batch away. The invitations go on counting."""
    desk = console_of(request).desk
    _found(desk, seen.room.name, minting)
    if not await asyncio.to_thread(desk.remove, minting):
        raise Problem(404, "no-file", "There is no file of this batch, or none any more.")
    return Response(status_code=204)


async def _uploaded(request: Request, desk: Desk) -> Path | None:
    """The file in the body, put aside; None where there is none."""
    pieces = request.stream()
    first = await anext(pieces, b"")
    if not first:
        return None
    path: Path = await asyncio.to_thread(desk.uploaded)
    try:
        await asyncio.to_thread(_append, path, first)
        async for piece in pieces:
            await asyncio.to_thread(_append, path, piece)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    return path


def _append(path: Path, piece: bytes) -> None:
    """Raises a :class:`~admin.problems.Problem` with status 413 where the file would be too long."""
    with path.open("ab") as file:
        file.write(piece)
        if file.tell() > MOST_BYTES:
            raise Problem(413, "too-long", f"The file may have {MOST_BYTES:,} bytes at most.")


async def _guests(desk: Desk, members: Path | None, asked: BulkConditions) -> Guests:
    if (members is None) == (asked.count == 0):
        raise MintingError("count: either a file of members, or a count from 1 must be given, and not both")
    if members is None:
        if asked.uses == 0:
            raise MintingError("uses: 0 (any number) is for members only: nothing else would bound it")
        return Guests(asked.count)
    guests: Guests = await asyncio.to_thread(desk.guests, members, is_codes=asked.codes)
    if guests.count > MOST:
        raise MintingError(f"members: {guests.count:,} rows were given, allowed are {MOST:,} at a time")
    return guests


def _told(error: BaseException) -> BaseException:
    """What is told of an error."""
    if isinstance(error, BusyError):
        return Problem(409, "minting-runs", f"{str(error).capitalize()}.")
    if isinstance(error, MintingError | MembersFileError):
        return SettingsError(str(error))
    return error


def _found(desk: Desk, room: str, minting: str) -> Minting:
    made = desk.mintings.get(minting)
    if made is None or made.room != room:
        raise Problem(404, "no-minting", "There is no such batch, or the console was started anew since.")
    return made


def _state(desk: Desk, made: Minting) -> MintingState:
    return MintingState(
        id=made.id,
        phase=made.phase,
        kind=made.kind,
        lane=made.lane,
        count=made.count,
        done=made.done,
        batch=made.batch,
        error=made.error,
        has_file=made.phase is Phase.DONE and desk.file(made.id) is not None,
    )
