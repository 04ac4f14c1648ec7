"""Invitations in bulk: a CSV file out, whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from waitroom.errors import WaitroomError
from waitroom.invitations.ledger import Batch, Kept, Ledger
from waitroom.invitations.members_file import MembersFile
from waitroom.invitations.minting import Inviter, Links, Terms, new_batch
from waitroom.shaping.codes import CodeDigests, new_code, typed
from waitroom.shaping.invitation import written_time
from waitroom.spreadsheets import harmless

LINK_COLUMNS = ("invitation", "link", "expires")
CODE_COLUMNS = ("invitation", "code", "expires")
CHUNK = 1000
"""After so many the progress is told, and codes are kept."""

Progress = Callable[[int], object]
"""Told how many more are done."""


class OutFileError(WaitroomError):
    """The file of invitations cannot be written."""


class Guests:
    """Those to invite: the rows of a file, or so many of whom nothing is known."""

    def __init__(self, members: MembersFile | int) -> None:
        self.count = members if isinstance(members, int) else members.count
        self.columns = [] if isinstance(members, int) else members.columns
        self.delimiter = "," if isinstance(members, int) else members.delimiter
        self._members = members

    def __iter__(self) -> Iterator[tuple[str | None, list[str]]]:
        """Each with its key, None where there is none, and its row."""
        if isinstance(self._members, int):
            for _ in range(self._members):
                yield None, []
        else:
            yield from self._members


def write_links(
    inviter: Inviter, links: Links, terms: Terms, guests: Guests, out: Path, progress: Progress
) -> str:
    """Writes a link for each guest, and returns the name of the batch.

    Raises :class:`OutFileError`, and what :meth:`~waitroom.invitations.minting.Inviter.invitation` does."""
    batch, ends = new_batch(), written_time(terms.ends)
    with _whole(out) as file:
        write = _writer(file, guests, LINK_COLUMNS)
        for serial, (member, cells) in enumerate(guests, 1):
            invitation = inviter.invitation(terms, batch, serial, member)
            write([*cells, invitation.id, links.of(invitation), ends])
            if serial % CHUNK == 0:
                progress(CHUNK)
        progress(guests.count % CHUNK)
    return batch


async def write_codes(
    inviter: Inviter,
    terms: Terms,
    guests: Guests,
    out: Path,
    progress: Progress,
    *,
    ledger: Ledger,
    digests: CodeDigests,
    now: float,
) -> str:
    """Writes a code for each guest, keeps them in Redis, and returns the name of the batch.

    No code counts before the file is whole; where anything fails, none does. Raises :class:`OutFileError`,
    LedgerError and LineUnavailableError."""
    batch = Batch(new_batch(), terms.lane, terms.uses, terms.begins, terms.ends)
    ends = written_time(terms.ends)
    try:
        with _whole(out) as file:
            write = _writer(file, guests, CODE_COLUMNS)
            kept: list[Kept] = []
            for serial, (member, cells) in enumerate(guests, 1):
                invitation = inviter.invitation(terms, batch.name, serial, member)
                code = new_code()
                kept.append(Kept(digests.newest(typed(code)), serial, invitation.holder))
                write([*cells, invitation.id, code, ends])
                if len(kept) == CHUNK or serial == guests.count:
                    await ledger.keep(batch, kept)
                    progress(len(kept))
                    kept = []
            await ledger.publish(batch, now)
    except BaseException:
        await ledger.drop(batch.name)
        raise
    return batch.name


def _writer(file: TextIO, guests: Guests, made: Sequence[str]) -> Callable[[Iterable[str]], object]:
    writer = csv.writer(file, delimiter=guests.delimiter)
    writer.writerow(map(harmless, (*guests.columns, *made)))
    # what was carried through comes from elsewhere, and the file is opened in a spreadsheet
    return lambda cells: writer.writerow(map(harmless, cells))


@contextmanager
def _whole(out: Path) -> Iterator[TextIO]:
    """A new file that is there once all is written; its owner alone may read it, for links and codes open doors."""
    if out.exists():
        raise OutFileError(
            f"{out}: exists already; links that were sent should not be lost: choose another name"
        )
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
    except OSError as error:
        raise OutFileError(f"{out}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # fails where another process made one meanwhile
        os.link(draft, out)
    except OSError as error:
        raise OutFileError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        Path(draft).unlink()
