"""The three rooms: how each is started, and what a visitor asks of it."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from typing import NamedTuple

from redis import Redis

from loadtests.measure import log
from loadtests.measure.operator import change_live
from loadtests.measure.servers import RoomOptions, Server, announced, gateway
from loadtests.measure.visitor import CALL_HEADERS
from loadtests.side_by_side.cores import SERVER, on_core
from loadtests.side_by_side.rooms.options import LOG, RATE, Options

ROOM = "drop"
HOST = "shop.example"


@dataclass(frozen=True, slots=True)
class Start:
    """How a room is started: shut, until :meth:`Contender.open`."""

    redis_url: str
    shop_url: str
    workers: int = 1
    rate: float = 60
    """Admissions a minute, once open."""
    absence_seconds: float = 600
    """How soon a silent visitor counts as gone, or an unused turn as over, in rooms that know of it."""
    logged: bool = False


class Calls(NamedTuple):
    """What the room has called, by its own log."""

    turns: int
    """Turns that were spent of the rate: those whom the room knew to be gone are passed over without one."""
    at: Callable[[str], float | None]
    """When a place was called, in seconds since the epoch."""


class Contender(ABC):
    """A room in the comparison."""

    name: str
    title: str
    sent: frozenset[str] | None = None
    """The commands that it sends to Redis itself, where others run within its scripts; None: all of them."""
    join: str
    join_statuses = (503,)
    capture: str
    """Where the answer to a join tells what the visitor shows from then on."""
    place: str
    """Where the answer to a join, or to the question for the number, tells what a call can be found by."""

    @abstractmethod
    def started(self, start: Start) -> AbstractContextManager[Server]:
        """The server, on its core."""

    @abstractmethod
    async def open(self, start: Start) -> None:
        """Admission begins."""

    @abstractmethod
    def poll(self, visitor: str) -> str:
        """Asks for the position, as its page does."""

    @abstractmethod
    def called(self, poll: bytes, place: str) -> bool:
        """Whether that answer to a poll tells that it is their turn."""

    @abstractmethod
    def enter(self, visitor: str) -> str:
        """Comes in. 200: is in."""

    @abstractmethod
    def calls(self, redis_url: str) -> Calls:
        """By the room's own log."""

    def number(self, visitor: str) -> str:
        """Asks for the number, where a join takes two requests; else empty."""
        return ""

    def events(self, visitor: str) -> str:
        """Opens the event stream; empty where the room has none."""
        return ""


class Waitroom(Contender):
    """This project: one gateway, with nothing set but the room."""

    name = "waitroom"
    title = "waitroom"
    sent = frozenset({"evalsha", "eval", "hgetall", "script|load", "fcall"})
    capture = rf"waitroom_ticket_{ROOM}=([^;]+)"
    place = r'"number": ?(\d+)'

    def __init__(self) -> None:
        self.join = request("GET", "/")

    @contextmanager
    def started(self, start: Start) -> Iterator[Server]:
        """The gateway in front of a bare shop."""
        room = RoomOptions(ROOM, mode="pause", rate=start.rate, presence=f"{start.absence_seconds:g}s")
        with (
            on_core(SERVER),
            gateway(start.redis_url, room, origin=start.shop_url, workers=start.workers) as server,
        ):
            yield server

    async def open(self, start: Start) -> None:
        """From pause to queue."""
        await change_live(start.redis_url, ROOM, mode="queue")

    def poll(self, visitor: str) -> str:
        """The ticket holder's status."""
        return request("GET", f"/__waitroom/{ROOM}/status", cookie=self._cookie(visitor))

    def called(self, poll: bytes, place: str) -> bool:
        """By the state."""
        return b'"state":"called"' in poll or b'"state": "called"' in poll

    def enter(self, visitor: str) -> str:
        """Asks for the shop, whose answer comes through the gateway."""
        return request("GET", "/", cookie=self._cookie(visitor))

    def calls(self, redis_url: str) -> Calls:
        """Ranges of numbers, in the room's log."""
        calls = log.calls(redis_url, ROOM)
        ends = [call.end for call in calls]

        def at(place: str) -> float | None:
            index = bisect_left(ends, int(place))
            return calls[index].at if index < len(calls) else None

        return Calls(sum(call.granted for call in calls), at)

    def events(self, visitor: str) -> str:
        """As the waiting page opens it."""
        return request("GET", f"/__waitroom/{ROOM}/events", cookie=self._cookie(visitor))

    def _cookie(self, visitor: str) -> str:
        return f"waitroom_ticket_{ROOM}={visitor}"


