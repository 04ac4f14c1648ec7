"""How long the gateway waits for the origin."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class OriginTimeouts:
    """Patience with the origin, in seconds. A slow visitor never counts against it.

    Raises:
        ValueError: when one of them is not above zero.
    """

    connect: float = 5.0
    """For a connection: waiting for a free place in the pool, name resolution, TCP and TLS together."""

    response: float = 60.0
    """From the end of the request to the end of the response header."""

    idle: float = 60.0
    """Between two pieces of the response's body, and for the origin to take more of the request's body."""

    keep_alive: float = 4.0
    """How long an unused connection is kept. Below the five seconds after which many servers close theirs."""

    tunnel: float = 600.0
    """How long a WebSocket may go without a byte in either direction."""

    probe: float = 5.0
    """For the whole of a readiness probe."""

    def __post_init__(self) -> None:
        for field in fields(self):
            seconds = getattr(self, field.name)
            if not seconds > 0:
                raise ValueError(
                    f"the origin timeout {field.name!r} is {seconds!r}: it must be above 0 seconds"
                )
