"""Was the place of a receipt honoured? Pure: the record of its room is gone through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from waitroom.line.draw import Draw, commitment, draw_key
from waitroom.record.entries import Entry
from waitroom.record.receipt import Receipt
from waitroom.record.words import said


class Told(StrEnum):
    """What a line of the answer is worth."""

    OK = "ok"
    WRONG = "WRONG"
    NOTE = "note"


class Line(NamedTuple):
    """One line of the answer."""

    told: Told
    text: str


class Honoured:
    """Follows one place through the record. Feed it the record, oldest entry first, then ask :meth:`lines`."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self._first: Entry | None = None
        self._has_chain = False
        self._drawn: Entry | None = None
        self._seed = b""
        self._calls: list[Entry] = []
        self._ended: Entry | None = None
        self._moved = False
        self._told: list[Entry] = []
        self._before = 0

    def feed(self, entry_id: str, fields: Mapping[str, str]) -> None:
        """Notes what an entry says of the place. What no script wrote is left to the audit."""
        try:
            entry = Entry.parse(entry_id, fields)
            self._follow(entry)
        except (KeyError, ValueError):
            return

    def _follow(self, entry: Entry) -> None:
        receipt = self._receipt
        self._first = self._first or entry
        self._has_chain |= bool(receipt.chain) and entry.fields.get("chain") == receipt.chain
        if entry.epoch != receipt.epoch:
            return
        is_of_lane = entry.fields.get("lane") == receipt.lane
        match entry.kind:
            case "drawn" if is_of_lane:
                self._drawn = entry
            case "revealed":
                self._seed = bytes.fromhex(entry.fields["seed"])
            case "called" | "passed" if is_of_lane:
                self._calls.append(entry)
            case "reset" if is_of_lane:
                self._ended = entry
            case "restored" if is_of_lane:
                self._moved = True
            case "reinstated" | "brought_forward" if is_of_lane:
                self._follow_desk(entry)
            case "rested" | "undone" if is_of_lane and entry.number("number") == receipt.number:
                self._told.append(entry)

    def _follow_desk(self, entry: Entry) -> None:
        if entry.number("number") == self._receipt.number:
            self._told.append(entry)
        elif entry.kind == "brought_forward" and self._call is None:
            turn = self._turn
            self._before += turn is None or entry.number("turn") > turn

    @property
    def is_honoured(self) -> bool | None:
        """Whether the turn was called; False: it never can be; None: not yet, or the record does not tell."""
        if self._call is not None:
            return True
        return False if self._ended is not None else None

    def lines(self) -> list[Line]:
        """The answer, line by line."""
        return [*self._of_record(), *self._of_draw(), *self._of_turn(), *self._of_place()]

    def _of_record(self) -> list[Line]:
        receipt, first = self._receipt, self._first
        if first is None:
            return [Line(Told.NOTE, "there is no record of this room")]
        if self._has_chain:
            return [Line(Told.OK, "the record holds what it held when the receipt was made")]
        if not receipt.chain or first.kind != "began" or receipt.iat * 1000 < first.at_ms:
            return [Line(Told.NOTE, "the record does not go back to when the receipt was made")]
        return [Line(Told.WRONG, "the record is not the one that there was when the receipt was made")]

    def _of_draw(self) -> list[Line]:
        receipt, drawn, lines = self._receipt, self._drawn, []
        if drawn is None:
            return []
        fields = drawn.fields
        if receipt.commitment and receipt.event == fields["event"]:
            if receipt.commitment == fields["commitment"]:
                lines.append(Line(Told.OK, "the draw was held under the commitment that the receipt names"))
            else:
                lines.append(
                    Line(Told.WRONG, "the draw was held under another commitment than the receipt names")
                )
        if self._seed and commitment(self._seed) != fields["commitment"]:
            lines.append(Line(Told.WRONG, "the seed of the draw is not the one that was committed to"))
        turn = self._turn
        if turn is None:
            lines.append(Line(Told.NOTE, "the seed of the draw is not published, so the turn is not known"))
        elif receipt.turn is not None and receipt.turn != turn:
            lines.append(
                Line(Told.WRONG, f"the draw gives turn {turn:,}, and the receipt says {receipt.turn:,}")
            )
        else:
            lines.append(Line(Told.OK, f"the draw gives ticket {receipt.number:,} turn {turn:,}"))
        return lines

    def _of_turn(self) -> list[Line]:
        turn, call, ended = self._turn, self._call, self._ended
        if turn is None:
            return []
        if call is not None:
            by = f"turns {call.number('from') + 1:,} to {call.number('to'):,}"
            return [Line(Told.OK, f"turn {turn:,} was called at {call.at}, with {by}")]
        if ended is not None:
            who, why = ended.fields.get("who", "nobody"), ended.fields.get("why", "")
            reason = f": {why}" if why else ""
            text = f"turn {turn:,} was never called: at {ended.at} the line was begun anew by {who}{reason}"
            return [Line(Told.WRONG, text)]
        if self._moved:
            return [
                Line(Told.NOTE, "Redis forgot the line in between: what was called then is not in the record")
            ]
        if not self._calls:
            return [Line(Told.NOTE, "the record tells of no call in this life of the line")]
        last = self._calls[-1]
        return [Line(Told.NOTE, f"turn {turn:,} is not called yet: {last.number('to'):,} were, at {last.at}")]

    def _of_place(self) -> list[Line]:
        lines = [Line(Told.NOTE, f"{each.at}: {said(each)}") for each in self._told]
        if self._before:
            text = f"the support desk brought {self._before:,} who stood behind it to the front meanwhile"
            lines.append(Line(Told.NOTE, text))
        return lines

    @property
    def _turn(self) -> int | None:
        """The turn by the record; None: it is not known yet."""
        receipt, drawn = self._receipt, self._drawn
        if drawn is None:
            return receipt.number if receipt.turn is None else receipt.turn
        return turn_by_record(receipt.number, drawn, self._seed, room=receipt.room, lane=receipt.lane)

    @property
    def _call(self) -> Entry | None:
        turn = self._turn
        if turn is None:
            return None
        return next((call for call in self._calls if calls(call, turn)), None)


def turn_by_record(number: int, drawn: Entry | None, seed: bytes, *, room: str, lane: str) -> int | None:
    """The turn of a number, where its lane was drawn by the entry ``drawn`` with ``seed``; None: not known yet."""
    if drawn is None:
        return number
    first, count = drawn.number("first"), drawn.number("count")
    if not first <= number < first + count:
        return number
    if not seed:
        return None
    event, digest = drawn.fields["event"], drawn.fields["digest"]
    key = draw_key(seed, digest, room=room, event=event, lane=lane, first=first, count=count)
    return Draw(key, first, count).turn_of(number)


def calls(entry: Entry, turn: int) -> bool:
    """Whether an entry says that a turn was called, or let through."""
    if entry.kind == "passed":
        return entry.number("to") - entry.number("count") < turn <= entry.number("to")
    return entry.number("from") < turn <= entry.number("to")
