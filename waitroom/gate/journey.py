"""The way of an app through a room, drawn from the table of a ticket's life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from waitroom.line.ticket import TRANSITIONS, Event, Stage

TOLD: Mapping[Stage, str] = {
    Stage.WAITING: "waiting",
    Stage.GRANTED: "called",
    Stage.PASSED: "called",
    Stage.LATE: "waiting",
    Stage.INSIDE: "admitted",
    Stage.MISSED: "called",
    Stage.SPENT: "left",
}
"""The ``state`` that the JSON tells of a ticket. What a turn that came earlier is worth is decided at the door."""
STATES = (*dict.fromkeys(TOLD.values()), "closed")
"""All states; ``closed`` is one of the room, whatever ticket one has."""
_CAUSES: Mapping[Event, str] = {
    Event.CALL: "your turn",
    Event.PASS_OVER: "your turn, while you were away",
    Event.SHOW: "back late, no room yet",
    Event.GRANT: "room again",
    Event.FALL_SILENT: "away again",
    Event.ENTER: "your request",
    Event.LAPSE: "the place was not taken",
    Event.OUTLIVE: "keep is over",
    Event.LEAVE: "POST leave",
    Event.END: "the visit is over",
    Event.STAND_BACK: "the turn is yet to come",
    Event.REINSTATE: "given back by the support desk",
}


def diagram() -> str:
    """A state diagram in Mermaid: what an app sees happen between the states that it is told."""
    lines = [
        "stateDiagram-v2",
        "    [*] --> waiting: first request, there is a line",
        "    [*] --> admitted: first request, there is none",
        "    [*] --> closed: first request, the room is closed",
    ]
    lines += [f"    {source} --> {target}: {cause}" for source, target, cause in _moves()]
    return "\n".join([*lines, "    left --> [*]"]) + "\n"


def _moves() -> Iterator[tuple[str, str, str]]:
    """The moves that change what is told, each once with all its causes."""
    causes: dict[tuple[str, str], list[str]] = {}
    for (stage, event), following in TRANSITIONS.items():
        move = TOLD[stage], TOLD[following]
        cause = _CAUSES[event]
        if event is Event.ENTER and move[0] == "waiting":
            cause += ", where everyone may pass"
        if move[0] != move[1] and cause not in causes.setdefault(move, []):
            causes[move].append(cause)
    for (source, target), found in causes.items():
        yield source, target, " / ".join(found)
