"""How the shop behaves within and beyond its capacity."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def _load(base: str, *, requests: int, within_seconds: float) -> list[tuple[int, float]]:
    """Status and seconds of requests sent evenly over a time, each whether or not the last was answered."""
    async with httpx.AsyncClient(
        base_url=base, limits=httpx.Limits(max_connections=None), timeout=20, trust_env=False
    ) as client:

        async def ask(number: int) -> tuple[int, float]:
            await asyncio.sleep(number * within_seconds / requests)
            started = time.monotonic()
            answer = await client.get("/api/products")
            return answer.status_code, time.monotonic() - started

        return await asyncio.gather(*map(ask, range(requests)))


async def test_within_capacity_all_is_well(start_shop: Callable[..., str]) -> None:
    """At half its capacity nobody is turned away."""
    answers = await _load(start_shop("--capacity", "40"), requests=40, within_seconds=2)
    assert {200} == {status for status, _ in answers}


async def test_beyond_capacity_it_slows_down_fails_and_recovers(start_shop: Callable[..., str]) -> None:
    """Overdriven, answers get slower, then some fail; it never serves more than it can, and recovers."""
    base = start_shop("--capacity", "20")
    started = time.monotonic()
    answers = await _load(base, requests=240, within_seconds=3)
    took = time.monotonic() - started
    served = [seconds for status, seconds in answers if status == 200]
    assert {200, 503} == {status for status, _ in answers}
    assert max(served) > 1
    assert len(served) <= 20 * took + 4
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        stats = (await client.get("/shop/stats")).json()
        assert 240 == stats["requests"]
        assert 240 - len(served) == stats["errors"]
        assert stats["p95_ms"] > 1000
        assert (0, 0) == (stats["in_flight"], stats["waiting"])
        assert 200 == (await client.get("/")).status_code


async def test_health_and_files_cost_nothing(start_shop: Callable[..., str]) -> None:
    """A shop of one request a second still answers its health check and sends its files at once."""
    base = start_shop("--capacity", "1")
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        for path in ("/health", "/static/shop.css", "/shop/stats") * 5:
            assert 200 == (await client.get(path)).status_code
        assert 0 == (await client.get("/shop/stats")).json()["requests"]
