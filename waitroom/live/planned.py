"""What is planned for a running room, in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from waitroom.line.plan import Step, StepKind
from waitroom.messages.message import Message

_DOES = {
    StepKind.BEGIN: "the line of {event} begins; its doors open at {opens}",
    StepKind.OPEN: "{event} opens",
    StepKind.SET: "{event}",
}
CLOSES = "{event} closes"
_MOST_OF_A_MESSAGE = 60


def step_in_words(step: Step, zone: ZoneInfo) -> str:
    """What a step does, with times of that zone."""
    if step.kind is StepKind.SAY:
        return _says(Message.from_json(step.changes["notice"]).text)
    words = CLOSES if step.kind is StepKind.SET and "mode" in step.changes else _DOES[step.kind]
    does = words.format(event=step.event, opens=moment_text(step.opens_ms, zone))
    changes = ", ".join(f"{field} {value}" for field, value in step.changes.items())
    drawn = ", with a draw" if step.commitment else ""
    return does + drawn + (f": {changes}" if changes else "")


def _says(text: str) -> str:
    if not text:
        return "that message ends"
    shown = text if len(text) <= _MOST_OF_A_MESSAGE else text[: _MOST_OF_A_MESSAGE - 1] + "…"
    return f"those waiting are told: {shown}"


def moment_text(at_ms: int, zone: ZoneInfo) -> str:
    """A moment, given in milliseconds since 1970, as people of that zone write it."""
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M:%S %Z}"
