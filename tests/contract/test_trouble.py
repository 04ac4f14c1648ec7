"""The shop fails: what visitors are told, and that they lose nothing by it."""

from __future__ import annotations

import socket

import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE

pytestmark = pytest.mark.anyio

HOST = {"host": "shop.example"}


@pytest.fixture
def dead_origin() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def test_a_dead_shop(launch: StartGateway, dead_origin: str) -> None:
    """502: a page for people, a problem for programs, neither to be kept by a cache."""
    gateway = launch([{"name": "main"}], origin=dead_origin)
    page = await gateway.client({**PAGE, **HOST}).get("/")
    problem = await gateway.client({**APP, **HOST}).get("/")
    assert (502, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (502, "application/problem+json") == (problem.status_code, problem.headers["content-type"])
    assert "urn:waitroom:origin-failed" == problem.json()["type"]
    for answer in (page, problem):
        assert answer.headers["cache-control"].startswith("no-store, private")
        assert answer.headers["retry-after"]


@pytest.mark.parametrize("headers", [PAGE, APP], ids=["page", "app"])
async def test_a_visit_that_begins_at_a_dead_shop_is_kept(
    launch: StartGateway, dead_origin: str, headers: dict[str, str]
) -> None:
    """The visitor was let in and has the proof: reloading begins no second visit."""
    gateway = launch([{"name": "main", "rate": 6, "burst": "20s", "capacity": 2}], origin=dead_origin)
    async with gateway.client({**headers, **HOST}) as visitor:
        for _ in range(5):
            assert 502 == (await visitor.get("/")).status_code
    async with gateway.client({**headers, **HOST}) as other:
        assert 502 == (await other.get("/")).status_code


async def test_a_slow_shop(launch: StartGateway) -> None:
    """504 when it does not begin to answer in time; the visit goes on, and a request that is quick is served."""
    gateway = launch([{"name": "main"}], origin_response_timeout="400ms")
    async with gateway.client({**APP, **HOST}) as visitor:
        before = await visitor.get("/lab/echo")
        slow = await visitor.get("/lab/slow?seconds=3")
        assert (504, "urn:waitroom:origin-timeout") == (slow.status_code, slow.json()["type"])
        page = await visitor.get("/lab/slow?seconds=3", headers=PAGE)
        assert (504, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        after = await visitor.get("/lab/echo")
        assert [before.json()["raw_path"], 200] == [after.json()["raw_path"], after.status_code]
        visitors = [dict(answer.json()["headers"])["waitroom-visitor"] for answer in (before, after)]
        assert visitors[0] == visitors[1]


async def test_a_dead_shop_outside_of_every_room(launch: StartGateway, dead_origin: str) -> None:
    """The same page."""
    gateway = launch([{"name": "drop", "paths": ["/drop/*"]}], origin=dead_origin)
    page = await gateway.client({**PAGE, **HOST}).get("/elsewhere")
    assert (502, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])


async def test_health_is_the_gateways_own(launch: StartGateway, dead_origin: str) -> None:
    """A dead shop does not take the gateway out of its load balancer: it keeps the line."""
    gateway = launch([{"name": "main"}], origin=dead_origin)
    answer = await gateway.client(HOST).get("/__waitroom/health/ready")
    assert 200 == answer.status_code
