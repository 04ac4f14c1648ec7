"""The Lua scripts: one file an atomic decision, each with the shared library in front of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "scripts"
_OF_ALL = ("record", "state", "bits", "summons", "resting", "plan", "time")
_OF_SOME = ("calling", "joining", "claiming", "desk", "hands")
"""Of the library, what only those scripts have whose first line names it: Redis makes all its functions anew in each
call, which is a good part of what a call costs."""
_WITH = re.compile(r"-- with (lib/\w+(?:, lib/\w+)*)\n")

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
    script = (_FOLDER / f"{name}.lua").read_text()
    named = _WITH.match(script)
    more = named[1].split(", ") if named else []
    library = (told_by, *_OF_ALL, *(part for part in _OF_SOME if f"lib/{part}" in more))
    return "\n".join([*((_FOLDER / "lib" / f"{part}.lua").read_text() for part in library), script])
