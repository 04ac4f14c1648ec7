"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.auth.roles import Role
from admin.export import harmless
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    """A cell that would begin one has an apostrophe before it, and loses nothing."""
    cell = harmless(text)
    assert cell.removeprefix("'" if cell != text else "") == text
    is_number = re.fullmatch(r"[+-]?[0-9][0-9 .,()/-]*", cell) is not None
    assert is_number or cell.strip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - as wide as they are taken


@pytest.mark.parametrize(
    ("cell", "written"),
    [(-5, "-5"), (1.5, "1.5"), (True, "true"), (None, ""), ([1], "[1]"), ("-5+1", "'-5+1"), (" =1", "' =1")],
)
def test_numbers_stay_numbers(cell: object, written: str) -> None:
    """Only texts are looked at."""
    assert written == harmless(cell)  # type: ignore[arg-type]


async def test_everything_can_be_had_as_a_table(client: Client) -> None:
    """Rooms, one room and its record; what operators wrote is harmless in it."""
    operator = client(Role.OPERATOR)
    evil = '=HYPERLINK("http://evil.example","x")'
    await operator.patch(
        "/api/rooms/drop", json={"rate": 60, "message": evil, "reason": "@SUM(1)"}, headers={"if-match": "*"}
    )
    for path, name in (
        ("/api/rooms", "rooms.csv"),
        ("/api/rooms/drop", "drop.csv"),
        ("/api/rooms/drop/events", "drop-events.csv"),
        ("/api/approvals", "approvals.csv"),
    ):
        answer = await operator.get(path, params={"format": "csv"})
        assert 200 == answer.status_code
        assert "text/csv; charset=utf-8" == answer.headers["content-type"]
        assert f'attachment; filename="{name}"' == answer.headers["content-disposition"]
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert len({len(row) for row in rows}) <= 1
        assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "@", "+"))]
    rooms = list(csv.DictReader(io.StringIO((await operator.get("/api/rooms?format=csv")).text)))
    assert ["drop", "late-sale"] == [row["room"] for row in rooms]
    assert ("60", "'" + evil) == (rooms[0]["rate"], rooms[0]["message"])
