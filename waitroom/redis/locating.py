"""What knows at which server a master is, where that can change."""

from __future__ import annotations

from typing import Protocol

from waitroom.redis.address import Server


class Locator(Protocol):
    """Knows the master of one Redis, or of one slot of a cluster."""

    async def master(self) -> Server:
        """The server to connect to. Raises the errors of Redis where nobody tells."""
        ...

    def is_current(self, server: Server) -> bool:
        """Whether a connection to this server is still one to the master."""
        ...

    def failed(self, server: Server) -> None:
        """It does not answer, or is no master any more: whoever connects next asks anew."""
        ...

    async def disconnect(self) -> None:
        """Ends the connections by which it asks; the next question makes them anew."""
        ...

    def moved(self, slot: int, server: Server) -> bool:
        """A node said that a slot is there. False where it is none of ours."""
        ...
