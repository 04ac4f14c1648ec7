"""A process that fuzzes one target, led by coverage, until its time is up: started by ``python -m tests.fuzz``."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import atheris

_INSTRUMENTED = [
    "waitroom.proxy",
    "waitroom.serving",
    "waitroom.gate.rooms",
    "waitroom.gate.cookies",
    "tests.fuzz",
]
with atheris.instrument_imports(include=_INSTRUMENTED):
    from tests.fuzz.targets import MOST_BYTES, run
    from tests.fuzz.words import spelled


class Findings:
    """Goes on after a failure, and writes down the shortest input of each kind."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._shortest: dict[str, int] = {}

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        try:
            run(self._target, data)
        except Exception as error:  # whatever it is, it is what is looked for
            kind = _kind(error)
            if len(data) < self._shortest.get(kind, len(data) + 1):
                self._shortest[kind] = len(data)
                (self._folder / f"finding-{list(self._shortest).index(kind)}").write_bytes(data)
                print(f"\n{kind}\n  {spelled(self._target, data)!r}\n  {str(error)[:300]}", flush=True)


def _kind(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    said = str(error).partition(" to a shop that ")[2].partition(" so of ")[0] or str(error)[:24]
    return f"{type(error).__name__} at {places}: {said}"


if __name__ == "__main__":
    _, target, seconds, corpus, found = sys.argv
    limits = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-timeout=10", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, corpus], Findings(target, Path(found)))
    atheris.Fuzz()
