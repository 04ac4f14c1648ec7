"""``waitroom watch``: one room, live."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import typer
from rich.console import Console
from rich.live import Live

from admin.api.rooms.state import RoomState
from waitroom.cli.operating.desk import Desk, Look
from waitroom.cli.operating.view import room_line, room_view
from waitroom.errors import WaitroomError

EVERY_SECONDS = 1.0
KEPT = 600
"""States that the curves know."""


def watch(desk: Desk, room: str, seconds: float | None) -> None:
    """Shows a room until it is interrupted, or for so many ``seconds``: on a terminal as a whole screen, elsewhere as a
    line each time that it is another. What fails at first raises :class:`~waitroom.errors.WaitroomError`; later it is
    shown, and tried again."""
    until = None if seconds is None else time.monotonic() + seconds
    with desk.watching(room) as look, suppress(KeyboardInterrupt):
        first = look()
        if sys.stdout.isatty():
            _on_screen(look, first, until)
        else:
            _in_lines(look, first, until)


def _on_screen(look: Callable[[], Look], now: Look, until: float | None) -> None:
    console, history, trouble = Console(), deque[RoomState](maxlen=KEPT), ""
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            history.append(now.state)
            live.update(room_view(now, list(history), trouble, console.width), refresh=True)
            if not _waited(until):
                return
            now, trouble = _again(look, now)


def _in_lines(look: Callable[[], Look], now: Look, until: float | None) -> None:
    last, trouble = "", ""
    while True:
        line = trouble or room_line(now)
        if line.partition("  ")[2] != last or trouble:
            last = line.partition("  ")[2]
            typer.echo(line)
        if not _waited(until):
            return
        now, trouble = _again(look, now)


def _again(look: Callable[[], Look], last: Look) -> tuple[Look, str]:
    try:
        return look(), ""
    except WaitroomError as error:
        return last, f"as it was at {last.state.now.astimezone():%H:%M:%S}: {error}"


def _waited(until: float | None) -> bool:
    if until is not None and time.monotonic() + EVERY_SECONDS > until:
        return False
    time.sleep(EVERY_SECONDS)
    return True
