"""A visitor who does nothing but wait, as cheaply as tens of thousands in one process must."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator
from typing import NoReturn

import gevent
from locust import User, constant, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests.crowd.answers import REFUSED, options_of
from loadtests.crowd.court import JOURNAL, REFUSED_ROW, WAITING_PAGE
from loadtests.crowd.ending import LeftError, finish, to_the_end
from loadtests.crowd.files import TooFewFilesError, TooFewPortsError
from loadtests.crowd.journal import Staying
from loadtests.crowd.stay import End
from loadtests.crowd.wire import Address, Answer, Wire
from waitroom.demo.crowd.events import EventParser
from waitroom.demo.crowd.protocol import EVENT_STREAM, events_path, room_that_holds

_JSON = {"Accept": "application/json"}


class Waiter(User):
    """Joins by JSON, keeps an event stream open, enters when called, and is followed by another."""

    abstract = True
    kind = "waiter"
    wait_time = constant(0)
    _sources: Iterator[str] = itertools.repeat("")
    """Taken in turn by all."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._path: str = options_of(environment).path

    @classmethod
    def come_from(cls, addresses: list[str]) -> None:
        """From now on connections come from these addresses in turn; from any, where there are none."""
        cls._sources = itertools.cycle(addresses or [""])

    @task
    def one_visit(self) -> None:
        """One visit after another."""
        try:
            wire = Wire(Address.of(self.host or ""), next(self._sources))
        except (TooFewFilesError, TooFewPortsError) as error:
            self._count("connection", time.perf_counter(), 0, error)
            raise StopUser from error  # the next would fare no better
        except OSError as error:
            self._count("connection", time.perf_counter(), 0, error)
            gevent.sleep(random.uniform(1, 5))
            return
        try:
            self._visit(wire)
        except LeftError:
            gevent.sleep(random.uniform(1, 5))
        finally:
            wire.close()

    def _visit(self, wire: Wire) -> None:
        started = time.perf_counter()
        answer = self._get(wire, {})
        room = room_that_holds(answer.status, answer.headers.get("waitroom-room"))
        if room is None or f"waitroom_ticket_{room}" not in answer.cookies:
            self._not_held(answer, started, room)
        self._count(WAITING_PAGE, started, len(answer.body), None)
        JOURNAL.room = room
        JOURNAL.joined[self.kind] += 1
        staying = Staying(self.kind)
        staying.hear(json.loads(answer.body))
        cookies = dict(answer.cookies)
        answer = Answer(0, {}, {}, b"")  # it would be kept for the whole wait
        while room is not None:
            with to_the_end(self.environment, staying):
                self._wait(wire, room, staying, cookies)
            started = time.perf_counter()
            answer = self._get(wire, cookies)
            cookies |= answer.cookies
            room = room_that_holds(answer.status, answer.headers.get("waitroom-room"))
        self._count(self._path, started, len(answer.body), _failure(answer))
        finish(self.environment, staying, End.ADMITTED)

    def _not_held(self, answer: Answer, started: float, room: str | None) -> NoReturn:
        """Let in at once, or without a place; the next one comes after a while."""
        if room is not None or answer.status in REFUSED:
            JOURNAL.refused[self.kind] += 1
            self._count(REFUSED_ROW, started, len(answer.body), None)
            raise LeftError
        self._count(self._path, started, len(answer.body), _failure(answer))
        JOURNAL.straight_in[self.kind] += answer.status < 500
        raise LeftError

    def _get(self, wire: Wire, cookies: dict[str, str]) -> Answer:
        started = time.perf_counter()
        try:
            return wire.get(self._path, _JSON | _cookie(cookies))
        except OSError as error:
            self._count(self._path, started, 0, error)
            raise LeftError from error

    def _wait(self, wire: Wire, room: str, staying: Staying, cookies: dict[str, str]) -> None:
        """Follows the stream to its end. Raises :class:`LeftError` where it breaks off."""
        started, name = time.perf_counter(), "/__waitroom/[room]/events"
        try:
            status, lines = wire.stream(events_path(room), {**EVENT_STREAM, **_cookie(cookies)})
            self._count(name, started, 0, None if status == 200 else RuntimeError(f"status {status}"))
            events = EventParser()
            for line in lines:
                event = events.feed(line)
                if event is None:
                    continue
                if event.name == "status":
                    staying.hear(json.loads(event.data))
                elif event.name == "admitted":
                    staying.called()
        except OSError as error:
            self._count(name, started, 0, error)
            raise LeftError from error

    def _count(self, name: str, started: float, length: int, error: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type="GET",
            name=name,
            response_time=(time.perf_counter() - started) * 1000,
            response_length=length,
            exception=error,
            context={},
            url=name,
            response=None,
        )


def _cookie(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _failure(answer: Answer) -> Exception | None:
    return RuntimeError(f"status {answer.status}") if answer.status >= 500 else None
