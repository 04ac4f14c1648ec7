"""The processes that the demo starts beside the gateway."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from waitroom.embedded import launcher
from waitroom.embedded.process import end_process

_STOP_SECONDS = 3.0


@contextmanager
def child(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs ``python -m module`` until the block ends, or until this process does, however it ends."""
    command = [sys.executable, "-m", module, *arguments]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *command]
    # in a session of its own: Ctrl-C reaches the demo, which ends its children in order
    process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own modules
    try:
        yield process
    finally:
        end_process(process, seconds=_STOP_SECONDS)
