"""The header fields of a request, and what was once worked out from them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar, TypeVarTuple

Header = tuple[bytes, bytes]
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MOST_KNOWN: Final = 16
"""Things remembered of one block of fields: visitors without cookies may send the same from many addresses."""


class Fields(list[Header]):
    """Header fields, names in lower case, that nobody changes any more.

    A visitor sends the same fields again and again, with every picture of a page and every question for the
    position. The server hands out the same object for the same bytes, and what follows from them alone is worked
    out once: it is remembered here, beside them.
    """

    __slots__ = ("_known",)

    def __init__(self, headers: list[Header]) -> None:
        super().__init__(headers)
        self._known: dict[Hashable, Any] = {}


def remembered(headers: Sequence[Header], work: Callable[[Sequence[Header], *Ts], T], *arguments: *Ts) -> T:
    """What ``work`` makes of the headers and the arguments, worked out once for the same. Of a plain list, nothing is
    remembered.

    ``work`` must depend on its arguments alone, and on what never changes in the process.
    """
    if not isinstance(headers, Fields):
        return work(headers, *arguments)
    key = (work, *arguments) if arguments else work
    known = headers._known
    try:
        found: T = known[key]
    except KeyError:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[key] = work(headers, *arguments)
    return found
