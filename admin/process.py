"""The console's process: started beside the gateway's workers, started anew when it dies, and gone with them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import FrameType

import uvicorn

from admin.app import build_console
from waitroom.assembly.line import connect
from waitroom.serving.listen import address_of
from waitroom.serving.logs import configure_logging
from waitroom.settings import Settings

LOOK_SECONDS = 0.5
LEAVE_SECONDS = 5.0
"""How long what is under way may go on when the console is told to stop."""
AGAIN_SECONDS = 2.0
"""Between the death of a console and its next life."""

logger = logging.getLogger("waitroom.console")


@dataclass(frozen=True, slots=True)
class ConsolePlan:
    """Carries to its process what the console needs."""

    settings: Settings
    redis_url: str
    secrets: tuple[str, ...] = field(repr=False)
    main_pid: int = field(default_factory=os.getpid)


@contextmanager
def beside(plan: ConsolePlan, listener: socket.socket) -> Iterator[None]:
    """Runs the console in a process of its own for as long as the block goes on."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(plan, listener, over), name="console", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(LEAVE_SECONDS + 2)


def _keep(plan: ConsolePlan, listener: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        process = _start(plan, listener)
        while process.is_alive() and not over.wait(LOOK_SECONDS):
            pass
        if over.is_set():
            process.terminate()
            process.join(LEAVE_SECONDS + 1)
            if process.is_alive():
                process.kill()
            return
        logger.error("the console ended with exit code %s; it is started anew", process.exitcode)
        over.wait(AGAIN_SECONDS)


def _start(plan: ConsolePlan, listener: socket.socket) -> BaseProcess:
    # not forked: the gateway's process has threads and connections of its own
    process = multiprocessing.get_context("spawn").Process(
        target=run, args=(plan, listener), name="waitroom console"
    )
    process.start()
    return process


def run(plan: ConsolePlan, listener: socket.socket) -> None:
    """Runs the console in this process until it is told to stop."""
    configure_logging()
    threading.Thread(target=_follow, args=(plan.main_pid,), name="console-follow", daemon=True).start()
    app = build_console(plan.settings, connect(plan.redis_url), plan.secrets)
    print(f"waitroom console: {address_of(listener)}", flush=True)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="none",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=[str(each) for each in plan.settings.trusted_proxies],
        timeout_graceful_shutdown=int(LEAVE_SECONDS),
    )
    _Server(config, app.state.console.over).run([listener])


class _Server(uvicorn.Server):
    """Tells the streams to end when it is told to: it waits for what is under way."""

    def __init__(self, config: uvicorn.Config, over: threading.Event) -> None:
        super().__init__(config)
        self._over = over

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Takes in a signal."""
        self._over.set()
        super().handle_exit(sig, frame)


def _follow(main_pid: int) -> None:
    """The console does not outlive the gateway: it would hold the port for ever."""
    while os.getppid() == main_pid:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
