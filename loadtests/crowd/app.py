"""A shop's own app: JSON, no cookies, the ticket and the pass in headers (docs/apps.md)."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import gevent
from locust import FastHttpUser, constant, task
from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment

from loadtests.crowd.answers import REFUSED, header, held_by, in_row, options_of, seconds_until_next
from loadtests.crowd.court import JOURNAL, REFUSED_ROW, WAITING_PAGE
from loadtests.crowd.ending import LeftError, finish, to_the_end
from loadtests.crowd.journal import Staying
from loadtests.crowd.stay import End

TICKET, PASS = "Waitroom-Ticket", "Waitroom-Pass"
_MOST_PAUSE_SECONDS = 60.0


class App(FastHttpUser):
    """One app after another: asks, waits as told by ``Retry-After``, asks again, and then reads what it came for."""

    abstract = True
    kind = "app"
    wait_time = constant(0)
    address = ""
    """Told in ``X-Forwarded-For``, where the scenario gives visitors addresses of their own."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.options = options_of(environment)
        self._tokens: dict[str, str] = {}

    @task
    def one_visit(self) -> None:
        """One visit after another."""
        self._tokens = {}
        with suppress(LeftError):
            self.visit()
        self.think()

    def visit(self) -> None:
        """Waits for the shop, and asks it for a few things."""
        self.ask(self.options.path)
        paths = [path.strip() for path in self.options.pages.split(",") if path.strip()] or [
            self.options.path
        ]
        for _ in range(random.randint(1, 3)):
            self.think()
            self.ask(random.choice(paths))

    def ask(self, path: str) -> None:
        """Asks the shop, for as long as it takes. Raises :class:`LeftError` where the app is turned away."""
        staying: Staying | None = None
        while True:
            with self._get(path) as response:
                held = self._held(response)
                if held is None:
                    break
            room, seconds, state = held
            JOURNAL.room = room
            if staying is None:
                staying = Staying(self.kind)
                JOURNAL.joined[self.kind] += 1
            staying.hear(state)
            with to_the_end(self.environment, staying, polled=True):
                self.pause(seconds)
        if staying is not None:
            finish(self.environment, staying, End.ADMITTED, polled=True)

    def pause(self, seconds: float) -> None:
        """Until the next question, of which the line says that it is due in so many seconds."""
        gevent.sleep(min(seconds, _MOST_PAUSE_SECONDS) * random.uniform(0.75, 1.0))

    def think(self) -> None:
        """A pause before the next request to the shop."""
        gevent.sleep(self.options.think * random.uniform(0.3, 1.7))

    def _get(self, path: str) -> ResponseContextManager:
        headers = {"Accept": "application/json", **self._tokens}
        if self.address:
            headers["X-Forwarded-For"] = self.address
        self.client.cookiejar.clear()  # this app has none
        return self.client.get(path, name=path, headers=headers, catch_response=True)

    def _held(self, response: ResponseContextManager) -> tuple[str, float, dict[str, Any]] | None:
        """The room that holds, the seconds until the next question, and the state; None: the shop has answered."""
        was_inside = PASS in self._tokens
        for name in (TICKET, PASS):
            if token := header(response, name):
                self._tokens[name] = token
        room = held_by(response)
        if room is not None and TICKET in self._tokens:
            in_row(response, WAITING_PAGE)
            self._tokens.pop(PASS, None)
            return room, seconds_until_next(response), json.loads(response.text or "{}")
        if room is not None or response.status_code in REFUSED:
            JOURNAL.refused[self.kind] += 1
            in_row(response, REFUSED_ROW)
            self.pause(seconds_until_next(response))
            raise LeftError
        if response.status_code == 0 or response.status_code >= 500:
            raise LeftError
        if PASS in self._tokens and not was_inside and header(response, TICKET) is not None:
            JOURNAL.straight_in[self.kind] += 1
        return None
