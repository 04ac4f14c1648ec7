"""Room for what a gateway logs while nobody reads it."""

from __future__ import annotations

import fcntl
import subprocess

ROOM_BYTES = 1 << 20


def make_room(process: subprocess.Popen[str]) -> None:
    """Widen the pipe of its standard error, where the system can: a full one would halt the gateway."""
    assert process.stderr is not None
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(process.stderr.fileno(), fcntl.F_SETPIPE_SZ, ROOM_BYTES)
