"""A shopper with a browser: arrives, waits on the event stream as the waiting page does, enters and looks around."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import gevent
from geventhttpclient.response import HTTPParseError
from locust import FastHttpUser, constant, task
from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment

from loadtests.crowd.answers import REFUSED, header, held_by, in_row, options_of, seconds_until_next
from loadtests.crowd.court import JOURNAL, REFUSED_ROW, WAITING_PAGE
from loadtests.crowd.ending import LeftError, finish, to_the_end
from loadtests.crowd.journal import Staying
from loadtests.crowd.stay import End
from waitroom.demo.crowd.events import Event, EventParser
from waitroom.demo.crowd.pages import piece_for_sale, piece_links
from waitroom.demo.crowd.protocol import EVENT_STREAM, NAVIGATION, events_path

_JSON = {"Accept": "application/json", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


MOST_PAUSE_SECONDS = 60.0
"""After a refusal the next one comes then at the latest, whatever ``Retry-After`` says."""


class Shopper(FastHttpUser):
    """One place in the crowd: when a shopper has left, the next one arrives there, without cookies.

    A scenario changes :meth:`visit`, :meth:`arrive` or :meth:`stand_in_line`, and ``kind``, by which they are told
    apart.
    """

    abstract = True
    kind = "shopper"
    wait_time = constant(0)
    address = ""
    """Told in ``X-Forwarded-For``, where the scenario gives visitors addresses of their own."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.options = options_of(environment)
        self._staying: Staying | None = None

    @task
    def one_visit(self) -> None:
        """One visit after another."""
        self.client.cookiejar.clear()
        with suppress(LeftError):
            self.visit()
        self.think()

    def visit(self) -> None:
        """One visit, from arriving to leaving."""
        page = self.arrive()
        self.look_around(page, random.randint(1, 3))
        if random.random() < self.options.buy_chance:
            self.buy(page)

    def arrive(self) -> str:
        """Opens the page where shoppers arrive, after the wait where there is one, and returns it."""
        path: str = self.options.path
        return self.open(path, name=path)

    def look_around(self, page: str, pages: int) -> None:
        """Opens so many pages, each after a pause."""
        for _ in range(pages):
            self.think()
            path, name = self.next_page(page)
            self.open(path, name=name)

    def next_page(self, page: str) -> tuple[str, str]:
        """Where somebody goes who has this page before them, and the name of the row that it counts in."""
        if self.options.pages:
            path = random.choice(self.options.pages.split(",")).strip()
            return path, path
        links = piece_links(page)
        return (random.choice(links), "/pieces/[slug]") if links else (self.options.path, self.options.path)

    def buy(self, page: str) -> None:
        """Buys a piece at the demo shop; at another shop, nothing."""
        links = piece_links(page)
        slug = piece_for_sale(self.open(random.choice(links), name="/pieces/[slug]")) if links else None
        if slug is None:
            return
        self.think()
        self.open("/cart", name="/cart", form={"slug": slug, "quantity": "1"})
        self.think()
        self.open("/checkout", name="/checkout", form={"name": "Load test"})

    def open(self, path: str, *, name: str, form: dict[str, str] | None = None) -> str:
        """Opens a page of the shop, after the wait where there is one, and returns its HTML.

        Raises:
            LeftError: the visitor was turned away, or gave up.
        """
        while True:
            method = "GET" if form is None else "POST"
            with self.client.request(
                method, path, name=name, data=form, headers=self.headers(NAVIGATION), catch_response=True
            ) as response:
                room = held_by(response)
                if room is None or not self._has_ticket(room):
                    return self._not_held(response, room)
                in_row(response, WAITING_PAGE)
            JOURNAL.room = room
            if self._staying is None:
                self._staying = Staying(self.kind)
                JOURNAL.joined[self.kind] += 1
            try:
                with to_the_end(self.environment, self._staying):
                    self.stand_in_line(room, self._staying)
            except BaseException:
                self._staying = None
                raise
            # A form is not sent twice by itself: what follows is a look at the page that it led to.
            form = None

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Those, and the visitor's address where it is to be told."""
        return {**headers, "X-Forwarded-For": self.address} if self.address else dict(headers)

    def stand_in_line(self, room: str, staying: Staying) -> None:
        """Returns when the page is to be asked for again. Raises :class:`LeftError` where the visitor gives up."""
        while not self.follow(room, staying):
            gevent.sleep(random.uniform(0.5, 2.0))

    def follow(self, room: str, staying: Staying, *, seconds: float | None = None) -> bool:
        """Reads one event stream to its end, or for so long; whether the page is to be opened now."""
        with self.client.get(
            events_path(room),
            name="/__waitroom/[room]/events",
            headers=self.headers(EVENT_STREAM),
            stream=True,
            catch_response=True,
        ) as response:
            if response.status_code != 200:
                # Any refusal but a failing gateway's is about the ticket: the page itself can tell more.
                return 0 < int(response.status_code) < 500
        try:
            with gevent.Timeout(seconds, exception=False):
                for event in _events(response):
                    if event.name == "status":
                        staying.hear(json.loads(event.data))
                    elif event.name == "admitted":
                        staying.called()
                        return True
        finally:
            response.release()
        return False

    def status(self, room: str, staying: Staying) -> str:
        """Asks once where the visitor stands, and returns the state; "" where no state was told."""
        with self.client.get(
            f"/__waitroom/{room}/status",
            name="/__waitroom/[room]/status",
            headers=self.headers(_JSON),
            catch_response=True,
        ) as response:
            if response.status_code != 200:
                return ""
            state: dict[str, Any] = json.loads(response.text or "{}")
        staying.hear(state)
        return str(state.get("state", ""))

    def think(self) -> None:
        """A pause before the next page."""
        gevent.sleep(self.options.think * random.uniform(0.3, 1.7))

    def _has_ticket(self, room: str) -> bool:
        return any(cookie.name == f"waitroom_ticket_{room}" for cookie in self.client.cookiejar)

    def _not_held(self, response: ResponseContextManager, room: str | None) -> str:
        """The page of the shop, where the stay in the line is over; or there was no place to be had in ``room``."""
        if room is not None or response.status_code in REFUSED:
            JOURNAL.refused[self.kind] += 1
            in_row(response, REFUSED_ROW)
            gevent.sleep(min(seconds_until_next(response), MOST_PAUSE_SECONDS))
            raise LeftError
        if response.status_code == 0 or response.status_code >= 500:
            gevent.sleep(random.uniform(0.5, 2.0))
            raise LeftError
        staying, self._staying = self._staying, None
        if staying is not None:
            finish(self.environment, staying, End.ADMITTED)
        elif "waitroom_pass" in (header(response, "Set-Cookie") or ""):
            JOURNAL.straight_in[self.kind] += 1
        return response.text or ""


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
