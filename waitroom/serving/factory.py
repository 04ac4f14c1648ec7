"""The application of one worker, made in that worker."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
from dataclasses import dataclass

from waitroom.assembly.gate import build_gate
from waitroom.assembly.redis import connect
from waitroom.gate.app import Gate
from waitroom.serving.http1 import HttpServer
from waitroom.serving.logs import configure_logging
from waitroom.serving.loop import Loop
from waitroom.settings import Settings

GRACE_SECONDS = 10
"""How long requests under way may go on when the gateway is told to stop."""
_LOOK_SECONDS = 0.5
_LAST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class GateFactory:
    """Carries to a worker what it needs to build its gateway."""

    settings: Settings
    redis_url: str
    secrets: tuple[str, ...]
    main_pid: int
    """The process that started the workers; a worker does not outlive it."""
    server: HttpServer
    """What speaks with the visitors in this worker."""

    def __call__(self) -> Gate:
        """The ASGI application, in the worker."""
        if os.getpid() != self.main_pid:
            configure_logging()
            threading.Thread(target=self._follow, name="waitroom-follow", daemon=True).start()
        redis = connect(self.redis_url, self.settings)
        gate = build_gate(self.settings, redis, self.secrets, self.server.open_connections, queue)
        # what was made so far lives as long as the worker: no collection need look through it again
        gc.collect()
        gc.freeze()
        return gate

    def _follow(self) -> None:
        """Ends the worker when the main process is gone: it would hold the port for ever."""
        while os.getppid() == self.main_pid:
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS + _LAST_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)


def queue() -> int:
    """How many connections wait for this worker to accept them."""
    loop = asyncio.get_running_loop()
    return loop.queue() if isinstance(loop, Loop) else 0
