"""Tables as CSV (RFC 4180), for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import JsonValue

from waitroom.spreadsheets import harmless as harmless_text

MEDIA_TYPE = "text/csv"


class Format(StrEnum):
    """The form of an answer."""

    JSON = "json"
    CSV = "csv"


FormatOfQuery = Annotated[Format, Query(alias="format", description="The form of the answer.")]


def harmless(cell: JsonValue | datetime) -> str:
    """A cell that no spreadsheet takes for a formula: see :func:`waitroom.spreadsheets.harmless`. Numbers stay
    numbers."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case int() | float():
            return f"{cell:.15g}"
        case datetime():
            return cell.isoformat()
        case str():
            return harmless_text(cell)
    return json.dumps(cell, ensure_ascii=False)


def flattened(members: Mapping[str, JsonValue], above: str = "") -> dict[str, JsonValue]:
    """Members of tables within tables, each with the name of its table before it; lists stay as they are."""
    flat: dict[str, JsonValue] = {}
    for name, value in members.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{above}{name}.")
        else:
            flat[above + name] = value
    return flat


def table(name: str, rows: Sequence[Mapping[str, JsonValue]]) -> StreamingResponse:
    """Rows with tables within, as a table with a column for each member."""
    flat = [flattened(row) for row in rows]
    columns = list(dict.fromkeys(column for row in flat for column in row))

    async def cells() -> AsyncIterator[Sequence[JsonValue | datetime]]:
        for row in flat:
            yield [row.get(column) for column in columns]

    return csv_answer(name, columns, cells())


def csv_answer(
    name: str, columns: Sequence[str], rows: AsyncIterator[Sequence[JsonValue | datetime]]
) -> StreamingResponse:
    """A table that is downloaded as ``name``, written as its rows come."""

    async def lines() -> AsyncIterator[str]:
        yield _line(columns)
        async for row in rows:
            yield _line([harmless(cell) for cell in row])

    disposition = f'attachment; filename="{name}"'
    return StreamingResponse(lines(), media_type=MEDIA_TYPE, headers={"content-disposition": disposition})


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
