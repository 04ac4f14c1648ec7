"""The page of one room: its gauges, its dial and its brakes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from admin.api.rooms import RoomOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.limits import Tone
from admin.pages.picture import picture_of
from admin.pages.templates import page
from waitroom.line.rules import Mode

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ModeWords:
    """How a mode is shown."""

    label: str
    icon: str
    tone: Tone
    means: str


MODES = {
    Mode.AUTO: ModeWords(
        "Auto", "auto", Tone.GOOD, "Holds only when more come than rate and capacity allow."
    ),
    Mode.QUEUE: ModeWords("Queue", "queue", Tone.NOTE, "Holds every newcomer, and lets in at the rate."),
    Mode.PASS: ModeWords("Pass", "pass", Tone.WARN, "Lets everyone through: the shop gets all of them."),
    Mode.PAUSE: ModeWords("Paused", "pause", Tone.WARN, "Lets nobody in; newcomers get a place in line."),
    Mode.CLOSED: ModeWords("Closed", "closed", Tone.IDLE, "Lets nobody in, and tells newcomers so."),
}
TONE_ICONS = {
    Tone.GOOD: "check",
    Tone.WARN: "warn",
    Tone.BAD: "bad",
    Tone.NOTE: "info",
    Tone.IDLE: "closed",
}


@router.get("/rooms/{room}", name="room")
async def room_page(request: Request, actor: Viewer, room: RoomOfPath) -> Response:
    """One room."""
    now = picture_of(room)
    settings = console_of(request).room(room.name)
    return page(
        request,
        "room.html",
        actor,
        here="room",
        room=room.name,
        now=now,
        zone=settings.timezone if settings else "UTC",
        mode_words=MODES,
        tone_icons=TONE_ICONS,
        state=_embedded(now.model_dump_json()),
        mode_json=_embedded(json.dumps({mode: asdict(words) for mode, words in MODES.items()})),
    )


def _embedded(text: str) -> Markup:
    # "<" would let a text end the element; in JSON it only ever stands in a string
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704
