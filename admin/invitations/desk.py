"""Mints in bulk: members in, a file with a link or a code for each out, with progress. One batch at a time."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from admin.invitations.batches import Batches, Kind, Minted
from waitroom.errors import WaitroomError
from waitroom.invitations.bulk import CODE_COLUMNS, LINK_COLUMNS, Guests, write_links
from waitroom.invitations.members_file import MembersFile, MembersFileError
from waitroom.invitations.minting import Inviter, Links, Terms
from waitroom.invitations.office import Office
from waitroom.tasks import end_all

MOST_BYTES = 20 * 1024 * 1024
"""Of a file of members."""
MOST = 200_000
"""Invitations of one batch; more are for ``waitroom invite``."""
KEPT_SECONDS = 86_400
"""For so long a file may be downloaded. Links open doors: they are not left lying about."""
_BREATH_SECONDS = 0.01
"""After each thousand: the console has other things to do."""
_ID = re.compile(r"[0-9a-f]{12}")

logger = logging.getLogger("waitroom.console")


class BusyError(WaitroomError):
    """Another batch is being minted."""


class Phase(StrEnum):
    """Where a minting stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Minting:
    """One batch that is being minted, or was in this life of the console."""

    room: str
    kind: Kind
    lane: str
    count: int
    who: str
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    at: float = field(default_factory=time.time)
    phase: Phase = Phase.RUNNING
    done: int = 0
    batch: str = ""
    error: str = ""
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be minted."""

    office: Office
    secrets: tuple[str, ...] = field(repr=False)
    terms: Terms
    is_codes: bool
    guests: Guests
    base: str = ""
    to: str = ""


class Desk:
    """Takes orders. The files are in ``data_dir/invitations``, for their owner alone."""

    def __init__(self, data_dir: Path, batches: Batches) -> None:
        self._folder = data_dir / "invitations"
        self._batches = batches
        self.mintings: dict[str, Minting] = {}

    def __repr__(self) -> str:
        return f"<Desk, {len(self.mintings)} mintings>"

    def uploaded(self) -> Path:
        """Where a file of members may be put, until it is read."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"members-{secrets.token_hex(6)}.csv"
        path.touch(mode=0o600)
        return path

    def guests(self, members: Path, *, is_codes: bool) -> Guests:
        """Those in a file of members. Raises :class:`~waitroom.invitations.members_file.MembersFileError`, which names
        the line and not where the console keeps the file."""
        made = CODE_COLUMNS if is_codes else LINK_COLUMNS
        try:
            return Guests(MembersFile(members, made=made))
        except MembersFileError as error:
            raise MembersFileError(str(error).replace(str(members), "members")) from error

    def start(self, order: Order, members: Path | None) -> Minting:
        """Begins to mint; ``members`` is the file that the guests are read from, which is removed then. Raises
        :class:`BusyError`, and what is wrong with the address of the links."""
        self.tidy()
        if any(each.phase is Phase.RUNNING for each in self.mintings.values()):
            raise BusyError("another batch is being minted: wait until it is done")
        write = self._writer(order)
        room, who = order.office.room.name, order.office.who
        kind = Kind.CODES if order.is_codes else Kind.LINKS
        made = Minting(room, kind, order.terms.lane, order.guests.count, who)
        self.mintings[made.id] = made
        made.task = asyncio.create_task(self._run(made, order, write, members))
        return made

    def file(self, minting: str) -> Path | None:
        """The file of a batch; None where there is none, or none any more."""
        path = self._folder / f"{minting}.csv"
        return path if _ID.fullmatch(minting) and path.is_file() else None

    def remove(self, minting: str) -> bool:
        """Throws a file away; False where there is none."""
        path = self.file(minting)
        if path is not None:
            path.unlink(missing_ok=True)
        return path is not None

    def tidy(self) -> None:
        """Throws files away that nobody should need any more."""
        for path in self._folder.glob("*.csv"):
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink(missing_ok=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For as long as the block goes on. Of codes whose minting is under way then none counts."""
        try:
            yield
        finally:
            await end_all(each.task for each in self.mintings.values() if each.task)

    def _writer(self, order: Order) -> Callable[[Path, Callable[[int], object]], str] | None:
        """What writes links; None for codes, which need Redis."""
        if order.is_codes:
            return None
        room = order.office.room
        inviter = Inviter(room.name, order.secrets)
        links = Links(room, order.secrets, order.base, order.to)
        return lambda out, progress: write_links(inviter, links, order.terms, order.guests, out, progress)

    async def _run(
        self,
        made: Minting,
        order: Order,
        write: Callable[[Path, Callable[[int], object]], str] | None,
        members: Path | None,
    ) -> None:
        def progress(more: int) -> None:
            made.done += more

        def slowly(more: int) -> None:
            progress(more)
            time.sleep(_BREATH_SECONDS)

        out, terms = self._folder / f"{made.id}.csv", order.terms
        try:
            await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
            if write is None:
                made.batch = await order.office.codes(terms, order.guests, out, progress)
            else:
                made.batch = await asyncio.to_thread(write, out, slowly)
            await self._batches.add(
                Minted(
                    made.batch, made.room, made.kind, made.lane, made.count, terms.uses, terms.begins, terms.ends,
                    made.at, made.who,
                )
            )  # fmt: skip
            made.phase = Phase.DONE
        except (WaitroomError, OSError) as error:
            made.error, made.phase = str(error), Phase.FAILED
            logger.warning("invitations for %s were not minted: %s", made.room, error)
        finally:
            if made.phase is Phase.RUNNING:
                made.error, made.phase = "the console was stopped", Phase.FAILED
            if members is not None:
                await asyncio.to_thread(members.unlink, missing_ok=True)
