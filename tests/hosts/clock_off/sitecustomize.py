"""Python reads this file first: the wall clock of the process that it starts is off by ``CLOCK_OFF_SECONDS``.

Not by libfaketime, whose version 0.9.10 makes `clock_nanosleep` fail under Python.
"""

import os
import time

_off = float(os.environ["CLOCK_OFF_SECONDS"])
_seconds, _nanoseconds = time.time, time.time_ns
time.time = lambda: _seconds() + _off
time.time_ns = lambda: _nanoseconds() + int(_off * 1e9)
