"""The header fields of a request, and what was once worked out from them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar

Header = tuple[bytes, bytes]
T = TypeVar("T")

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


def remembered(headers: Sequence[Header], key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` returns, worked out once for the same fields and ``key``. Of a plain list, nothing is remembered.

    ``make`` must depend on the fields, the ``key``, and what never changes in the process.
    """
    if not isinstance(headers, Fields):
        return make()
    known = headers._known
    try:
        found: T = known[key]
    except KeyError:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[key] = make()
    return found
