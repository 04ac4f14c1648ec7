"""The load test itself, run as its README says, against a stand-in gateway with the real shop behind it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

FLASH_SALE = Path(__file__).parents[2] / "loadtests" / "flash_sale.py"


def test_the_report_shows_waiting_beside_response_times(
    serve_gateway: Callable[..., AbstractContextManager[str]],
) -> None:
    """Shoppers wait, enter and buy with no failure; waiting has rows of its own."""
    with serve_gateway(rate=2) as gateway:
        command = [sys.executable, "-m", "locust", "-f", str(FLASH_SALE), "--host", gateway]
        bounds = ["--headless", "--users", "24", "--spawn-rate", "24", "--run-time", "6s", "--json"]
        run = subprocess.run(
            [*command, *bounds, "--think", "0.1", "--buy-chance", "1"],
            capture_output=True,
            timeout=50,
            check=False,
        )
    assert 0 == run.returncode, run.stderr.decode()
    rows = {(row["method"], row["name"]): row for row in json.loads(run.stdout)}
    assert 0 == sum(row["num_failures"] for row in rows.values())
    waited = rows["WAIT", "waiting room"]
    assert waited["num_requests"] > 0
    assert waited["max_response_time"] > 300
    assert rows["WAIT", "waiting room, still in line at the end"]["num_requests"] > 0
    assert rows["GET", "waiting page"]["num_requests"] >= 20
    assert rows["POST", "/checkout"]["num_requests"] > 0
