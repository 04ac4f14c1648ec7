"""Rehearsals: one runs at a time, and can be cancelled."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import secrets
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path

from admin.rehearsals.kept import Kept, Shelf
from waitroom.errors import WaitroomError
from waitroom.rehearse.child import Come
from waitroom.rehearse.report import title_of
from waitroom.rehearse.scenario import Scenario

END_SECONDS = 10.0
"""Between telling a rehearsal to end and ending it."""
_LINE_BYTES = 64 * 1024

logger = logging.getLogger("waitroom.console")


class BusyError(WaitroomError):
    """Another rehearsal runs."""


class Phase(StrEnum):
    """Where a rehearsal stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Rehearsal:
    """One rehearsal that was started here."""

    def __init__(self, scenario: Scenario, who: str) -> None:
        self.at = time.time()
        self.id = time.strftime("%Y%m%d-%H%M%S-", time.gmtime(self.at)) + secrets.token_hex(2)
        self.who = who
        self.title = title_of(scenario)
        self.phase = Phase.RUNNING
        self.come = Come(visitors=scenario.curve.visitors)
        self.error = ""
        self.process: Process | None = None
        self.task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Rehearsal {self.id}: {self.phase}, {self.come.known} of {self.come.visitors}>"

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        if self.phase is Phase.DONE:
            return 1.0
        return self.come.known / self.come.visitors if self.come.visitors else 0.0


class Rehearsals:
    """Starts rehearsals and keeps their reports."""

    def __init__(self, data_dir: Path) -> None:
        self.shelf = Shelf(data_dir)
        self.last: Rehearsal | None = None
        """The one that runs, or that was started last in this life of the console."""

    def __repr__(self) -> str:
        return f"<Rehearsals, last {self.last!r}>"

    def start(self, scenario: Scenario, who: str) -> Rehearsal:
        """Starts one. Raises :class:`BusyError` while another runs."""
        if self.last is not None and self.last.phase is Phase.RUNNING:
            raise BusyError("another rehearsal runs: cancel it, or wait until it is done")
        self.last = started = Rehearsal(scenario, who)
        started.task = asyncio.create_task(self._run(started, scenario))
        return started

    async def cancel(self, rehearsal: str) -> bool:
        """Ends the one that runs, and returns once it has; False where that is none of this id."""
        running = self.last
        if running is None or running.id != rehearsal or running.phase is not Phase.RUNNING:
            return False
        running.phase = Phase.CANCELLED
        await self._end(running)
        return True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For as long as the block goes on they may run."""
        try:
            yield
        finally:
            if self.last is not None:
                await self.cancel(self.last.id)

    async def all(self) -> list[Kept]:
        """The reports that are kept, the newest first."""
        return await asyncio.to_thread(self.shelf.all)

    async def _end(self, running: Rehearsal) -> None:
        if running.process is not None:
            with suppress(ProcessLookupError):
                running.process.terminate()
        if running.task is not None:
            _, pending = await asyncio.wait([running.task], timeout=END_SECONDS)
            if pending and running.process is not None:
                with suppress(ProcessLookupError):
                    running.process.kill()
                await asyncio.wait(pending, timeout=END_SECONDS)

    async def _run(self, rehearsal: Rehearsal, scenario: Scenario) -> None:
        draft = None
        try:
            draft = await asyncio.to_thread(self.shelf.draft, rehearsal.id)
            code = await self._play(rehearsal, scenario, draft)
            if rehearsal.phase is Phase.RUNNING and code == 0:
                await asyncio.to_thread(
                    self.shelf.keep,
                    draft,
                    rehearsal=rehearsal.id,
                    at=rehearsal.at,
                    who=rehearsal.who,
                    title=rehearsal.title,
                )
                rehearsal.phase = Phase.DONE
            elif rehearsal.phase is Phase.RUNNING:
                rehearsal.error = rehearsal.come.error or f"its process ended with exit code {code}"
                rehearsal.phase = Phase.FAILED
        except (OSError, ValueError) as error:
            rehearsal.error, rehearsal.phase = str(error), Phase.FAILED
        finally:
            if draft is not None:
                await asyncio.to_thread(self.shelf.drop, draft)
            if rehearsal.phase is Phase.FAILED:
                logger.warning("the rehearsal %s failed: %s", rehearsal.id, rehearsal.error)

    async def _play(self, rehearsal: Rehearsal, scenario: Scenario, draft: Path) -> int:
        words = await asyncio.to_thread(pickle.dumps, scenario)
        command = [sys.executable, "-m", "waitroom.rehearse.child", str(draft)]
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=_LINE_BYTES)
        rehearsal.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(words)
            await process.stdin.drain()
            process.stdin.close()
        if rehearsal.phase is Phase.CANCELLED:  # before there was a process to tell
            with suppress(ProcessLookupError):
                process.terminate()
        while line := await process.stdout.readline():
            with suppress(ValueError, TypeError):
                rehearsal.come = Come(**json.loads(line))
        return await process.wait()
