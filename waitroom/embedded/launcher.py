"""Becomes the Redis server, after asking Linux to end it when the gateway dies. Run as a program.

Called with the gateway's process id and the server's command line. ``Popen(preexec_fn=…)`` could do the same,
but Python code between fork and exec may deadlock where there are threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main() -> None:
    """Replace this process by the server."""
    gateway, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # The signal is only sent for a death that is still to come.
    if os.getppid() != int(gateway):
        sys.exit("the gateway has ended")
    os.execv(command[0], command)  # noqa: S606 - the server that was found, no shell


if __name__ == "__main__":
    main()
