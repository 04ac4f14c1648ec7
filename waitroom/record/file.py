"""A record in a file: a line of JSON for how the room stands, and one for each entry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from waitroom.errors import WaitroomError
from waitroom.record.reading import Stored
from waitroom.record.standing import Standing

_STANDING = TypeAdapter(Standing)
_FIELDS = TypeAdapter(dict[str, str])
MOST_LINE_CHARACTERS = 4_000_000


def standing_line(standing: Standing) -> str:
    """The first line of a file."""
    return json.dumps({"standing": _STANDING.dump_python(standing)}, ensure_ascii=False)


def entry_line(entry_id: str, fields: Mapping[str, str]) -> str:
    """The line of one entry: its id, and its fields in their order."""
    return json.dumps({"id": entry_id, **fields}, ensure_ascii=False)


class RecordFile:
    """A record that was exported. Raises :class:`~waitroom.errors.WaitroomError` for what is none, with the line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        first = next(self._lines(), None)
        if first is None or "standing" not in first[1]:
            raise WaitroomError(f"{path}:1: this is no record: its first line does not tell of a room")
        try:
            self.standing = _STANDING.validate_python(first[1]["standing"])
        except ValidationError as error:
            raise WaitroomError(f"{path}:1: this is no record: {error.errors()[0]['msg']}") from error

    def entries(self) -> Iterator[Stored]:
        """The entries, in the order of the file."""
        lines = self._lines()
        next(lines)
        for number, line in lines:
            entry_id = line.pop("id", None)
            try:
                fields = _FIELDS.validate_python(line, strict=True)
            except ValidationError:
                entry_id = None
            if not isinstance(entry_id, str):
                raise WaitroomError(f"{self._path}:{number}: this is no entry of a record")
            yield entry_id, fields

    def _lines(self) -> Iterator[tuple[int, dict[str, object]]]:
        try:
            with self._path.open(encoding="utf-8") as file:
                number = 0
                while text := file.readline(MOST_LINE_CHARACTERS):
                    number += 1
                    line = json.loads(text) if text.strip() else {}
                    if not isinstance(line, dict):
                        raise WaitroomError(f"{self._path}:{number}: this is no JSON object")
                    if line:
                        yield number, line
        except (ValueError, RecursionError) as error:
            raise WaitroomError(f"{self._path}: this is not JSON, a line each: {error}") from error
        except OSError as error:
            raise WaitroomError(f"{self._path}: {error.strerror}") from error
