"""WebSocket shop: shoppers wait, enter, and talk with the shop over a WebSocket through the gateway.

python -m loadtests.run websocket_shop --host https://shop.example --socket-path /live --users 500 --html sockets.html

The row WS message is the time from a message to the shop's next one; with --unanswered nothing is waited for.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser

import websocket

from loadtests.crowd.court import WEBSOCKET
from loadtests.crowd.scenario import scenario
from loadtests.crowd.shopper import Shopper

_SECONDS = 30.0


def add_options(parser: ArgumentParser) -> None:
    """Adds what is said, and where."""
    group = parser.add_argument_group("WebSocket")
    group.add_argument("--socket-path", default="/ws", help="where the shop's WebSocket is (default /ws)")
    group.add_argument("--message", default="hello", help='what is sent (default "hello")')
    group.add_argument("--messages", type=int, default=20, help="how many in a visit (default 20)")
    group.add_argument("--unanswered", action="store_true", help="the shop does not answer each message")


scenario(__doc__, users=100, spawn_rate=10, run_time="3m", options=add_options)


class SocketShopper(Shopper):
    """Enters, opens a WebSocket with the pass, and talks."""

    def visit(self) -> None:
        """From arriving to closing the socket."""
        self.arrive()
        started = time.perf_counter()
        try:
            connection = websocket.create_connection(
                self._address(),
                timeout=_SECONDS,
                cookie=self._cookie(),
                sslopt={"cert_reqs": 0, "check_hostname": False},
            )
        except (OSError, websocket.WebSocketException) as error:
            self._count("open", started, error)
            return
        self._count("open", started, None)
        try:
            for _ in range(self.options.messages):
                self.think()
                if not self._say(connection):
                    return
        finally:
            connection.close()

    def _say(self, connection: websocket.WebSocket) -> bool:
        """Sends one message and waits for the answer; whether the socket is still good."""
        started = time.perf_counter()
        try:
            connection.send(self.options.message)
            if not self.options.unanswered and not connection.recv():
                raise websocket.WebSocketConnectionClosedException("closed by the shop")
        except (OSError, websocket.WebSocketException) as error:
            self._count("message", started, error)
            return False
        self._count("message", started, None)
        return True

    def _address(self) -> str:
        return f"ws{(self.host or '').removeprefix('http').rstrip('/')}{self.options.socket_path}"

    def _cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookiejar)

    def _count(self, name: str, started: float, error: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type=WEBSOCKET,
            name=name,
            response_time=(time.perf_counter() - started) * 1000,
            response_length=len(self.options.message),
            exception=error,
            context=self.context(),
            url=self.options.socket_path,
            response=None,
        )
