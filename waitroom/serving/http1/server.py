"""What all connections of one worker have in common."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.types import Scope

from waitroom.proxy import place_of
from waitroom.serving.http1.connection import HttpConnection
from waitroom.serving.http1.limits import Limits

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.server import ServerState

    from waitroom.serving.http1.cycle import Cycle

LOOK_SECONDS: Final = 1.0


def _no(_: object) -> bool:
    return False


class HttpServer:
    """Makes a protocol for each connection, as uvicorn's ``http`` setting; looks at all of them once a second.

    One timer serves every time limit of every connection: ten thousand cost a few milliseconds a second, and a
    request need not set and cancel any.

    Args:
        limits: what visitors may do.
        is_exempt: tells of a peer that its connections are not its own, since it is a proxy in front.
        never_ends: tells of a request that no visitor waits for its end, so that a stop need not either.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        is_exempt: Callable[[tuple[str, int] | None], bool] = _no,
        never_ends: Callable[[Scope], bool] = _no,
    ) -> None:
        self.limits = limits
        self.never_ends = never_ends
        self._is_exempt = is_exempt
        self._connections: set[HttpConnection] = set()
        self._places: Counter[str] = Counter()
        self._config: Config
        self._state: ServerState
        self._sweeping: asyncio.TimerHandle | None = None

    def __call__(
        self,
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> HttpConnection:
        """A protocol for a new connection."""
        self._config, self._state = config, server_state
        return HttpConnection(self, _loop or asyncio.get_running_loop())

    def opened(self, connection: HttpConnection, client: tuple[str, int] | None) -> bool:
        """Take note of a connection; False: there are too many from that address."""
        self._connections.add(connection)
        self._state.connections.add(connection)  # type: ignore[arg-type] # uvicorn calls only its shutdown()
        if self._sweeping is None:
            self._sweeping = connection.loop.call_later(LOOK_SECONDS, self._sweep, connection.loop)
        if not self.limits.connections_per_address or client is None or self._is_exempt(client):
            return True
        connection.place = place = place_of(client[0])
        self._places[place] += 1
        return self._places[place] <= self.limits.connections_per_address

    def closed(self, connection: HttpConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self._state.connections.discard(connection)
        place, connection.place = connection.place, None
        if place is not None:
            self._places[place] -= 1
            if not self._places[place]:
                del self._places[place]

    def open_connections(self) -> int:
        """How many visitors are connected."""
        return len(self._connections)

    def start(self, cycle: Cycle, loop: asyncio.AbstractEventLoop) -> None:
        """Have the application answer a request."""
        cycle.task = task = loop.create_task(cycle.run(self._config.loaded_app))
        self._state.tasks.add(task)

    def ended(self, cycle: Cycle) -> None:
        """The application is done with a request."""
        if cycle.task is not None:
            self._state.tasks.discard(cycle.task)
            cycle.task = None

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweeping = None
        now = loop.time()
        for connection in list(self._connections):
            connection.look(now)
        if self._connections:
            self._sweeping = loop.call_later(LOOK_SECONDS, self._sweep, loop)
