"""How a room stands at the end of its record: what the record has to come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """A room as Redis had it when its last entry was ``last_id``."""

    room: str
    at_ms: int
    """When that was, in milliseconds since 1970 by Redis's clock."""
    last_id: str
    """Empty: there was no entry."""
    length: int
    """Entries that were there."""
    chain: str
    """Of the last entry."""
    epoch: int
    admitted: int
    """Admissions that the room counts, all epochs."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The live settings, as the ``rules`` hash keeps them."""
    called: Mapping[str, int] = field(default_factory=dict)
    """How far each lane was called; left out where that has moved since the last entry."""
    beyond: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Numbers inside, or about to enter, beyond those that were called, by lane: of this epoch, in lanes without a
    draw; the first hundred of each."""
    since: str = ""
    """Where only a part of the record was read: the id, or the milliseconds, from which on."""
