"""Who never queues: rules by path, method and address, before a room that holds everyone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, PAGE, Gateway, entered, reached, session_of, start_gateway

pytestmark = pytest.mark.anyio

RULES = [
    {"name": "static", "paths": ["/lab/echo/static/*"], "methods": ["GET", "HEAD"]},
    {"name": "office", "networks": ["127.0.0.3", "192.0.2.0/24"]},
]


@pytest.fixture(scope="module")
def site(shop: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with the rules of these tests, and a room that lets nobody in."""
    folder = tmp_path_factory.mktemp("bypass")
    room = {"name": "bypassed", "mode": "pause"}
    running = start_gateway(folder, redis_url, shop, [room], bypass=RULES, trusted_proxies=["127.0.0.2"])
    try:
        yield running
        running.stop()
    finally:
        running.kill()


async def status(
    site: Gateway, path: str, method: str = "GET", *, source: str = "127.0.0.1", **more: str
) -> int:
    """What is answered to a newcomer. Keyword arguments are further headers, with ``_`` for ``-``."""
    extra = {name.replace("_", "-"): value for name, value in more.items()}
    async with site.client({**APP, **extra}, local_address=source) as client:
        return (await client.request(method, path)).status_code


async def test_a_rule_lets_pass_what_it_says(site: Gateway) -> None:
    """By path and method together; nothing of it takes a place or leaves a cookie."""
    static = "/lab/echo/static/app.css"
    assert [200, 200, 503] == [await status(site, static, method) for method in ("GET", "HEAD", "POST")]
    assert 503 == await status(site, "/lab/echo")
    async with site.client(PAGE) as visitor:
        before = (await visitor.get("/__waitroom/bypassed/line")).json()["issued"]
        answer = await visitor.get(static)
        assert (200, False) == (answer.status_code, "set-cookie" in answer.headers)
        assert "waitroom-visitor" not in reached(answer)
        assert ["bypassed"] == reached(answer)["waitroom-room"]
        assert before == (await visitor.get("/__waitroom/bypassed/line")).json()["issued"]


SPELLINGS = [
    "/lab/echo/static/..%2f..%2fx", "/lab/echo/static/%2e%2e/x", "/lab/echo/static/..;/x",
    "/lab/echo/static//x", "/lab/echo/static%2fx", "/lab/echo/STATIC/x", "/lab/echo/%73tatic/x",
    "/lab/echo/static/%252e%252e/x", "/lab/echo/static/x%5c..%5cy", "/lab/echo/static/%EF%BC%8E%EF%BC%8E/x",
]  # fmt: skip


async def test_no_spelling_slips_into_a_rule(site: Gateway) -> None:
    """What some shop may read as another path waits in line."""
    for path in SPELLINGS:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        answer, _ = await site.raw(head.encode())
        assert answer.startswith((b"HTTP/1.1 503", b"HTTP/1.1 400")), (path, answer[:200])


async def test_a_request_that_asks_to_be_taken_for_another_waits(site: Gateway) -> None:
    """Frameworks read another method or path out of these fields and parameters."""
    static = "/lab/echo/static/app.css"
    assert 503 == await status(site, static, x_http_method_override="POST")
    assert 503 == await status(site, static, x_original_url="/checkout")
    assert 503 == await status(site, static + "?a=1&_method=POST")
    assert 503 == await status(site, static + "?%5Fmethod=POST")
    assert 200 == await status(site, static + "?payment_method=card&v=3")


async def test_addresses_are_those_that_trusted_proxies_tell(site: Gateway) -> None:
    """Nobody gives himself one, and a proxy's own is nobody's."""
    assert 200 == await status(site, "/lab/echo", "POST", source="127.0.0.3")
    assert 503 == await status(site, "/lab/echo", source="127.0.0.4")
    assert 503 == await status(site, "/lab/echo", source="127.0.0.4", x_forwarded_for="127.0.0.3")
    assert 200 == await status(
        site, "/lab/echo", source="127.0.0.2", x_forwarded_for="198.51.100.1, 192.0.2.9"
    )
    assert 503 == await status(
        site, "/lab/echo", source="127.0.0.2", x_forwarded_for="192.0.2.9, 198.51.100.1"
    )
    assert 503 == await status(site, "/lab/echo", source="127.0.0.2")
    # a proxy that is not trusted: behind its address may be anybody
    assert 503 == await status(site, "/lab/echo", source="127.0.0.3", x_forwarded_for="198.51.100.1")


async def test_who_is_inside_stays_inside_on_such_a_path(launch: StartGateway) -> None:
    """A visitor with a pass is known to the shop there too, and the visit goes on."""
    site = launch([{"name": "drop"}], bypass=RULES)
    async with site.client(PAGE) as visitor:
        first = await entered(visitor)
        assert session_of(first) == session_of(await visitor.get("/lab/echo/static/a.css"))
    async with site.client(PAGE) as passer_by:
        assert "waitroom-visitor" not in reached(await passer_by.get("/lab/echo/static/a.css"))


async def test_a_rule_for_a_room_that_does_not_exist_is_refused(launch: StartGateway) -> None:
    """At the start, in words."""
    rule = {"name": "other", "rooms": ["elsewhere"], "paths": ["/a"]}
    with pytest.raises(AssertionError, match=r'bypass\[0\].rooms: there is no room "elsewhere"'):
        launch([{"name": "drop"}], bypass=[rule])
