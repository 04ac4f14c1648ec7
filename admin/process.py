"""The console's process: started beside the gateway's workers, started anew when it dies, and gone with them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import FrameType

import uvicorn

from admin.app import build_console
from admin.console import Console
from waitroom.assembly.redis import connect
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


Announce = Callable[[str, str | None], None]
"""Is told the console's address, and the link by which the first admin gets in, where there is nobody yet."""


def say(url: str, first_link: str | None) -> None:
    """Prints where the console is, and how to get in."""
    print(f"waitroom console: {url}", flush=True)
    if first_link:
        print(f"waitroom console: sign in for the first time, within an hour: {first_link}", flush=True)


@contextmanager
def beside(plan: ConsolePlan, listener: socket.socket, announce: Announce = say) -> Iterator[None]:
    """Runs the console in a process of its own for as long as the block goes on. ``announce`` is told of each life
    that it begins, in another thread."""
    over = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(plan, listener, announce, over), name="console", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(LEAVE_SECONDS + 2)


def _keep(plan: ConsolePlan, listener: socket.socket, announce: Announce, over: threading.Event) -> None:
    while not over.is_set():
        heard, speaks = multiprocessing.Pipe(duplex=False)
        process = _start(plan, listener, speaks)
        speaks.close()
        while process.is_alive() and not over.wait(LOOK_SECONDS):
            _pass_on(heard, announce)
        heard.close()
        if over.is_set():
            process.terminate()
            process.join(LEAVE_SECONDS + 1)
            if process.is_alive():
                process.kill()
            return
        logger.error("the console ended with exit code %s; it is started anew", process.exitcode)
        over.wait(AGAIN_SECONDS)


def _start(plan: ConsolePlan, listener: socket.socket, speaks: Connection) -> BaseProcess:
    # not forked: the gateway's process has threads and connections of its own
    process = multiprocessing.get_context("spawn").Process(
        target=run, args=(plan, listener, speaks), name="waitroom console"
    )
    # Ctrl-C is for the gateway, which then ends the console: it must not break off the console's imports. The tracker
    # that comes with the first such process would let it through again.
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process.start()
    return process


def _pass_on(heard: Connection, announce: Announce) -> None:
    try:
        if heard.poll():
            announce(*heard.recv())
    except (EOFError, OSError):
        pass  # it ended before it could say anything


def run(plan: ConsolePlan, listener: socket.socket, speaks: Connection) -> None:
    """Runs the console in this process until it is told to stop."""
    signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN: what this process starts would inherit that
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    configure_logging()
    threading.Thread(target=_follow, args=(plan.main_pid,), name="console-follow", daemon=True).start()
    app = build_console(plan.settings, connect(plan.redis_url, plan.settings), plan.secrets)
    url = plan.settings.sign_in.address or address_of(listener)
    console: Console = app.state.console
    first = console.people.links.first()
    speaks.send((url, url + first if first else None))
    speaks.close()
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
        if sig != signal.SIGINT:
            self._over.set()
            super().handle_exit(sig, frame)


def _follow(main_pid: int) -> None:
    """The console does not outlive the gateway: it would hold the port for ever."""
    while os.getppid() == main_pid:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
