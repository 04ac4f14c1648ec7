"""The ways of :mod:`loadtests.waiters`: ``python -m loadtests.waiting_ways WAY URL VISITORS SECONDS``."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import cast

from loadtests.measure.processes import allow_open_files, resident_mb

PATH, EVENTS = "/", "/__waitroom/drop/events"
_JSON = "Accept: application/json\r\n"
_STREAM = "Accept: text/event-stream\r\nAccept-Encoding: identity\r\n"
_PER_SOURCE = 2_500
_SETTLE_SECONDS = 5.0


class Meter:
    """Memory and processor time of this process, from nobody to everybody waiting."""

    def __init__(self, visitors: int, seconds: float) -> None:
        self.visitors, self.seconds = visitors, seconds
        self.heard = 0
        """Events that have arrived."""
        self.open = 0
        """Streams that have begun."""
        self._before = resident_mb(os.getpid())

    def begin(self) -> None:
        """All of them wait from now on."""
        self._mb = resident_mb(os.getpid()) - self._before
        self._cpu, self._first = time.process_time(), self.heard

    def told(self) -> str:
        """What came of it."""
        cpu, heard = time.process_time() - self._cpu, self.heard - self._first
        minutes = self.visitors * self.seconds / 60
        return (
            f"{self._mb * 1e3 / self.visitors:6.1f} KB  {cpu * 1e3 / minutes:6.3f} ms of CPU a minute  "
            f"{heard / minutes:4.1f} events a minute"
        )


def request(host: str, path: str, headers: str, cookie: str = "") -> bytes:
    """A ``GET``."""
    line = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{line}\r\n".encode()


async def _by_asyncio(meter: Meter, host: str, port: int) -> None:
    from httptools import HttpResponseParser

    class Visitor(asyncio.Protocol):
        def __init__(self) -> None:
            self._cookie, self._follows = "", False

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport = cast(asyncio.Transport, transport)  # uvloop's are, but do not say so
            self._ask(PATH, _JSON)

        def _ask(self, path: str, headers: str) -> None:
            self._parser = HttpResponseParser(self)
            self._transport.write(request(f"{host}:{port}", path, headers, self._cookie))

        def data_received(self, data: bytes) -> None:
            self._parser.feed_data(data)

        def on_header(self, name: bytes, value: bytes) -> None:
            if name.lower() == b"set-cookie":
                self._cookie = value.partition(b";")[0].decode()

        def on_body(self, piece: bytes) -> None:
            meter.heard += piece.count(b"event: ")
            meter.open += piece.startswith(b"retry")

        def on_message_complete(self) -> None:
            if not self._follows:  # whoever is called stays where they are
                self._follows = True
                self._ask(EVENTS, _STREAM)

    loop = asyncio.get_running_loop()
    for index in range(meter.visitors):
        source = (f"127.0.0.{2 + index // _PER_SOURCE}", 0)
        await loop.create_connection(Visitor, host, port, local_addr=source)
    while meter.open < meter.visitors:  # noqa: ASYNC110 - nobody is in a hurry here
        await asyncio.sleep(0.2)
    await asyncio.sleep(_SETTLE_SECONDS)
    meter.begin()
    await asyncio.sleep(meter.seconds)


def _by_locust(way: str, meter: Meter, url: str) -> None:
    import gevent
    from gevent.event import Event as Never
    from locust import User
    from locust.env import Environment

    from loadtests.crowd import waiter
    from loadtests.crowd.journal import Staying
    from loadtests.crowd.shopper import Shopper
    from loadtests.crowd.wire import Wire
    from waitroom.demo.crowd.events import Event, EventParser

    class Waiter(waiter.Waiter):
        pass

    class Watcher(waiter.Waiter):
        def _wait(self, wire: Wire, room: str, staying: Staying, cookies: dict[str, str]) -> None:
            wire.stream(EVENTS, {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
            wire._socket.setblocking(False)
            watcher = gevent.get_hub().loop.io(wire._socket.fileno(), 1)

            def ready() -> None:
                try:
                    wire._feed()
                except BlockingIOError:
                    return
                meter.heard += wire._body.count(b"event: ")
                wire._body = b""

            meter.open += 1
            watcher.start(ready)
            Never().wait()

    class Fast(Shopper):
        pass

    def counted(
        feed: Callable[[EventParser, str], Event | None],
    ) -> Callable[[EventParser, str], Event | None]:
        def fed(parser: EventParser, line: str) -> Event | None:
            event = feed(parser, line)
            meter.heard += event is not None
            return event

        return fed

    addresses: Iterator[str] = itertools.cycle(f"127.0.0.{2 + each}" for each in range(8))
    waiter.Waiter._sources = addresses
    EventParser.feed = counted(EventParser.feed)  # type: ignore[method-assign, assignment]
    users: dict[str, type[User]] = {"Waiter": Waiter, "watcher": Watcher, "FastHttpUser": Fast}
    environment = Environment(user_classes=[users[way]], host=url)
    environment.parsed_options = Namespace(path=PATH, pages="", think=1.0, buy_chance=0.0)
    environment.create_local_runner().start(meter.visitors, spawn_rate=100)
    while meter.open < meter.visitors and environment.stats.total.num_requests < 2 * meter.visitors:
        gevent.sleep(0.2)
    gevent.sleep(_SETTLE_SECONDS)
    meter.begin()
    gevent.sleep(meter.seconds)


def main(way: str, url: str, visitors: int, seconds: float) -> None:
    """Plays one way and prints what came of it."""
    allow_open_files(20_000)
    if way == "asyncio":
        import uvloop

        host, _, port = url.removeprefix("http://").rpartition(":")
        meter = Meter(visitors, seconds)
        uvloop.run(_by_asyncio(meter, host, int(port)))
    else:
        import loadtests.crowd.waiter  # noqa: F401 - what it imports is no visitor's

        meter = Meter(visitors, seconds)
        _by_locust(way, meter, url)
    print(meter.told(), flush=True)
    os._exit(0)  # the visitors go as they are


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
