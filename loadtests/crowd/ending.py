"""The end of a stay: into the journal, and into Locust's rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from locust.env import Environment

from loadtests.crowd.court import JOURNAL, WAIT
from loadtests.crowd.journal import Staying
from loadtests.crowd.stay import End

_ROWS = {
    End.ADMITTED: "in line",
    End.GONE: "in line, gave up",
    End.WAITING: "in line, still there at the end",
}


class LeftError(Exception):
    """The visitor gave up, or was turned away."""


def finish(environment: Environment, staying: Staying, end: End, *, polled: bool = False) -> None:
    """Counts a stay that is over; ``polled`` as :meth:`Staying.end` takes it."""
    JOURNAL.stays.append(staying.end(end, polled=polled))
    environment.events.request.fire(
        request_type=WAIT,
        name=_ROWS[end],
        response_time=(time.time() - staying.came) * 1000,
        response_length=0,
        exception=None,
        context={},
        start_time=staying.came,
        url="",
        response=None,
    )


@contextmanager
def to_the_end(environment: Environment, staying: Staying, *, polled: bool = False) -> Iterator[None]:
    """Whoever leaves the line within, or is stopped, has ended their stay: gave up, or still waits at the end."""
    try:
        yield
    except BaseException as reason:
        runner = environment.runner
        goes_on = runner is not None and runner.state in ("spawning", "running")
        end = End.GONE if goes_on or isinstance(reason, LeftError) else End.WAITING
        finish(environment, staying, end, polled=polled)
        raise
