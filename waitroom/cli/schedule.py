"""``waitroom schedule``: what is planned for a running room, and a changed plan for it."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from waitroom.assembly.line import plan_of
from waitroom.cli.line import find_room, who_asks, with_store
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.secret import resolve_secret

_DID = {
    StepKind.BEGIN: "the line of {event} begins; its doors open at {opens}",
    StepKind.OPEN: "{event} opens",
    StepKind.SET: "{event}",
}


def show_schedule(settings: Settings, room: str) -> list[str]:
    """The steps that a running room will take, a line each."""
    of_room = find_room(settings, room)

    async def look(store: LineStore) -> list[str]:
        plan = Plan.from_redis(await store.planned())
        return _lines(of_room, plan) or [f"{room}: nothing is planned"]

    return with_store(settings, room, look)


def apply_schedule(settings: Settings, room: str, why: str) -> list[str]:
    """Replaces the plan of a running room by that of the file, and returns its steps."""
    of_room = find_room(settings, room)
    plan = plan_of(of_room, Seeds(resolve_secret(settings)))

    async def apply(store: LineStore) -> list[str]:
        await store.plan(plan.to_redis(), name=plan.name, source="live", who=who_asks(), why=why)
        return _lines(of_room, Plan.from_redis(await store.planned())) or [
            f"{room}: nothing is planned any more"
        ]

    return with_store(settings, room, apply)


def _lines(room: RoomSettings, plan: Plan) -> list[str]:
    zone = ZoneInfo(room.timezone)
    now = time.time() * 1000
    return [
        f"{_moment(step.at_ms, zone)}  {_in(step.at_ms - now):>12}  {_told(step, zone)}"
        for step in plan.steps
    ]


def _told(step: Step, zone: ZoneInfo) -> str:
    told = _DID[step.kind].format(event=step.event, opens=_moment(step.opens_ms, zone))
    changes = ", ".join(f"{field} {value}" for field, value in step.changes.items())
    drawn = ", with a draw" if step.commitment else ""
    return told + drawn + (f": {changes}" if changes else "")


def _moment(at_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M:%S %Z}"


def _in(ms: float) -> str:
    minutes, seconds = divmod(max(round(ms / 1000), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"in {days}d {hours}h"
    return f"in {hours}h {minutes}m" if hours else f"in {minutes}m {seconds}s"
