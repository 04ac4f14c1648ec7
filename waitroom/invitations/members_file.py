"""The CSV file of those who are invited: read twice, so that a mistake is told before anything is minted."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from waitroom.errors import WaitroomError
from waitroom.shaping.members import MAX_MEMBER

MEMBER = "member"
_DELIMITERS = ",;\t"

Row = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


class MembersFileError(WaitroomError):
    """A file of members that cannot be used: names the file, the line and what is wrong there."""


class MembersFile:
    """A CSV file (RFC 4180) with a heading, in which one column is named ``member``.

    UTF-8, with or without a byte order mark; commas, semicolons (as some spreadsheets write) or tabs.
    Raises :class:`MembersFileError`, for the first row that is wrong, before any is handed out.
    """

    def __init__(self, path: Path, *, made: Sequence[str]) -> None:
        """``made`` are the columns that will be added: the file must not have them."""
        self._path = path
        self.delimiter = self._delimiter()
        rows = self._rows()
        try:
            line, self.columns = next(rows)
        except StopIteration:
            raise self._error(1, "there is no heading; the first line names the columns") from None
        names = [column.strip().lower() for column in self.columns]
        if names.count(MEMBER) != 1:
            raise self._error(
                line,
                f'exactly one column must be named "member"; there are {", ".join(map(repr, self.columns))}',
            )
        for name in made:
            if name in names:
                raise self._error(
                    line, f'a column is named "{name}", which is one that will be added: rename it'
                )
        self._at = names.index(MEMBER)
        self.count = self._checked(rows)

    def __iter__(self) -> Iterator[tuple[str, list[str]]]:
        """Each member with the whole row."""
        rows = self._rows()
        next(rows)
        for _, cells in rows:
            yield cells[self._at].strip(), cells

    def _checked(self, rows: Iterator[Row]) -> int:
        first: dict[str, int] = {}
        for line, cells in rows:
            if len(cells) != len(self.columns):
                raise self._error(
                    line,
                    f"{len(cells)} fields, where the heading has {len(self.columns)}; is a quote missing?",
                )
            member = cells[self._at].strip()
            if not member:
                raise self._error(line, "the member is empty")
            if len(member) > MAX_MEMBER:
                raise self._error(line, f"the member is longer than {MAX_MEMBER} characters")
            if first.setdefault(member, line) != line:
                raise self._error(line, f"the member is the same as on line {first[member]}")
        if not first:
            raise self._error(1, "there is no row below the heading")
        return len(first)

    def _rows(self) -> Iterator[Row]:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise self._error(line, f"not CSV: {error}") from error
                except UnicodeDecodeError as error:
                    raise self._not_utf8() from error
                if cells:
                    yield line, cells

    def _delimiter(self) -> str:
        with self._open() as file:
            try:
                heading = file.readline()
            except UnicodeDecodeError as error:
                raise self._not_utf8() from error
        return max(_DELIMITERS, key=heading.count)

    @contextmanager
    def _open(self) -> Iterator[TextIO]:
        try:
            file = self._path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise MembersFileError(f"{self._path}: cannot be read: {error.strerror}") from error
        with file:
            yield file

    def _not_utf8(self) -> MembersFileError:
        with self._path.open("rb") as file:
            for line, text in enumerate(file, 1):
                try:
                    text.decode()
                except UnicodeDecodeError:
                    return self._error(line, 'not UTF-8; save the file as "CSV UTF-8"')
        return self._error(1, "not UTF-8")

    def _error(self, line: int, what: str) -> MembersFileError:
        return MembersFileError(f"{self._path}:{line}: {what}")
