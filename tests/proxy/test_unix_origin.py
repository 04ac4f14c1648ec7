"""An origin on a unix socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from waitroom.errors import OriginUnreachableError
from waitroom.proxy import Origin

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_requests_go_over_the_socket(start_shop: Any, start_gateway: Any, tmp_path: Path) -> None:
    """It is plain HTTP, with the visitor's ``Host``, over connections that are kept."""
    shop = await start_shop(OK, path=tmp_path / "shop.sock")
    gateway = await start_gateway(shop.url)
    for _ in range(3):
        assert (await gateway.get()).endswith(b"ok")
    assert shop.carried_by == [1, 1, 1]
    assert b"\r\nhost: shop.example\r\n" in shop.heads[0].lower()


async def test_a_missing_socket_is_a_502(start_gateway: Any, tmp_path: Path) -> None:
    """Nobody listens there; the reason names the path."""
    gateway = await start_gateway(f"unix://{tmp_path}/shop.sock")
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginUnreachableError)
    assert f"unix://{tmp_path}/shop.sock: [Errno 2]" in str(gateway.outcomes[0])


async def test_a_socket_that_was_left_behind_is_a_502(start_gateway: Any, tmp_path: Path) -> None:
    """What is at the path is no listening socket."""
    (tmp_path / "shop.sock").touch()
    gateway = await start_gateway(f"unix://{tmp_path}/shop.sock")
    assert (await gateway.get()).startswith(b"HTTP/1.1 502 ")
    assert isinstance(gateway.outcomes[0], OriginUnreachableError)


async def test_a_probe_asks_for_localhost(start_shop: Any, tmp_path: Path) -> None:
    """A probe has no visitor, and a socket no name."""
    shop = await start_shop(OK, path=tmp_path / "shop.sock")
    origin = Origin(shop.url)
    assert 200 == await origin.probe()
    assert b"\r\nhost: localhost\r\n" in shop.heads[0].lower()
    await origin.aclose()
