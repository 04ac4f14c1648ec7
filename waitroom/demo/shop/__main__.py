"""``python -m waitroom.demo.shop``: the shop as a process of its own."""

from __future__ import annotations

import argparse
import logging
import socket
from pathlib import Path

import uvicorn

from waitroom.demo.shop.app import create_app


class _QuietlyStoppingServer(uvicorn.Server):
    """Stops within a second. Requests that are cut by that are no errors, so they are not logged as such."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m waitroom.demo.shop", description="The demo shop.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument(
        "--capacity", type=float, default=50, help="requests a second it can serve; 0: no limit (default 50)"
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of its database")
    parser.add_argument("--lab", action="store_true", help="also serve /lab/…, for tests of a proxy")
    parser.add_argument("--tell-load", action="store_true", help="say in Waitroom-Load how busy it is")
    options = parser.parse_args()
    config = uvicorn.Config(
        create_app(
            data=options.data, capacity=options.capacity, lab=options.lab, tells_load=options.tell_load
        ),
        host=options.host,
        port=options.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    try:
        _QuietlyStoppingServer(config).run()
    except KeyboardInterrupt:
        # uvicorn has stopped in good order and passes the signal on.
        return


if __name__ == "__main__":
    main()
