"""The gateways of these tests, each started once with the settings that its tests are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.contract.harness import Gateway, start_gateway
from tests.transparency.shop import Premises
from tests.transparency.site import ROOMS, Site, admitted

Launch = Callable[..., Gateway]


@pytest.fixture(scope="session")
def premises() -> Iterator[Premises]:
    """The address of the shop."""
    made = Premises()
    yield made
    made.close()


@pytest.fixture(scope="session")
def launch_once(
    redis_url: str, premises: Premises, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Launch]:
    """``launch_once(**settings)``: a gateway for the whole session, before the shop of these tests."""
    started: list[Gateway] = []

    def start(**settings: object) -> Gateway:
        folder = tmp_path_factory.mktemp("transparency")
        origin = str(settings.pop("origin", premises.url))
        rooms = settings.pop("rooms", ROOMS)
        named = [{**room, "name": f"{room['name']}{len(started)}"} for room in rooms]  # type: ignore[attr-defined]
        started.append(start_gateway(folder, redis_url, origin, named, **settings))  # type: ignore[arg-type]
        return started[-1]

    yield start
    try:
        for gateway in started:
            if gateway.process.poll() is None:
                gateway.stop()
    finally:
        for gateway in started:
            gateway.kill()


@pytest.fixture(scope="session")
def site(launch_once: Launch, premises: Premises) -> Site:
    """A gateway with the limits that it has when nothing is said of them."""
    return admitted(
        launch_once(origin_response_timeout="8s", origin_idle_timeout="8s", stall_timeout="2m"), premises
    )


@pytest.fixture(scope="session")
def strict(launch_once: Launch, premises: Premises) -> Site:
    """A gateway with small limits."""
    return admitted(
        launch_once(
            max_header_bytes="4KiB",
            max_header_fields=20,
            max_field_bytes="1KiB",
            max_target_bytes="512B",
            max_body_bytes=10_000,
            header_timeout="2s",
            keep_alive_timeout="3s",
            stall_timeout="2s",
            request_timeout="5s",
            max_requests_per_visitor=0,
        ),
        premises,
    )
