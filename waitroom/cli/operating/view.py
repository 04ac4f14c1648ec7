"""What ``waitroom rooms`` and ``waitroom watch`` show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.parts import Wait
from admin.api.rooms.state import RoomState
from waitroom.cli.operating.desk import Look
from waitroom.cli.operating.glyphs import big, short, sparkline
from waitroom.live.limits import Limit
from waitroom.live.turning import one_line
from waitroom.rehearse.spoken import long

EVENTS = 8
_STYLES = {
    Limit.REDIS: "bold white on red", Limit.PAUSED: "bold black on yellow", Limit.RECOVERING: "bold black on yellow",
    Limit.CLOSED: "bold", Limit.ADAPTIVE: "bold yellow", Limit.IDLE: "green", Limit.PASSING: "bold green",
}  # fmt: skip


def rooms_table(rooms: Sequence[RoomState]) -> Table:
    """All rooms, a line each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("room", "mode"):
        table.add_column(title, no_wrap=True)
    for title in ("waiting", "inside", "joins/min", "let in/min", "rate", "a newcomer waits"):
        table.add_column(title, justify="right")
    table.add_column("limited by")
    table.add_column("next")
    for room in rooms:
        flows = (room.joins_per_minute, room.admissions_per_minute, room.admission_rate)
        table.add_row(
            _plain(room.room), room.mode, f"{room.waiting:,}", f"{room.inside:,}",
            *(short(flow) for flow in flows), _wait(room.newcomer_wait), _limit(room), _next(room),
        )  # fmt: skip
    return table


def room_line(look: Look) -> str:
    """A room in one line, for where nobody sees a screen."""
    state = look.state
    return (
        f"{state.now.astimezone():%H:%M:%S}  {state.room} {state.mode}: {state.waiting:,} waiting, "
        f"{state.inside:,} inside, {short(state.joins_per_minute)} join and {short(state.admissions_per_minute)} are "
        f"let in a minute, of {state.admission_rate:g}, a newcomer waits {_wait(state.newcomer_wait)}; "
        f"{state.limited_by.by}: {one_line(state.limited_by.text)}"
    )


def room_view(look: Look, history: Sequence[RoomState], trouble: str, width: int) -> RenderableType:
    """A room on a whole screen. ``history`` are its states so far, ``trouble`` is why this one is old, if it is."""
    state = look.state
    limit = f" {state.limited_by.by}: {one_line(state.limited_by.text)} "
    parts: list[RenderableType] = [
        Text(one_line(trouble) or limit, style=_style(state, trouble)),
        Text(),
        _numbers(state),
        _curves(history, max(width - 30, 10)),
    ]
    if len(state.lanes) > 1:
        parts.append(_lanes(state))
    if state.next_change:
        parts.append(Text(f"next  {_next(state)}", style="cyan"))
    parts += [Text(), *(_event(each) for each in look.events[:EVENTS])]
    title = f"{state.room} · {state.mode} · {state.now.astimezone():%H:%M:%S}"
    return Panel(Group(*parts), title=_plain(title), title_align="left", box=box.ROUNDED)


def _numbers(state: RoomState) -> Table:
    table = Table.grid(padding=(0, 3))
    wait = state.newcomer_wait
    told = (
        ("waiting", short(state.waiting)),
        ("inside" + (f" of {state.places:,}" if state.places else ""), short(state.inside)),
        ("join a minute", short(state.joins_per_minute)),
        (f"let in a minute, of {state.admission_rate:g}", short(state.admissions_per_minute)),
        ("a newcomer waits", long(wait.seconds).replace(" ", "") if wait else short(None)),
    )
    table.add_row(*(Text(big(value), style="bold") for _, value in told))
    table.add_row(*(Text(label, style="dim") for label, _ in told))
    return table


def _curves(history: Sequence[RoomState], width: int) -> Table:
    table = Table.grid(padding=(0, 2))
    curves: dict[str, list[float]] = {
        "waiting": [state.waiting for state in history],
        "let in a minute": [state.admissions_per_minute or 0.0 for state in history],
    }
    for name, values in curves.items():
        table.add_row(
            Text(name, style="dim"), sparkline(values, width), f"at most {short(max(values[-width:]))}"
        )
    return table


def _lanes(state: RoomState) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("lane", "share", "waiting", "joins/min", "let in/min", "a newcomer waits"):
        table.add_column(title, justify="left" if title == "lane" else "right")
    for lane in state.lanes:
        table.add_row(
            _plain(lane.lane), f"{lane.share:.0%}", f"{lane.waiting:,}", short(lane.joins_per_minute),
            short(lane.outflow_per_minute), _wait(lane.newcomer_wait),
        )  # fmt: skip
    return table


def _event(event: RoomEvent) -> Text:
    who = f", by {event.who}" if event.who else ""
    why = f": {event.why}" if event.why else ""
    text = _plain(f"{event.text}{who}{why}")
    return Text.assemble(
        (f"{event.at.astimezone():%H:%M:%S}  ", "dim"), text, overflow="ellipsis", no_wrap=True
    )


def _style(state: RoomState, trouble: str) -> str:
    return "bold white on red" if trouble else _STYLES.get(state.limited_by.by, "")


def _limit(room: RoomState) -> Text:
    return Text(f"{room.limited_by.by}: {one_line(room.limited_by.text)}", style=_style(room, ""))


def _wait(wait: Wait | None) -> str:
    return long(wait.seconds) if wait else short(None)


def _next(room: RoomState) -> str:
    step = room.next_change
    return f"{one_line(step.text)} in {_countdown(step.at, room.now)}" if step else ""


def _countdown(at: datetime, now: datetime) -> str:
    seconds = max(round((at - now).total_seconds()), 0)
    days = seconds // 86_400
    return f"{days} d {(seconds % 86_400) // 3600} h" if days else str(timedelta(seconds=seconds))


def _plain(text: str) -> Text:
    """A text that others have written: nothing in it is markup, or moves the cursor."""
    return Text(one_line(text))
