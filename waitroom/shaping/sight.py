"""How a line stands at one moment, as the outlook takes it in."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from waitroom.shaping.profile import Profile


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
    share: float = 1.0
    """This lane's, as long as the same lanes have somebody in them."""
    limit_per_minute: float = inf
    """What the room is bound to besides, as the shop can carry it just now."""
    capacity: float = 0
    """This lane's share of the places inside; 0: no cap."""
    inside: float = 0
    """Its share of the visitors who are there."""
    set_capacity: int = 0
    """The capacity that ops staff have set for the room; the shop may bear less."""
    visit_ms: float = 900_000.0
    """How long a visit may be expected to last, before any has been seen to end."""
    moving: bool = True
    """Whether anybody is admitted at all."""
    paused: bool = False
    """Whether nobody is because somebody said so."""
    flow_per_minute: float = 0.0
    """The outflow that others have measured: what to begin with; 0: nothing."""
