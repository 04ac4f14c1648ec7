"""Visitors who wait: half of them on event streams, half by asking, and all come back when they are cut off."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.faults.wire import CALL, Answer, Where, WireError, ask, events, opened

ASK_SECONDS = 0.7
NOTICE_SECONDS = 1.5
"""Within which a browser has noticed that it was cut off."""
GIVE_UP_SECONDS = 40


class Visitor:
    """One browser with its cookies. ``placed_at`` is when it first had a ticket, ``entered_at`` when the shop first
    answered it."""

    def __init__(self, port: Where, *, streams: bool) -> None:
        self.port = port
        self.others: list[Where] = []
        """Where else it is sent when nobody answers: by a load balancer."""
        self.streams = streams
        self.cookies: dict[str, str] = {}
        self.tickets: list[str] = []
        self.number: int | None = None
        self.position: int | None = None
        self.heard_at = 0.0
        self.listening = False
        self.placed_at: float | None = None
        self.entered_at: float | None = None

    def __repr__(self) -> str:
        return f"<Visitor {self.number}: position {self.position}, entered {self.entered_at}>"

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def knock(self) -> Answer:
        """Asks the shop's front page: joins, or shows the ticket."""
        answer = await ask(self.port, "/health", cookie=self.cookie)
        self.cookies |= answer.cookies()
        ticket = self.cookies.get("waitroom_ticket_drop", "")
        # room, epoch, lane and number: what makes a place
        place = ticket.rpartition(":")[0]
        if place and place not in self.tickets:
            self.tickets.append(place)
            self.placed_at = self.placed_at or time.monotonic()
        if answer.status == 200 and self.entered_at is None:
            self.entered_at = time.monotonic()
        return answer

    async def wait(self, online: asyncio.Event) -> None:
        """Waits in line until the shop lets them in. Stays quiet while not ``online``."""
        while self.entered_at is None:
            try:
                if not self.tickets:
                    await self.knock()
                elif self.streams:
                    await self._listen(online)
                else:
                    await self._poll()
            except WireError:
                self.goes_elsewhere()
            except json.JSONDecodeError:
                pass
            await asyncio.sleep(random.uniform(0.5, 1.5) * ASK_SECONDS)
            await online.wait()

    def goes_elsewhere(self) -> None:
        """Asks another gateway from now on, where there is one."""
        if self.others:
            self.others.append(self.port)
            self.port = self.others.pop(0)

    async def look(self) -> int:
        """Asks for the position; 0 where there is none to tell."""
        answer = await ask(self.port, "/__waitroom/drop/status", cookie=self.cookie, accept=CALL)
        if answer.status == 200:
            await self._hear(answer.body)
        return self.position or 0

    async def _poll(self) -> None:
        answer = await ask(self.port, "/__waitroom/drop/status", cookie=self.cookie, accept=CALL)
        await self._hear(answer.body) if answer.status == 200 else await self.knock()

    async def _listen(self, online: asyncio.Event) -> None:
        async with opened(self.port, "/__waitroom/drop/events", cookie=self.cookie) as (answer, reader):
            if answer.status != 200:
                await self.knock()
                return
            try:
                async for name, data in events(reader):
                    if name == "status":
                        await self._hear(data.encode())
                        self.listening = True
                    if self.entered_at is not None or not online.is_set():
                        return
            finally:
                self.listening = False

    async def _hear(self, text: bytes) -> None:
        state = json.loads(text)
        if state["state"] == "waiting" and state["position"] is not None and state["notice"] is None:
            self.number, self.position, self.heard_at = state["number"], state["position"], time.monotonic()
        elif state["state"] != "waiting" or state["notice"] == "restarted":
            await self.knock()


class Crowd:
    """Everyone who came."""

    def __init__(self, port: Where) -> None:
        self.port = port
        self.everyone: list[Visitor] = []
        self.online = asyncio.Event()
        self.online.set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> list[Visitor]:
        """Those who are not inside, in the order in which they came."""
        return [visitor for visitor in self.everyone if visitor.entered_at is None]

    async def arrive(self, count: int) -> list[Visitor]:
        """So many come one after another, and begin to wait."""
        came = [Visitor(self.port, streams=index % 2 == 0) for index in range(count)]
        for visitor in came:
            await visitor.knock()
        for visitor in came:
            self.begins(visitor)
        return came

    def begins(self, visitor: Visitor) -> None:
        """Somebody begins to wait, who may have no place yet."""
        self.everyone.append(visitor)
        self._tasks.append(asyncio.create_task(visitor.wait(self.online)))

    async def back(self) -> None:
        """Returns when whoever waits has noticed what happened, and has an open stream or an answer again."""
        since = time.monotonic()
        await asyncio.sleep(NOTICE_SECONDS)
        await eventually(
            lambda: all(visitor.listening or visitor.heard_at > since for visitor in self.waiting),
            lambda: f"in the dark are {[v for v in self.waiting if not v.listening and v.heard_at <= since]}",
        )

    async def in_order(self) -> list[Visitor]:
        """Whoever waits, by position, once the positions have no gap."""
        line = self.waiting
        expected = list(range(1, len(line) + 1))
        deadline = time.monotonic() + GIVE_UP_SECONDS
        # a stream tells of a mere position seldom where nothing moves: it is asked for
        while expected != (told := sorted([await visitor.look() for visitor in line])):
            assert time.monotonic() < deadline, f"told were {told}"
            await asyncio.sleep(0.2)
        return sorted(line, key=lambda visitor: visitor.position or 0)

    async def all_inside(self) -> None:
        """Returns when everyone got in."""
        await eventually(lambda: not self.waiting, lambda: f"outside is still {self.waiting}")

    async def leave(self) -> None:
        """Everyone closes the browser."""
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


async def eventually(is_true: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    """Waits until something is true; fails with what ``otherwise`` says."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while not is_true():
        assert time.monotonic() < deadline, otherwise()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def crowd_at(port: Where) -> AsyncIterator[Crowd]:
    """A crowd that goes home at the end."""
    crowd = Crowd(port)
    try:
        yield crowd
    finally:
        await crowd.leave()
