"""Which entries of a record are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from waitroom.record.entries import Entry

_ID = r"^[0-9]{1,15}(-[0-9]{1,15})?$"
_TYPE = r"^-?[a-z_]{1,40}(,-?[a-z_]{1,40})*$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The types that are wanted, or that are not."""

    types: frozenset[str] = frozenset()
    """Empty: all."""
    without: frozenset[str] = frozenset()

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is one of them."""
        return (not self.types or entry.kind in self.types) and entry.kind not in self.without


async def wanted_types(
    types: Annotated[
        list[Annotated[str, Query(pattern=_TYPE)]] | None,
        Query(
            alias="type",
            description="Only these types, such as `changed,reset`; with a minus before it, all but that one: "
            "`-called`. May be repeated.",
        ),
    ] = None,
) -> Wanted:
    """The types that a query names."""
    names = [name for each in types or () for name in each.split(",")]
    return Wanted(
        frozenset(name for name in names if not name.startswith("-")),
        frozenset(name.removeprefix("-") for name in names if name.startswith("-")),
    )


WantedOfQuery = Annotated[Wanted, Depends(wanted_types)]
Before = Annotated[
    str | None,
    Query(pattern=_ID, description="Only older ones than that id, or milliseconds since 1970."),
]
After = Annotated[
    str | None,
    Query(pattern=_ID, description="Only newer ones than that id, or milliseconds since 1970."),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="So many at the most.")]
