"""How much a visitor may send, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)  # by identity: hashed for each request
class Limits:
    """Sizes in bytes, times in seconds. 0 lifts those of ``body_bytes``, the rates and connections."""

    head_bytes: int = 65_536
    """Of a request's line and fields together."""

    field_count: int = 100

    field_bytes: int = 8190
    """Of one field, name and value; as in nginx and Apache."""

    target_bytes: int = 8190
    """Of path and query together."""

    body_bytes: int = 0

    head_seconds: float = 15.0
    """From the first byte of a request to the end of its head."""

    keep_alive_seconds: float = 65.0
    """Between two requests. Longer than the usual 60 s of a load balancer in front, which must be the one that
    closes."""

    stall_seconds: float = 30.0
    """Between two pieces of a request's body, and for the visitor to take any of the answer."""

    body_seconds: float = 3600.0
    """For the whole of a request's body."""

    body_rate: int = 100
    """Bytes a second that a body must arrive at on the average, once it has been waited for a while."""

    answer_rate: int = 100
    """Bytes a second that an answer must be taken at, as long as there is more of it than is taken."""

    rate_grace_seconds: float = 60.0
    """How long a visitor is waited for before a rate counts."""

    connections_per_address: int = 10_000
    """Open at once in one worker from one IPv4 address or one IPv6 network of 64 bits."""
