"""Starts the gateway, and returns when it has ended."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import NoReturn

import uvicorn
from uvicorn.supervisors import Multiprocess

from waitroom.embedded import EmbeddedRedis
from waitroom.serving.factory import GRACE_SECONDS, GateFactory
from waitroom.serving.listen import listen
from waitroom.serving.protocol import GateProtocol
from waitroom.settings import Settings, resolve_secret

KEEP_ALIVE_SECONDS = 65
"""Longer than the usual 60 s of a load balancer in front, which must be the one that closes."""


def serve(settings: Settings, *, announce: Callable[[str], None] = lambda _url: None) -> None:
    """Runs the gateway until it is told to stop.

    ``announce`` is called with the gateway's address once it listens. Raises
    :class:`~waitroom.errors.WaitroomError` when it cannot start.
    """
    signal.signal(signal.SIGTERM, _leave)
    with suppress(KeyboardInterrupt), ExitStack() as stack:  # Ctrl-C is the usual way to end it
        secrets = resolve_secret(settings)
        listener = stack.enter_context(listen(settings.host, settings.port))
        redis_url = settings.redis_url
        if redis_url is None:
            redis_url = stack.enter_context(EmbeddedRedis(settings.data_dir)).url
        factory = GateFactory(settings, redis_url, tuple(secrets), os.getpid())
        config = uvicorn_config(factory, settings.workers)
        announce(address_of(listener))
        if settings.workers > 1:
            Multiprocess(config, [listener]).run()
        else:
            uvicorn.Server(config).run([listener])


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Told to stop before uvicorn listens to signals, or handed on by it afterwards: unwinds what was begun."""
    sys.exit(0)


def uvicorn_config(app: Callable[[], object], workers: int) -> uvicorn.Config:
    """How uvicorn serves the gateway: ``Date`` and ``Server`` are the shop's, the visitor is for us to find."""
    return uvicorn.Config(
        app,
        factory=True,
        workers=workers,
        http=GateProtocol,
        ws="none",
        loop="uvloop",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def address_of(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
