"""What the console of a real gateway tells Prometheus, whatever becomes of its workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.contract.harness import APP, eventually
from tests.contract.slow_shop import slow_shop

pytestmark = pytest.mark.anyio
WITHIN = 30.0
ROOM = "two-workers"
CONFIG = """
secret = "a secret for tests only"
redis_url = "{redis_url}"
origin = "{origin}"
admin_port = 0
[[rooms]]
name = "{room}"
rate = 60000
"""


@contextmanager
def serving(folder: Path, redis_url: str, origin: str) -> Iterator[tuple[str, httpx.AsyncClient]]:
    """``waitroom serve`` with two workers: the gateway's address, and a client of its console."""
    (folder / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url, origin=origin, room=ROOM))
    waitroom = [sys.executable, "-m", "waitroom"]
    command = [*waitroom, "serve", "--config", "waitroom.toml", "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            gateway, console = (process.stdout.readline().split()[2] for _ in range(2))
            told = subprocess.run(
                [*waitroom, "token", "--role", "viewer", "--config", "waitroom.toml"],
                cwd=folder, check=True, capture_output=True, text=True,
            )  # fmt: skip
            headers = {"authorization": f"Bearer {told.stdout.strip()}"}
            yield gateway, httpx.AsyncClient(base_url=console, headers=headers, trust_env=False, timeout=20)
        finally:
            process.terminate()


async def metric(console: httpx.AsyncClient, name: str, **labels: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric with these labels, by the values of the others."""
    text = (await console.get("/metrics")).raise_for_status().text
    return {
        tuple(value for key, value in sample.labels.items() if key not in labels): sample.value
        for family in parse(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    }


async def test_the_sums_are_right_after_a_worker_was_killed(redis_url: str, tmp_path: Path) -> None:
    """Each request of both workers counts once, before and after one of them is killed, and the totals never fall."""
    async with slow_shop() as shop:
        with serving(tmp_path, redis_url, shop.url) as (gateway, console):

            async def ask(count: int) -> None:
                limits = httpx.Limits(max_keepalive_connections=0)
                async with httpx.AsyncClient(
                    base_url=gateway, headers=APP, limits=limits, trust_env=False
                ) as some:
                    for _ in range(count):
                        some.cookies.clear()
                        assert 200 == (await some.get("/")).status_code

            async def is_served(wanted: float) -> bool:
                found = await metric(console, "waitroom_shop_answers_total", room=ROOM, outcome="2xx")
                assert sum(found.values()) <= wanted
                return found == {(): wanted}

            async def pids() -> set[int]:
                found = await metric(console, "waitroom_worker_info")
                return {int(labels[1]) for labels in found}

            async def two() -> bool:
                return len(await pids()) == 2

            await eventually(two, within=WITHIN)
            await ask(30)
            await eventually(lambda: is_served(30), within=WITHIN)
            before = await pids()
            killed = min(before)
            os.kill(killed, signal.SIGKILL)

            async def replaced() -> bool:
                return bool(await pids() - before)

            await eventually(replaced, within=WITHIN)
            await ask(20)
            await eventually(lambda: is_served(50), within=WITHIN)

            async def is_silent() -> bool:
                found = await metric(console, "waitroom_workers")
                return found == {("alive",): 2, ("silent",): 1}

            await eventually(is_silent, within=WITHIN)
            for name in (
                "waitroom_admissions_total",
                "waitroom_joins_total",
                "waitroom_shop_response_seconds_count",
            ):
                assert 50 == sum((await metric(console, name, room=ROOM)).values()), name
            await console.aclose()
