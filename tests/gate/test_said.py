"""What an answer of the shop says to the gateway."""

from __future__ import annotations

import pytest

from waitroom.gate.said import said
from waitroom.line.rules import SoldOut
from waitroom.proxy import Fields

PLAIN = [(b"content-type", b"text/html"), (b"etag", b"x")]


@pytest.mark.parametrize("kind", [list, Fields], ids=["new", "known"])
@pytest.mark.parametrize(
    ("fields", "stock", "done"),
    [
        ([], None, False),
        ([(b"waitroom-sold-out", b" 1 ")], SoldOut.YES, False),
        ([(b"waitroom-sold-out", b"Returns")], SoldOut.RETURNS, False),
        ([(b"waitroom-sold-out", b"perhaps")], None, False),
        (
            [(b"waitroom-sold-out", b"?"), (b"waitroom-sold-out", b"0"), (b"waitroom-sold-out", b"1")],
            SoldOut.NO,
            False,
        ),
        ([(b"waitroom-command", b"Done")], None, True),
        ([(b"waitroom-command", b"dance")], None, False),
        ([(b"waitroom-command", b"x"), (b"waitroom-command", b"done")], None, True),
        ([(b"connection", b"keep-alive")], None, False),
    ],
)
def test_what_is_for_the_gateway_stays_there(
    kind: type[list[tuple[bytes, bytes]]],
    fields: list[tuple[bytes, bytes]],
    stock: SoldOut | None,
    done: bool,
) -> None:
    """The first word on the stock that is understood counts; the rest goes on to the visitor, each time alike."""
    theirs = kind([*PLAIN[:1], *fields, *PLAIN[1:]])
    for _ in range(2):
        assert (stock, done, PLAIN) == said(theirs)
