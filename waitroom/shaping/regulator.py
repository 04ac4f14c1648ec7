"""What runs adaptive admission in each worker: tells what was seen, and makes the step when it is its turn."""

from __future__ import annotations

import asyncio
import logging

from pydantic import TypeAdapter, ValidationError

from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.shaping.adaptive import State, begin, step
from waitroom.shaping.aims import Aims
from waitroom.shaping.signals import Signals
from waitroom.shaping.told import Due, Told

WHO = "adaptive admission"
"""As whom it stands in the room's events."""
TELL_SECONDS = 0.5
IDLE_SECONDS = 1.0
_SOONEST_SECONDS = 0.02
_STATE = TypeAdapter(State)

logger = logging.getLogger("waitroom.shaping")


class Regulator:
    """Keeps the limit of one room's admissions, where that is on. While Redis is away the last limit stands."""

    def __init__(self, room: Room, told: Told, signals: Signals) -> None:
        self.signals = signals
        self._room = room
        self._told = told
        self._stopping = False
        self._was_ended = False

    def __repr__(self) -> str:
        return f"<Regulator of {self._room.name}: {self._room.rules.adaptive or 'off'}>"

    async def start(self) -> None:
        """Sees to it that there is a limit before the first visitor comes."""
        await self.turn()

    async def run(self) -> None:
        """Runs until :meth:`stop`. Never raises for a Redis that is away."""
        while not self._stopping:
            try:
                pause = await self.turn()
            except LineUnavailableError:
                # the room itself complains of it
                pause = IDLE_SECONDS
            except Exception:
                # one bad step must not end the regulation
                logger.exception("room %s: a step of adaptive admission failed", self._room.name)
                pause = IDLE_SECONDS
            await asyncio.sleep(pause)

    def stop(self) -> None:
        """Lets :meth:`run` end. It is cancelled besides; but a client may swallow a cancellation."""
        self._stopping = True

    async def turn(self) -> float:
        """Tells what was seen, makes the step if it is due, and returns the seconds until the next turn."""
        room, signals = self._room, self.signals
        is_on, aims = Aims.from_text(room.rules.adaptive)
        if not is_on:
            await self._end()
            return IDLE_SECONDS
        aims = aims.bounded(self._highest)
        if not signals.is_on:
            signals.forget()
            signals.is_on, self._was_ended = True, False
        if room.rules.limit_rate < 0:
            # at once: the rate that ops staff set is only an upper bound now, and may be far beyond the shop
            await self._apply(*self._begin(aims))
        answer = await self._told.tell(signals.take(), session_ms=room.rules.session_ms)
        if answer.patience_seconds:
            signals.patience_seconds = answer.patience_seconds
        if answer.due is not None:
            await self._step(answer.due, aims)
        return min(max(answer.wait_seconds, _SOONEST_SECONDS), TELL_SECONDS)

    @property
    def _highest(self) -> float:
        """Admissions a minute that others allow: ops staff, and the rooms that share a rate with this one."""
        rules = self._room.rules
        return rules.rate if rules.limit_shared < 0 else min(rules.rate, rules.limit_shared)

    async def _step(self, due: Due, aims: Aims) -> None:
        room = self._room
        state, why = self._state(due, aims)
        state, news = step(
            state, due.seen, aims, admitted=room.head.admitted, active=due.active, waiting=room.waiting
        )
        text = _STATE.dump_json(state).decode()
        if await self._told.settle(due.version, text, patience_seconds=state.patience(aims)):
            await self._apply(state, news or why)

    def _state(self, due: Due, aims: Aims) -> tuple[State, str]:
        if due.state:
            try:
                return _STATE.validate_json(due.state), "the limit as it was"
            except ValidationError:
                logger.warning(
                    "room %s: the state of adaptive admission is of another version", self._room.name
                )
        return self._begin(aims)

    def _begin(self, aims: Aims) -> tuple[State, str]:
        state = begin(aims, outflow=self._room.head.flow)
        return state, f"adaptive admission begins at {state.limit:g} a minute"

    async def _apply(self, state: State, why: str) -> None:
        """Makes the state's limit the room's, unless it is already."""
        limit = round(state.limit, 1)
        if self._room.rules.limit_rate != limit:
            await self._room.change({"limit_rate": f"{limit:g}"}, who=WHO, why=why)

    async def _end(self) -> None:
        """Takes the limit back, once, where adaptive admission was on before."""
        self.signals.is_on = False
        if self._was_ended:
            return
        if await self._told.is_known():
            await self._room.change({"limit_rate": "-1"}, who=WHO, why="adaptive admission is off")
            await self._told.forget()
        self._was_ended = True
