"""Visitors who are far from the door, as their pages behave behind a cache: a part of the crowd in each process.

Each follows the document of the line, and asks the gateway itself only so often that it counts as present: the times
are those of ``templates/inline/waiting/line.js`` and ``hearing.js``. What is due is due whether or not the one before
was answered in time, so that a slow gateway has no easier crowd. To the cache they share connections, which costs the
gateway the same. JSON in standard input says what to do; in standard output there is a line when the counting begins,
and JSON of what came of it.
"""

from __future__ import annotations

import asyncio
import gzip
import heapq
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, cast

import uvloop

from loadtests.measure.visitor import CALL_HEADERS
from loadtests.measure.wire import content_length, head_end

LOOK_SECONDS = 10.0
"""Between two looks at the document of the line."""
CONNECTIONS = 64
"""Of each process."""
LEAST_PLAYED = 0.9
"""The part of what was planned without which the crowd was another than is told."""
MOST_LATE_SECONDS = 2.0
_TICKET = b"set-cookie: waitroom_ticket"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_GZIPPED = re.compile(rb"\r\ncontent-encoding: *gzip", re.IGNORECASE)

What = Literal["join", "look", "question"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: so many join within ``join_seconds``, wait ``settle_seconds``, and are counted ``seconds`` long."""

    host: str
    port: int
    room: str
    visitors: int
    join_seconds: float
    settle_seconds: float
    seconds: float
    ask_seconds: float
    """The mean between two questions to the gateway: half of the room's presence."""

    @property
    def looks(self) -> float:
        """How many there should be in the counted time."""
        return self.visitors * self.seconds / LOOK_SECONDS

    @property
    def questions(self) -> float:
        """How many there should be in the counted time."""
        return self.visitors * self.seconds / self.ask_seconds


@dataclass(slots=True)
class Found:
    """What came of it, in the counted time."""

    began: float = 0.0
    """Seconds since 1970."""
    ended: float = 0.0
    looks: int = 0
    questions: int = 0
    cache: dict[str, int] = field(default_factory=dict)
    """What the cache said of each look."""
    wrong: int = 0
    """Answers that were not 200."""
    worst_late_seconds: float = 0.0
    """How long after it was due the latest was asked."""
    positions: list[int] = field(default_factory=list)
    """Those told, to some visitors."""

    @classmethod
    def together(cls, parts: Sequence[Found]) -> Found:
        """What several processes found, as one."""
        return cls(
            began=min(each.began for each in parts),
            ended=max(each.ended for each in parts),
            looks=sum(each.looks for each in parts),
            questions=sum(each.questions for each in parts),
            cache=dict(sum((Counter(each.cache) for each in parts), Counter())),
            wrong=sum(each.wrong for each in parts),
            worst_late_seconds=max(each.worst_late_seconds for each in parts),
            positions=[position for each in parts for position in each.positions],
        )

    def shortfalls(self, plan: Plan) -> list[str]:
        """In words, by what the crowd was another than that of the plan; empty: it was that."""
        found = [
            f"only {made / planned:.0%} of the {what} were made"
            for what, made, planned in (
                ("looks", self.looks, plan.looks),
                ("questions", self.questions, plan.questions),
            )
            if made < LEAST_PLAYED * planned
        ]
        if self.worst_late_seconds > MOST_LATE_SECONDS:
            found.append(f"the latest was {self.worst_late_seconds:.1f} s late")
        return found


class _Wire(asyncio.Protocol):
    """One kept-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are, but do not say so

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _whole(self._received):
            assert self._answer is not None
            if not self._answer.done():  # the crowd may have gone home
                self._answer.set_result(bytes(self._received))
            self._received.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("closed"))


class _Crowd:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = Found()
        self._cache: Counter[str] = Counter()
        self._cookies: dict[int, bytes] = {}
        """Of those who have joined."""
        self._due: list[tuple[float, int, What]] = []
        self._to_ask: asyncio.Queue[tuple[float, int, What]] = asyncio.Queue()
        self._counts = False
        self._head = f"Host: {plan.host}:{plan.port}\r\n{CALL_HEADERS}".encode()
        # gzip is what the cache makes, and all that is read here
        self._head = self._head.replace(b"gzip, deflate, br", b"gzip")

    async def play(self) -> Found:
        plan, found = self._plan, self._found
        now = time.monotonic()
        self._due = [
            (now + plan.join_seconds * who / plan.visitors, who, "join") for who in range(plan.visitors)
        ]
        begin = now + plan.join_seconds + plan.settle_seconds
        async with asyncio.TaskGroup() as group:
            wires = [group.create_task(self._ask_in_turn()) for _ in range(CONNECTIONS)]
            while time.monotonic() < begin or len(self._cookies) < plan.visitors:
                await self._put_due()
            self._counts, found.began = True, time.time()
            print("counting", flush=True)
            end = time.monotonic() + plan.seconds
            while time.monotonic() < end:
                await self._put_due()
            self._counts, found.ended = False, time.time()
            for each in wires:
                each.cancel()
        found.cache = dict(self._cache)
        return found

    async def _put_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            at, who, what = item = heapq.heappop(self._due)
            self._to_ask.put_nowait(item)
            if what != "join":
                self._again(at, who, what)
        await asyncio.sleep(0.005)

    async def _ask_in_turn(self) -> None:
        plan = self._plan
        _, wire = await asyncio.get_running_loop().create_connection(_Wire, plan.host, plan.port)
        while True:
            at, who, what = await self._to_ask.get()
            if self._counts:
                self._found.worst_late_seconds = max(self._found.worst_late_seconds, time.monotonic() - at)
            answer = await wire.ask(self._request(who, what))
            if what == "join":
                self._joined(who, answer)
            elif self._counts:
                self._count(who, what, answer)

    def _request(self, who: int, what: What) -> bytes:
        of_room = f"/__waitroom/{self._plan.room}"
        path = {"join": "/", "look": f"{of_room}/line", "question": f"{of_room}/status"}[what]
        cookie = b"Cookie: " + self._cookies[who] + b"\r\n" if what == "question" else b""
        return b"GET " + path.encode() + b" HTTP/1.1\r\n" + self._head + cookie + b"\r\n"

    def _joined(self, who: int, answer: bytes) -> None:
        lines = answer[: head_end(answer)].split(b"\r\n")
        ticket = next(line for line in lines if line.lower().startswith(_TICKET))
        self._cookies[who] = ticket[12:].partition(b";")[0]
        # the first anywhere in its interval: the counted time is then like any other, however long it is
        firsts: tuple[What, What] = ("look", "question")
        for first in firsts:
            self._again(time.monotonic() - self._mean(first) * random.random(), who, first)

    def _count(self, who: int, what: What, answer: bytes) -> None:
        right = int(answer[9:12]) == 200
        self._found.wrong += not right
        if what == "look":
            self._found.looks += 1
            said = answer.partition(b"X-Cache: ")[2].partition(b"\r\n")[0]
            self._cache[said.decode() or "none"] += 1
            return
        self._found.questions += 1
        if right and who % 100 == 0:
            self._found.positions.append(json.loads(_body(answer))["position"])

    def _again(self, after: float, who: int, what: What) -> None:
        heapq.heappush(self._due, (after + self._mean(what) * random.uniform(0.75, 1.25), who, what))

    def _mean(self, what: What) -> float:
        return self._plan.ask_seconds if what == "question" else LOOK_SECONDS


def _whole(received: bytearray) -> bool:
    if not (end := head_end(received)):
        return False
    if _CHUNKED.search(received, 0, end):
        return received.endswith(_LAST_CHUNK)  # one request at a time: nothing comes after it
    return len(received) >= end + (content_length(received[:end]) or 0)


def _body(answer: bytes) -> bytes:
    end = head_end(answer)
    head, body = answer[:end], answer[end:]
    if _CHUNKED.search(head):
        chunks, rest = [], body
        while size := int(rest[: (begin := rest.index(b"\r\n") + 2)], 16):
            chunks.append(rest[begin : begin + size])
            rest = rest[begin + size + 2 :]
        body = b"".join(chunks)
    return gzip.decompress(body) if _GZIPPED.search(head) else body


def main() -> None:
    """Reads what to do from standard input, and prints what was found."""
    print(json.dumps(asdict(uvloop.run(_Crowd(Plan(**json.load(sys.stdin))).play()))))


if __name__ == "__main__":
    main()
