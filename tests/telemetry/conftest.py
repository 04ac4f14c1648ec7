"""A gateway of the test's own before a shop in the test's hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.harness import Gateway, start_gateway
from tests.contract.slow_shop import SlowShop, slow_shop

Launch = Callable[..., Gateway]


@pytest.fixture
async def shop() -> AsyncIterator[SlowShop]:
    """A shop that answers at once, or when it is told to."""
    async with slow_shop() as made:
        yield made


@pytest.fixture
def launch(redis_url: str, tmp_path: Path) -> Iterator[Launch]:
    """``launch(origin, rooms, workers=1, …)``: a gateway that ends with the test."""
    started: list[Gateway] = []

    def start(origin: str, *rooms: dict[str, object], **settings: object) -> Gateway:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(start_gateway(folder, redis_url, origin, rooms, **settings))  # type: ignore[arg-type]
        return started[-1]

    yield start
    try:
        for gateway in started:
            if gateway.process.poll() is None:
                gateway.stop()
    finally:
        for gateway in started:
            gateway.kill()
