"""One process of visitors: ``python -m loadtests.stampede.visitors PLAN``, the plan being a file of JSON.

It says ``ready`` in standard output, waits for a line in standard input where it is told to, and writes what it found
into the file that the plan names. Times are those of the machine's monotonic clock, the same for all processes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import uvloop

from loadtests.crowd.files import allow_open_files
from loadtests.stampede.limits import source_of
from loadtests.stampede.wire import (
    PAGE,
    STATUS,
    Target,
    ask,
    listen,
    number_of,
    place_of,
)

_Key = TypeVar("_Key", int, str)

AT_ONCE = 100
"""Requests at once where nobody is in a hurry."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, SOON_SECONDS = 5.0, 30.0, 10.0
"""Those of ``templates/inline/waiting/hearing.js``."""
PATH, INSIDE_PATH = "/health", "/inside/health"
"""What of the shop is asked for: in the room with the line, and in the one where those are who are inside."""
INSIDE_SECONDS = 1.0
"""Between two pages of somebody inside."""
_PASS = b"set-cookie: waitroom_pass_"


@dataclass(frozen=True, slots=True)
class Plan:
    """Visitors ``first`` to ``first + visitors`` of all. ``seconds``: of the joins; or for which it is waited at most
    until all are back."""

    what: Literal["joins", "streams", "inside"]
    host: str
    port: int
    room: str
    first: int
    visitors: int
    seconds: float
    found: str
    """The file for what was found."""

    def target(self, visitor: int) -> Target:
        """The gateway, for one of them."""
        return Target(self.host, self.port, source_of(self.first + visitor))


@dataclass(slots=True)
class Found:
    """What they saw."""

    places: list[str] = field(default_factory=list)
    """The place of each who was given one."""
    seen_ms: list[int] = field(default_factory=list)
    """From when each wanted to join until they saw a page, be it that they should come again."""
    sent_away: int = 0
    """How often somebody was asked to come again."""
    refused: dict[str, int] = field(default_factory=dict)
    """What else was answered, and how often."""
    lost: int = 0
    """Who had another place later, or none."""
    late_ms: list[int] = field(default_factory=list)
    """From when each wanted to join until the whole answer was there."""
    inside_ms: list[int] = field(default_factory=list)
    """How long those who were inside waited for each page."""
    joined_at: list[float] = field(default_factory=list)
    cut_at: float = 0.0
    """When the first stream broke."""
    tried_at: dict[int, int] = field(default_factory=dict)
    """Streams asked for after that, by the second."""
    asked_at: dict[int, int] = field(default_factory=dict)
    """Questions by the page's script, which asks when its stream is away, by the second."""
    back_at: list[float] = field(default_factory=list)

    def note(self, why: str) -> None:
        """One more who was refused, or did not get through."""
        count(self.refused, why)


def pause_seconds(*, scripted: bool, attempt: int, retry_ms: int, chance: float) -> float:
    """Until the stream is opened again: as the page's script does it (``hearing.js``), or as a browser does by
    itself, which keeps to the server's ``retry`` (WHATWG HTML, section 9.2.3). ``chance`` is from 0 to 1."""
    if not scripted:
        return retry_ms / 1000
    return chance * min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt)


class Joiners:
    """They all come within some seconds, each for the page of the shop, and are given the waiting page."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = Found()
        self._tickets: list[tuple[int, str]] = []

    async def play(self) -> Found:
        """Joins, and then asks for everyone whether the place is still there."""
        await told_to_go()
        began, plan = time.monotonic(), self._plan
        async with asyncio.TaskGroup() as group:
            for visitor in range(plan.visitors):
                due = began + plan.seconds * visitor / plan.visitors
                if (early := due - time.monotonic()) > 0:
                    await asyncio.sleep(early)
                elif visitor % AT_ONCE == 0:
                    await asyncio.sleep(0)
                group.create_task(self._join(visitor, due))
        await told_to_go()  # the gateway's processor time is looked at meanwhile
        turns = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for visitor, ticket in self._tickets:
                group.create_task(self._look(turns, visitor, ticket))
        return self._found

    async def _join(self, visitor: int, due: float) -> None:
        seen = False
        while True:
            try:
                answer = await ask(self._plan.target(visitor), PATH, PAGE)
            except OSError as error:
                self._found.note(why_of(error))
                return
            now = time.monotonic()
            if not seen:
                seen = True
                self._found.seen_ms.append(round((now - due) * 1000))
            if ticket := answer.ticket():
                break
            if not (pause := answer.refresh()):
                self._found.note(f"status {answer.status}")
                return
            self._found.sent_away += 1
            await asyncio.sleep(pause)
        self._tickets.append((visitor, ticket))
        self._found.places.append(place_of(ticket))
        self._found.late_ms.append(round((now - due) * 1000))
        self._found.joined_at.append(now)

    async def _look(self, turns: asyncio.Semaphore, visitor: int, ticket: str) -> None:
        async with turns:
            path = f"/__waitroom/{self._plan.room}/status"
            answer = await ask(self._plan.target(visitor), path, STATUS, ticket)
            told = json.loads(answer.body).get("number") if answer.status == 200 else None
            self._found.lost += told != number_of(ticket)


class Insiders:
    """They shop while others join: each asks the shop for a page now and then, on a new connection each time."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = Found()

    async def play(self) -> Found:
        """Shops until it is told that the others have their places."""
        target = self._plan.target
        passes = [
            (await ask(target(visitor), INSIDE_PATH, PAGE)).cookie(_PASS)
            for visitor in range(self._plan.visitors)
        ]
        await told_to_go()
        over = asyncio.create_task(told_to_go())
        async with asyncio.TaskGroup() as group:
            for visitor, held in enumerate(passes):
                group.create_task(self._shop(target(visitor), held, over))
        return self._found

    async def _shop(self, target: Target, held: str, over: asyncio.Task[None]) -> None:
        await asyncio.sleep(random.random() * INSIDE_SECONDS)
        while not over.done():
            began = time.monotonic()
            try:
                answer = await ask(target, INSIDE_PATH, PAGE, held)
            except OSError as error:
                self._found.note(f"inside: {why_of(error)}")
            else:
                if answer.status != 200:
                    self._found.note(f"inside: status {answer.status}")
                self._found.inside_ms.append(round((time.monotonic() - began) * 1000))
            await asyncio.sleep(INSIDE_SECONDS)


