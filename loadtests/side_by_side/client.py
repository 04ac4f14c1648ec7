"""Sends requests from another process, on the other core."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from loadtests.measure.servers import Server
from loadtests.side_by_side.cores import CLIENT, on_core
from loadtests.side_by_side.load import Load, Plan

_MOST_SECONDS = 600


def send(
    server: Server,
    heads: Sequence[str],
    *,
    count: int,
    statuses: Sequence[int],
    per_second: float = 0,
    capture: str = "",
) -> Load:
    """Sends ``count`` requests.

    Raises:
        subprocess.SubprocessError: one was not answered with one of ``statuses``.
    """
    plan = Plan(
        server.host,
        server.port,
        list(heads),
        count,
        list(statuses),
        per_second=per_second,
        capture=capture,
    )
    with on_core(CLIENT):
        ran = subprocess.run(
            [sys.executable, "-m", "loadtests.side_by_side.load"],
            input=json.dumps(asdict(plan)).encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=_MOST_SECONDS,
        )
    return Load(*json.loads(ran.stdout))
