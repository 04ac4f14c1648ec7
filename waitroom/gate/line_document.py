"""The line as a whole: one public document, the same for everyone, which a cache may keep."""

from __future__ import annotations

import json

from waitroom.gate.state import utc_text
from waitroom.line.lane import Lane
from waitroom.line.room import Room
from waitroom.record.live import LiveFairness

_FAIRNESS = {"entered", "overtakes", "kendall_tau", "longest_wait_seconds"}
MARKS = 128
"""Points of a lane of which the document tells how many stand before them."""


class LineDocument:
    """The document of one room in one worker, made once for each snapshot."""

    def __init__(self, room: Room, fairness: LiveFairness) -> None:
        self._room = room
        self._fairness = fairness
        self._made: tuple[object, bytes] = (None, b"")

    def text(self) -> bytes:
        """The document as JSON. Its members are described in ``docs/http.md``."""
        room = self._room
        lanes = list(room.lanes.values())
        key = ([lane.head for lane in lanes], room.rules, room.event, room.plan)
        if self._made[0] != key:
            text = json.dumps(self._members(), ensure_ascii=False, separators=(",", ":")).encode()
            self._made = (key, text)
        return self._made[1]

    def _members(self) -> dict[str, object]:
        room, general = self._room, self._of_lane(self._room.general)
        rules, head, opens = room.rules, room.head, room.opens_ms
        return {
            "room": room.name,
            "mode": rules.mode,
            "rate": rules.rate,
            "sold_out": rules.sold_out,
            "waiting": room.waiting,
            "called": head.called,
            "issued": head.issued,
            "opens_at": utc_text(opens) if opens else None,
            "message": rules.said.text,
            "messages": rules.said.texts(),
            "epoch": head.epoch,
            "outflow": general["outflow"],
            "late": head.late,
            "marks": general["marks"],
            "event": room.event.name or None,
            "commitment": room.event.commitment or None,
            "fairness": {
                **self._fairness.total.model_dump(include=_FAIRNESS),
                "wasted_turns": head.no_shows,
            },
            "lanes": {name: self._of_lane(lane) for name, lane in room.lanes.items()},
        }

    def _of_lane(self, lane: Lane) -> dict[str, object]:
        head, snapshot, rules = lane.head, lane.snapshot, self._room.rules
        step = max((head.issued - head.called) // MARKS, 1)
        turns = [*range(head.called + 1, head.issued + 1, step), head.issued + 1]
        weights = sum(rules.weight_of(name) for name in self._room.lanes)
        return {
            "share": round(rules.weight_of(lane.name) / weights, 4) if weights else 0,
            "waiting": snapshot.waiting,
            "called": head.called,
            "issued": head.issued,
            "late": head.late,
            "outflow": round(head.flow, 1),
            "drawn": [head.drawn_first, head.drawn_count] if head.drawn_count else None,
            # before a draw nobody stands before anybody
            "marks": [] if self._room.awaits_draw else [[turn, snapshot.ahead_of(turn)] for turn in turns],
        }
