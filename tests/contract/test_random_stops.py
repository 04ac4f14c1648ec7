"""The gateway ends whenever it is told to."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.mark.parametrize("seed", range(6))
def test_it_ends_at_any_moment(tmp_path: Path, seed: int) -> None:
    """Ctrl-C while it starts, or just after: all processes are gone within seconds."""
    (tmp_path / "w.toml").write_text('origin = "http://127.0.0.1:9"\nadmin_port = 0\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "waitroom", "serve", "--config", "w.toml", "--port", "0", "--workers", "2"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(random.Random(seed).uniform(0.5, 3.0))
    os.killpg(process.pid, signal.SIGINT)
    process.wait(15)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a process of the gateway lives on")
