"""The master that the sentinels name."""

from __future__ import annotations

import asyncio

from redis.asyncio import Sentinel

from waitroom.redis.address import Server


class SentinelLocator:
    """Asks the sentinels whenever a connection is made: the first that answers and knows a master that is up."""

    def __init__(self, sentinel: Sentinel, service: str) -> None:
        self._sentinel = sentinel
        self._service = service
        self._known: Server | None = None
        # who answered is put in front by the library, which loses one from the list where two are asked for at a time
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<SentinelLocator {self._service}: {self._known}>"

    async def master(self) -> Server:
        """The server to connect to. Raises the errors of Redis where no sentinel knows one."""
        async with self._asking:
            host, port = await self._sentinel.discover_master(self._service)
        self._known = str(host), int(port)
        return self._known

    def is_current(self, server: Server) -> bool:
        """Whether this server was named last, and has not failed since."""
        return server == self._known

    def failed(self, server: Server) -> None:
        """It does not answer, or is no master any more."""
        if server == self._known:
            self._known = None

    async def disconnect(self) -> None:
        """Ends the connections to the sentinels."""
        for sentinel in self._sentinel.sentinels:
            await sentinel.connection_pool.disconnect()

    def moved(self, slot: int, server: Server) -> bool:
        """Nothing moves where there are no slots: the server is a node of a cluster."""
        return False
