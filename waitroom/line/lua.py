"""The Lua scripts: one file an atomic decision, each with the shared library in front of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "scripts"
_LIBRARY = ("clock", "record", "state", "bits", "plan", "time", "calling", "joining")


@cache
def clock() -> str:
    """The clock of the line, which stands in front of every script."""
    return (_FOLDER / "lib" / "clock.lua").read_text()


@cache
def record() -> str:
    """What writes an entry of a room's record, for scripts that are not the line's."""
    return (_FOLDER / "lib" / "record.lua").read_text()


@cache
def source(name: str) -> str:
    """The text of script ``name`` as Redis is given it."""
    parts = [(_FOLDER / "lib" / f"{part}.lua").read_text() for part in _LIBRARY]
    return "\n".join([*parts, (_FOLDER / f"{name}.lua").read_text()])
