"""What an answer of the shop says: to the gateway, and to the visitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from waitroom.gate.answers import Header
from waitroom.line.rules import SoldOut
from waitroom.proxy import Fields, from_origin, remembered

STOCK: Final = b"waitroom-sold-out"
_COMMAND: Final = b"waitroom-command"
_STOCKS: Final[Mapping[bytes, SoldOut]] = {
    b"1": SoldOut.YES,
    b"0": SoldOut.NO,
    **{word.encode(): word for word in SoldOut},
}


class Said(NamedTuple):
    """The fields of an answer, read.

    They are believed because only the shop can say them: the gateway takes ``Waitroom-*`` fields from every answer that
    it passes on, and visitors' own never reach the shop.
    """

    stock: SoldOut | None
    """Whether there is anything left to buy, by the first field that is understood; None: it says nothing of it."""
    done: bool
    """The visit has ended: a checkout is complete."""
    headers: list[Header]
    """For the visitor; nobody changes them."""


def said(theirs: Sequence[Header]) -> Said:
    """Reads the fields of an answer, once where the shop says the same again."""
    return remembered(theirs, _read)


def _read(theirs: Sequence[Header]) -> Said:
    stock, done = None, False
    headers = from_origin(theirs)
    if len(headers) < len(theirs):  # something was for the gateway alone
        for name, value in theirs:
            if name == STOCK and stock is None:
                stock = _STOCKS.get(value.strip().lower())
            elif name == _COMMAND:
                done = done or value.strip().lower() == b"done"
    return Said(stock, done, Fields(headers) if isinstance(theirs, Fields) else headers)
