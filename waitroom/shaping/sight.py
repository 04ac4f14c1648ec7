"""How a line stands at one moment, as the outlook takes it in."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from waitroom.shaping.profile import Profile
from waitroom.shaping.shares import ALWAYS, Shares


class Sight(NamedTuple):
    """A lane of a room at one moment, as its worker sees it."""

    at_ms: int
    """By the room's clock."""
    epoch: int
    called: int
    issued: int
    served: float
    """All who were ever admitted from this lane, as far as the lanes can be told apart."""
    waiting: int
    """Present ones in line."""
    profile: Profile
    """What is planned for the room, by its clock."""
    admitted: float
    """All who were ever admitted to the room, from all of its lanes."""
    standing: int
    """Present ones in all lanes that move."""
    no_shows: int = 0
    """Of those admitted: who let their place lapse, so that it was given to the next."""
    granted: int = 0
    """Of those admitted: who have a place and have not come yet."""
    entry_ms: float = 60_000.0
    """After which such a place lapses."""
    saved: float = 0.0
    """What is left of the room's budget: so many could be admitted at once."""
    share: float = 1.0
    """This lane's, of what the room admits, just now."""
    shares: Shares = ALWAYS
    """The same as it is foreseen, while somebody stands in this lane."""
    limit_per_minute: float = inf
    """What the room is bound to besides, as the shop can carry it just now."""
    capacity: int = 0
    """The places inside; 0: no cap."""
    inside: int = 0
    """The visitors who are there, those granted included."""
    set_capacity: int = 0
    """The capacity that ops staff have set for the room; the shop may bear less."""
    session_ms: float = 600_000.0
    """How long after its last request a visit ends."""
    moving: bool = True
    """Whether anybody is admitted at all."""
    paused: bool = False
    """Whether nobody is because somebody said so."""
    flow_per_minute: float = 0.0
    """The outflow of the room that others have measured: what to begin with; 0: nothing."""
    gone: int = 0
    """Who was there, and away some time later, ever since the first look: of those in line."""
    back: int = 0
    """Who was away, and there some time later."""