class Listeners:
    """They wait on event streams, half of them with the page's script, half with none but their browser's own
    ``EventSource``; and come back when they are cut off."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = Found()
        self._events = f"/__waitroom/{plan.room}/events?steps=1"
        self._status = f"/__waitroom/{plan.room}/status"
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._open = 0
        self._cut = asyncio.Event()
        self._back = asyncio.Event()

    async def play(self) -> Found:
        """Returns when all streams were cut and are back, or the time is over."""
        plan = self._plan
        staying = [asyncio.create_task(self._stay(visitor)) for visitor in range(plan.visitors)]
        await self._cut.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(plan.seconds):
                await self._back.wait()
        for task in staying:
            task.cancel()
        self._found.lost += plan.visitors - len(self._found.back_at)  # these never came back
        return self._found

    async def _stay(self, visitor: int) -> None:
        target, scripted, found = self._plan.target(visitor), visitor % 2 == 0, self._found
        async with self._turns:
            ticket = (await ask(target, PATH, PAGE)).ticket()
            found.places.append(place_of(ticket))
            stream = await listen(target, self._events, ticket)
        self._open += 1
        if self._open == self._plan.visitors:
            print("ready", flush=True)
        first = stream.told.result()
        await stream.over
        if not self._cut.is_set():
            found.cut_at = time.monotonic()
            self._cut.set()
        asking = (
            asyncio.create_task(self._keep_asking(target, ticket, first.refresh_seconds))
            if scripted
            else None
        )
        number = await self._come_back(target, ticket, first.retry_ms, scripted=scripted)
        if asking:
            asking.cancel()
        found.back_at.append(time.monotonic())
        found.lost += number != number_of(ticket)
        if len(found.back_at) == self._plan.visitors:
            self._back.set()
        await asyncio.Future()  # the stream stays open until all are back

    async def _come_back(self, target: Target, ticket: str, retry_ms: int, *, scripted: bool) -> int:
        """Opens the stream again, and returns the number that it tells."""
        attempt = 0
        while True:
            await asyncio.sleep(
                pause_seconds(scripted=scripted, attempt=attempt, retry_ms=retry_ms, chance=random.random())
            )
            attempt += 1
            began = int(time.monotonic())
            try:
                stream = await listen(target, self._events, ticket)
            except ConnectionRefusedError:
                continue  # nobody is there whom it could trouble
            except OSError as error:
                self._found.note(why_of(error))
                count(self._found.tried_at, began)
            else:
                count(self._found.tried_at, began)
                return stream.told.result().number

    async def _keep_asking(self, target: Target, ticket: str, refresh: float) -> None:
        """As the script does while its stream is away."""
        await asyncio.sleep(random.random() * min(refresh, SOON_SECONDS))
        while True:
            began = int(time.monotonic())
            try:
                await ask(target, self._status, STATUS, ticket)
                count(self._found.asked_at, began)
            except ConnectionRefusedError:
                pass
            except OSError:
                count(self._found.asked_at, began)
            await asyncio.sleep(refresh * random.uniform(0.75, 1.25))


PLAYERS: Mapping[str, type[Joiners | Listeners | Insiders]] = {
    "joins": Joiners,
    "streams": Listeners,
    "inside": Insiders,
}


def count(counts: dict[_Key, int], key: _Key) -> None:
    """One more."""
    counts[key] = counts.get(key, 0) + 1


def why_of(error: OSError) -> str:
    """The error in a word or two, without addresses."""
    if error.errno:
        return os.strerror(error.errno)
    return str(error) or type(error).__name__


async def told_to_go() -> None:
    """Says that this process is ready, and waits for a line."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def main(path: str) -> None:
    """Plays a plan."""
    allow_open_files()
    plan = Plan(**json.loads(Path(path).read_text()))
    player = PLAYERS[plan.what](plan)
    found = uvloop.run(player.play())
    Path(plan.found).write_text(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(sys.argv[1])
