"""``waitroom schedule``: what is planned for a running room, and a changed plan for it."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

from waitroom.assembly.line import plan_of
from waitroom.cli.line import find_room, who_asks, with_store
from waitroom.line.plan import Planned
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.live.planned import moment_text, step_in_words
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.secret import resolve_secret


def show_schedule(settings: Settings, room: str) -> list[str]:
    """The steps that a running room will take, a line each."""
    of_room = find_room(settings, room)

    async def look(store: LineStore) -> list[str]:
        return _lines(of_room, await store.planned()) or [f"{room}: nothing is planned"]

    return with_store(settings, room, look)


def apply_schedule(settings: Settings, room: str, why: str) -> list[str]:
    """Replaces the plan of a running room by that of the file, and returns its steps."""
    of_room = find_room(settings, room)
    plan = plan_of(of_room, Seeds(resolve_secret(settings)))

    async def apply(store: LineStore) -> list[str]:
        await store.plan(
            plan.to_redis(), name=plan.name, words=plan.words, source="live", who=who_asks(), why=why
        )
        return _lines(of_room, await store.planned()) or [f"{room}: nothing is planned any more"]

    return with_store(settings, room, apply)


def _lines(room: RoomSettings, planned: Planned) -> list[str]:
    zone = ZoneInfo(room.timezone)
    now = time.time() * 1000
    return [
        f"{moment_text(step.at_ms, zone)}  {_in(step.at_ms - now):>12}  {step_in_words(step, zone)}"
        for step in sorted((*planned.plan.steps, *planned.says), key=lambda step: step.at_ms)
    ]


def _in(ms: float) -> str:
    minutes, seconds = divmod(max(round(ms / 1000), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"in {days}d {hours}h"
    return f"in {hours}h {minutes}m" if hours else f"in {minutes}m {seconds}s"
