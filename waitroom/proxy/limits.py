"""How many connections to an address there may be, and how long they are waited for and kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The limits of the connections to one address.

    Raises:
        ValueError: they leave no room for a connection.
    """

    connect_seconds: float
    """Patience with a new connection."""

    keep_alive_seconds: float
    """How long a connection may lie unused."""

    max_connections: int
    """How many there may be, in use or not."""

    max_idle: int
    """How many may lie unused."""

    def __post_init__(self) -> None:
        if self.max_connections < 1 or self.max_idle < 0:
            raise ValueError(
                f"max_connections is {self.max_connections} and max_idle {self.max_idle}: "
                "at least 1 and 0 are needed"
            )
