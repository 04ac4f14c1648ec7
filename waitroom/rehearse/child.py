"""A rehearsal in a process of its own, which yields to everything else: ``python -m waitroom.rehearse.child FOLDER``.

It is given a pickled :class:`~waitroom.rehearse.scenario.Scenario` on standard input, tells on standard output how far
it has come (JSON, a line each: see :class:`Come`), and writes ``report.html`` and ``report.json`` into the folder. It
ends when it is told to (SIGTERM), when its parent is gone, and after ``LONGEST_SECONDS``.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from waitroom.errors import WaitroomError
from waitroom.rehearse.curves import curves_of
from waitroom.rehearse.figures import figures_of
from waitroom.rehearse.report import to_html, to_json, write
from waitroom.rehearse.run import rehearse
from waitroom.rehearse.scenario import Scenario

NICE = 15
MOST_BYTES = 4 * 1024**3
"""Of address space: a mistake in here must not take the machine's memory from the gateway."""
LONGEST_SECONDS = 1200
TELL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Come:
    """How far a rehearsal has come."""

    known: int = 0
    """Visitors whose fate is known."""
    visitors: int = 0
    seconds: float = 0.0
    """Rehearsed so far."""
    error: str = ""
    """Why it has ended, where it is not for having come to its end."""


class OverError(WaitroomError):
    """The rehearsal is to end before its time."""


class _Progress:
    """Tells how far it is, and ends it where it should."""

    def __init__(self) -> None:
        self.is_over = False
        self._parent = os.getppid()
        self._begun = time.monotonic()
        self._told = 0.0

    def __call__(self, known: int, visitors: int, seconds: float) -> None:
        now = time.monotonic()
        if self.is_over or os.getppid() != self._parent:
            raise OverError("it was cancelled")
        if now - self._begun > LONGEST_SECONDS:
            raise OverError(f"it took longer than {LONGEST_SECONDS // 60} minutes")
        if now - self._told >= TELL_SECONDS:
            self._told = now
            tell(Come(known, visitors, seconds))

    def end(self, *_: object) -> None:
        """Ends it with the next step."""
        self.is_over = True


def tell(come: Come) -> None:
    """Tells the parent."""
    sys.stdout.write(json.dumps(asdict(come)) + "\n")
    sys.stdout.flush()


def play(scenario: Scenario, folder: Path, progress: _Progress) -> None:
    """Plays a scenario and writes its report."""
    begun = time.perf_counter()
    # millions of objects are made and none of them in circles
    gc.disable()
    played = rehearse(scenario, progress)
    figures, curves = figures_of(played), curves_of(played)
    html = to_html(scenario, figures, curves)
    write(folder, html=html, text=to_json(scenario, figures, curves, time.perf_counter() - begun))


def main() -> None:
    """Runs as a program."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    progress = _Progress()
    signal.signal(signal.SIGTERM, progress.end)
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # of a terminal, it goes to the parent as well, which decides
    try:
        scenario = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - of our own parent
        play(scenario, Path(sys.argv[1]), progress)
    except (WaitroomError, OSError) as error:
        tell(Come(error=str(error)))
        sys.exit(1)
    except MemoryError:
        tell(Come(error="it needs more memory than it is given"))
        sys.exit(1)


if __name__ == "__main__":
    main()
