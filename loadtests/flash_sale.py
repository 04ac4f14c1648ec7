"""A flash sale for Locust: shoppers who arrive, wait as a browser does, enter, look around and buy.

Besides the response times of every page, the report has rows of type ``WAIT``: how long those who got in
had waited, and how long those had who were still waiting when the test ended. The second row matters:
without it a test that is shorter than the line would report only the lucky.

    locust -f loadtests/flash_sale.py --host http://127.0.0.1:8000 --headless -u 100 -r 20 --run-time 2m
"""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import suppress

import gevent
from geventhttpclient.response import HTTPParseError
from locust import FastHttpUser, between, events, task
from locust.contrib.fasthttp import ResponseContextManager

from waitroom.demo.crowd.events import Event, EventParser
from waitroom.demo.crowd.pages import piece_for_sale, piece_links
from waitroom.demo.crowd.protocol import EVENT_STREAM, NAVIGATION, events_path, room_that_holds


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def add_options(parser: ArgumentParser) -> None:
    """Adds this test's own options to Locust's, on the command line and in its web page."""
    parser.add_argument("--path", default="/", help="where shoppers arrive (default /)")
    parser.add_argument(
        "--think", type=float, default=2.0, help="mean seconds before the next page (default 2)"
    )
    parser.add_argument("--buy-chance", type=float, default=0.5, help="who buys, 0 to 1 (default 0.5)")


class FlashSaleShopper(FastHttpUser):
    """One place in the crowd: when a shopper has left, the next one arrives there, without cookies."""

    wait_time = between(1, 3)

    @task
    def visit(self) -> None:
        """One visit, from arriving to leaving."""
        options = self.environment.parsed_options
        self.client.cookiejar.clear()
        page = self._open(options.path, name=options.path)
        links = piece_links(page)
        for _ in range(random.randint(1, 3)):
            self._think()
            page = self._open(random.choice(links) if links else options.path, name="/pieces/[slug]")
        slug = piece_for_sale(page)
        if slug is None or random.random() >= options.buy_chance:
            return
        self._think()
        self._open("/cart", name="/cart", form={"slug": slug, "quantity": "1"})
        self._think()
        self._open("/checkout", name="/checkout", form={"name": "Load test"})

    def _open(self, path: str, *, name: str, form: dict[str, str] | None = None) -> str:
        """Opens a page, after the wait where there is one, and returns its HTML."""
        while True:
            method = "GET" if form is None else "POST"
            with self.client.request(
                method, path, name=name, data=form, headers=dict(NAVIGATION), catch_response=True
            ) as response:
                room = _held_by(response)
                if room is None:
                    return response.text or ""
                response.request_meta["name"] = "waiting page"
                response.success()
            self._wait(room)
            # A form is not sent twice by itself: what follows is a look at the page that it led to.
            form = None

    def _wait(self, room: str) -> None:
        """Follows the room's events until admitted, and reports the time that took."""
        started_at, started = time.time(), time.perf_counter()
        name = "waiting room, still in line at the end"
        try:
            while not self._is_admitted(room):
                gevent.sleep(random.uniform(0.5, 2.0))
            name = "waiting room"
        finally:
            # Also where Locust stops this shopper in the middle of it.
            self.environment.events.request.fire(
                request_type="WAIT",
                name=name,
                response_time=(time.perf_counter() - started) * 1000,
                response_length=0,
                exception=None,
                context=self.context(),
                start_time=started_at,
                url=f"{self.host}{events_path(room)}",
                response=None,
            )

    def _is_admitted(self, room: str) -> bool:
        """Reads one event stream to its end; whether the page is to be opened now."""
        with self.client.get(
            events_path(room),
            name="/__waitroom/[room]/events",
            headers=dict(EVENT_STREAM),
            stream=True,
            catch_response=True,
        ) as response:
            if response.status_code != 200:
                # Any refusal but a failing gateway's is about the ticket: the page itself can tell more.
                status: int = response.status_code
                return 0 < status < 500
        try:
            return any(event.name == "admitted" for event in _events(response))
        finally:
            response.release()

    def _think(self) -> None:
        gevent.sleep(self.environment.parsed_options.think * random.uniform(0.3, 1.7))


def _held_by(response: ResponseContextManager) -> str | None:
    """The room that answered instead of the shop, if one did."""
    room = None if response.headers is None else response.headers.get("Waitroom-Room")
    return room_that_holds(response.status_code, room if isinstance(room, str) else None)


def _events(response: ResponseContextManager) -> Iterator[Event]:
    """The events of a stream as they arrive; a stream that breaks off just ends."""
    parser = EventParser()
    stream = response._response
    assert stream is not None
    with suppress(OSError, HTTPParseError):
        # Locust's own iterators wait for a full block, so that an event would come late by several.
        while line := stream.readline(b"\n"):
            event = parser.feed(line.decode("utf-8", "replace").rstrip("\r\n"))
            if event is not None:
                yield event