class Plain(Contender):
    """A room of :mod:`loadtests.side_by_side.rooms`."""

    @contextmanager
    def started(self, start: Start) -> Iterator[Server]:
        """Its own server; it admits nobody until there is a rate."""
        options = Options(start.redis_url, start.workers, start.absence_seconds, start.logged)
        with on_core(SERVER), _room(self.name, options) as server:
            yield server

    async def open(self, start: Start) -> None:
        """Sets the rate."""
        with Redis.from_url(start.redis_url) as client:
            client.set(RATE, start.rate)


class SortedSet(Plain):
    """ZADD, ZRANK, ZPOPMIN."""

    name = "sorted_set"
    title = "sorted set"
    capture = place = r'"visitor": "([0-9a-f]+)"'

    def __init__(self) -> None:
        self.join = request("GET", "/")

    def poll(self, visitor: str) -> str:
        """The position."""
        return request("GET", "/position", cookie=f"visitor={visitor}")

    def called(self, poll: bytes, place: str) -> bool:
        """By the state."""
        return b'"admitted"' in poll

    def enter(self, visitor: str) -> str:
        """Asks for the shop; the room answers in its stead."""
        return request("GET", "/", cookie=f"visitor={visitor}")

    def calls(self, redis_url: str) -> Calls:
        """The list that it keeps for this."""
        at = {visitor: float(when) for when, visitor in _logged(redis_url)}
        return Calls(len(at), at.get)

    def events(self, visitor: str) -> str:
        """Its stream."""
        return request("GET", "/events", cookie=f"visitor={visitor}")


class ServingCounter(Plain):
    """The retired AWS design."""

    name = "serving_counter"
    title = "AWS design"
    join_statuses = (200,)
    capture = r'"api_request_id": "([0-9a-f-]+)"'
    place = r'"queue_number": (\d+)'

    def __init__(self) -> None:
        self.join = request("POST", "/assign_queue_num", body='{"event_id": "sale"}')

    def number(self, visitor: str) -> str:
        """The second half of a join."""
        return request("GET", f"/queue_num?event_id=sale&request_id={visitor}")

    def poll(self, visitor: str) -> str:
        """The number that is served, the same for all."""
        return request("GET", "/serving_num?event_id=sale")

    def called(self, poll: bytes, place: str) -> bool:
        """By comparing it with one's own."""
        return int(json.loads(poll)["serving_counter"]) >= int(place)

    def enter(self, visitor: str) -> str:
        """Asks for the token."""
        body = json.dumps({"event_id": "sale", "request_id": visitor})
        return request("POST", "/generate_token", body=body)

    def calls(self, redis_url: str) -> Calls:
        """Values of the serving counter, in the list that it keeps for this."""
        entries = [(float(when), int(serving)) for when, serving in _logged(redis_url)]
        ends = [serving for _, serving in entries]

        def at(place: str) -> float | None:
            index = bisect_left(ends, int(place))
            return entries[index][0] if index < len(entries) else None

        return Calls(ends[-1] if ends else 0, at)


def request(method: str, path: str, *, cookie: str = "", body: str = "") -> str:
    """A request with the headers of a browser's script."""
    lines = [f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{CALL_HEADERS}"]
    if cookie:
        lines.append(f"Cookie: {cookie}\r\n")
    if body:
        lines.append(f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
    return "".join([*lines, "\r\n", body])


def _room(name: str, options: Options) -> AbstractContextManager[Server]:
    return announced(
        [sys.executable, "-m", "loadtests.side_by_side.rooms", name, json.dumps(asdict(options))]
    )


def _logged(redis_url: str) -> list[tuple[str, str]]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        entries = client.lrange(LOG, 0, -1)
    assert isinstance(entries, list)
    return [(when, what) for when, _, what in (entry.partition(" ") for entry in entries)]


CONTENDERS: tuple[Contender, ...] = (Waitroom(), SortedSet(), ServingCounter())
