"""The workers, each with a listening socket of its own (docs/adr/0041)."""

from __future__ import annotations

import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from waitroom.serving.listen import SPREADS, listen_beside


class Workers(Multiprocess):
    """Uvicorn's supervisor, which gives each worker a socket of its own to listen on.

    Every socket stays open here: a worker that ends leaves its queue to the one that takes its place. Each worker is
    given those of the others too, to help where a queue is not served (:mod:`waitroom.serving.helping`). So the
    sockets are as many as workers at the start: one that is added later (SIGTTIN) shares, and of one that is taken
    away (SIGTTOU) the others serve the queue.

    Args:
        config: how the workers run, and how many.
        listener: the first one's socket, which stays its caller's. Where the system cannot spread newcomers, it is all
            workers'.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        self._listeners = [listener]
        self._listener_of: dict[Process, socket.socket] = {}
        """Of those that live, the oldest first."""
        self._last_given = listener
        with suppress(OSError):  # a system that only looks like Linux: then they share
            for _ in range(config.workers - 1 if SPREADS else 0):
                self._listeners.append(listen_beside(listener))
        super().__init__(config, [])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self._listeners[1:]:
            listener.close()

    @property
    def sockets(self) -> list[socket.socket]:
        """Those of the next worker: its own, then its neighbours'. Uvicorn reads it once for each that it starts."""
        self._last_given = own = self._next()
        return [own, *(listener for listener in self._listeners if listener is not own)]

    @sockets.setter
    def sockets(self, given: list[socket.socket]) -> None:
        """Nothing: they are given to the constructor."""

    def restart_all(self) -> None:
        """Replaces each worker, the oldest first: each gets the socket of the one that it replaces."""
        self._look()
        self.processes.sort(key=list(self._listener_of).index)
        super().restart_all()

    def terminate_all(self) -> None:
        """Tells all workers to stop. With the last of them the sockets close, so that who comes then is refused at
        once, and can go to another gateway, instead of waiting in a queue that nobody serves."""
        for listener in self._listeners:
            listener.close()
        super().terminate_all()

    def _look(self) -> None:
        """Take note of the worker that was started last, and forget those that are no more."""
        for process in self.processes:
            self._listener_of.setdefault(process, self._last_given)
        for process in list(self._listener_of):
            if process not in self.processes:
                del self._listener_of[process]

    def _next(self) -> socket.socket:
        self._look()
        served = [each for process, each in self._listener_of.items() if process.process.is_alive()]
        for listener in self._listeners:
            if listener not in served:
                return listener
        return min(
            served, key=served.count
        )  # the oldest's, whom it replaces; or there are more workers than sockets
