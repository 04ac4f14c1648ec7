"""The Lua scripts: one file an atomic decision, each with the shared library in front of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "scripts"
_LIBRARY = ("record", "state", "bits", "summons", "plan", "time", "calling", "joining", "claiming", "desk")

REDIS_CLOCK = "clock"
SIMULATED_CLOCK = "simulated_clock"
"""Reads ``SIMULATED_CLOCK_KEY`` in place of Redis's time: for a rehearsal."""
SIMULATED_CLOCK_KEY = "waitroom:rehearsal:clock"


@cache
def clock() -> str:
    """The clock of the line, which stands in front of every script."""
    return (_FOLDER / "lib" / f"{REDIS_CLOCK}.lua").read_text()


@cache
def record() -> str:
    """What writes an entry of a room's record, for scripts that are not the line's."""
    return (_FOLDER / "lib" / "record.lua").read_text()


@cache
def source(name: str, told_by: str = REDIS_CLOCK) -> str:
    """The text of script ``name`` as Redis is given it, its time told by the clock ``told_by``."""
    parts = [(_FOLDER / "lib" / f"{part}.lua").read_text() for part in (told_by, *_LIBRARY)]
    return "\n".join([*parts, (_FOLDER / f"{name}.lua").read_text()])
