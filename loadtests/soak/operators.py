"""Who looks at the console, and turns a dial now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
from prometheus_client.parser import text_string_to_metric_families

from loadtests.soak.site import ROOM, Site

LOOK_SECONDS, TURN_SECONDS = 60.0, 20.0


def client(site: Site) -> httpx.AsyncClient:
    """Speaks with the console as an operator."""
    headers = {"authorization": f"Bearer {site.token}"}
    return httpx.AsyncClient(base_url=site.console.url, headers=headers, timeout=30)


async def look(console: httpx.AsyncClient, path: str) -> None:
    """Follows a page's events; opens the page anew every minute."""
    while True:
        try:
            async with asyncio.timeout(LOOK_SECONDS), console.stream("GET", path) as answer:
                answer.raise_for_status()
                async for _ in answer.aiter_raw():
                    pass
        except TimeoutError:
            continue


async def turn(console: httpx.AsyncClient, failed: Callable[[str], None]) -> None:
    """Changes the message of the room, and reads the room."""
    turns = 0
    while True:
        turns += 1
        answer = await console.patch(
            f"/api/rooms/{ROOM}", json={"message": f"Turn {turns % 10}"}, headers={"If-Match": "*"}
        )
        if answer.is_error:
            failed(f"the console answered a change with {answer.status_code}")
        if (await console.get("/api/rooms")).is_error:
            failed("the console did not tell the rooms")
        await asyncio.sleep(TURN_SECONDS)


async def gauges(console: httpx.AsyncClient) -> dict[str, float]:
    """The sums over workers and lanes of what ``/metrics`` tells."""
    answer = await console.get("/metrics")
    answer.raise_for_status()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if sample.name.startswith("waitroom_"):
                found[sample.name] = found.get(sample.name, 0) + sample.value
    return found
