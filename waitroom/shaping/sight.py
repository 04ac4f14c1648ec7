"""How a line stands at one moment, as the outlook takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from waitroom.shaping.profile import Profile
from waitroom.shaping.shares import ALONE, Share


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
    """All who were ever admitted to the room."""
    standing: int
    """Present ones in all lanes that move."""
    share: float = 1.0
    """This lane's, as long as the same lanes have somebody in them."""
    shares: Sequence[Share] = ALONE
    """The same from now on, as they will run empty."""
    limit_per_minute: float = inf
    """What the room is bound to besides, as the shop can carry it just now."""
    capacity: float = 0
    """The places inside; 0: no cap."""
    inside: float = 0
    """The visitors who are there."""
    set_capacity: int = 0
    """The capacity that ops staff have set for the room; the shop may bear less."""
    session_ms: float = 600_000.0
    """How long a visit lasts from its last request."""
    moving: bool = True
    """Whether anybody is admitted at all."""
    paused: bool = False
    """Whether nobody is because somebody said so."""
    flow_per_minute: float = 0.0
    """The room's outflow that others have measured: what to begin with; 0: nothing."""
