"""Visitors who are far from the door, as their pages behave behind a cache: in one process, as many as one likes.

Each follows the document of the line, and asks the gateway itself only so often that it counts as present: the times
are those of ``templates/inline/waiting/line.js`` and ``hearing.js``. To the cache they share a few connections, which
costs the gateway the same. JSON in standard input says what to do; in standard output there is a line when the counting
begins, and JSON of what came of it.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from loadtests.measure.visitor import CALL_HEADERS
from loadtests.measure.wire import content_length, head_end

LOOK_SECONDS = 10.0
"""Between two looks at the document of the line."""
CONNECTIONS = 48
_TICKET = b"set-cookie: waitroom_ticket"


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


@dataclass(slots=True)
class Found:
    """What came of it, in the counted time."""

    began: float = 0.0
    """Seconds since 1970."""
    ended: float = 0.0
    looks: int = 0
    statuses: int = 0
    cache: dict[str, int] = field(default_factory=dict)
    """What the cache said of each look."""
    wrong: int = 0
    """Answers that were not 200."""
    worst_late_seconds: float = 0.0
    """How late the last of the due questions was: more than a few seconds, and this process had too much to do."""
    positions: list[int] = field(default_factory=list)
    """Those told in the last answers, from some visitors."""


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
        end = head_end(self._received)
        if end and len(self._received) >= end + (content_length(self._received[:end]) or 0):
            assert self._answer is not None
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
        self._wires: asyncio.Queue[_Wire] = asyncio.Queue()
        self._cookies = [b""] * plan.visitors
        self._due: list[tuple[float, int, bool]] = []
        """When, who, and whether it is the gateway that is asked."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts = False
        self._head = f"Host: {plan.host}:{plan.port}\r\n{CALL_HEADERS}".replace(
            "Accept-Encoding: gzip, deflate, br\r\n", ""
        ).encode()

    async def play(self) -> Found:
        plan, loop = self._plan, asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _, wire = await loop.create_connection(_Wire, plan.host, plan.port)
            self._wires.put_nowait(wire)
        joining = asyncio.create_task(self._join_all())
        begin = time.monotonic() + plan.join_seconds + plan.settle_seconds
        while (now := time.monotonic()) < begin + plan.seconds:
            if not self._counts and now >= begin:
                await joining
                self._counts, self._found.began = True, time.time()
                print("counting", flush=True)
            await self._ask_due(now)
        self._found.ended = time.time()
        self._found.cache = dict(self._cache)
        await asyncio.gather(*self._tasks)
        return self._found

    async def _join_all(self) -> None:
        plan, began = self._plan, time.monotonic()
        for who in range(plan.visitors):
            at = began + plan.join_seconds * who / plan.visitors
            if (pause := at - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            await self._start(self._join(who))

    async def _ask_due(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            at, who, gateway = heapq.heappop(self._due)
            if self._counts:
                self._found.worst_late_seconds = max(self._found.worst_late_seconds, time.monotonic() - at)
            await self._start(self._status(who) if gateway else self._look(who))
        await asyncio.sleep(0.005)

    async def _start(self, work: asyncio._CoroutineLike[None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if len(self._tasks) > 4 * CONNECTIONS:
            await asyncio.sleep(0)

    async def _get(self, path: str, cookie: bytes = b"") -> bytes:
        line = b"Cookie: " + cookie + b"\r\n" if cookie else b""
        request = b"GET " + path.encode() + b" HTTP/1.1\r\n" + self._head + line + b"\r\n"
        wire = await self._wires.get()
        try:
            return await wire.ask(request)
        finally:
            self._wires.put_nowait(wire)

    async def _join(self, who: int) -> None:
        answer = await self._get("/")
        head = answer[: head_end(answer)]
        cookies = [
            line for line in head.split(b"\r\n") if line.lower().startswith(b"set-cookie: waitroom_ticket")
        ]
        self._cookies[who] = cookies[0][12:].partition(b";")[0]
        self._again(who, gateway=True)
        self._again(who, gateway=False)

    async def _status(self, who: int) -> None:
        answer = await self._get(f"/__waitroom/{self._plan.room}/status", self._cookies[who])
        self._again(who, gateway=True)
        if self._counts:
            self._found.statuses += 1
            self._found.wrong += int(answer[9:12]) != 200
            if who % 100 == 0:
                self._found.positions.append(json.loads(answer[head_end(answer) :])["position"])

    async def _look(self, who: int) -> None:
        answer = await self._get(f"/__waitroom/{self._plan.room}/line")
        self._again(who, gateway=False)
        if self._counts:
            self._found.looks += 1
            self._found.wrong += int(answer[9:12]) != 200
            said = answer.partition(b"X-Cache: ")[2].partition(b"\r\n")[0]
            self._cache[said.decode() or "none"] += 1

    def _again(self, who: int, *, gateway: bool) -> None:
        mean = self._plan.ask_seconds if gateway else LOOK_SECONDS
        heapq.heappush(self._due, (time.monotonic() + mean * random.uniform(0.75, 1.25), who, gateway))


def main() -> None:
    """Reads what to do from standard input, and prints what was found."""
    print(json.dumps(asdict(uvloop.run(_Crowd(Plan(**json.load(sys.stdin))).play()))))


if __name__ == "__main__":
    main()
