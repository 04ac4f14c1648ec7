"""What arrives while the gateway is busy with something else, and has not looked at its sockets."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from waitroom.proxy.address import OriginAddress
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.pool import Pool

pytestmark = pytest.mark.anyio

LIMITS = PoolLimits(connect_seconds=5.0, keep_alive_seconds=60.0, max_connections=4, max_idle=4)


@pytest.mark.parametrize("arrives", [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nALIEN", b""])
async def test_it_is_seen_before_the_next_request(arrives: bytes) -> None:
    """A connection on which something came unasked, or its end, is not given to anybody, however long ago it
    was given back and however little time the event loop had since."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        pool = Pool(OriginAddress.parse(f"http://127.0.0.1:{server.getsockname()[1]}"), LIMITS)
        connection = await pool.queue()
        shop, _ = server.accept()
        with shop:
            pool.release(connection)

            def surprise() -> None:
                time.sleep(0.1)
                shop.sendall(arrives)
                shop.shutdown(socket.SHUT_WR)

            thread = threading.Thread(target=surprise)
            thread.start()
            thread.join()  # the event loop stands still, as it does while other requests keep it busy
            assert pool.take() is None
        await pool.aclose()
