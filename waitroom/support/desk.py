"""The support desk of some rooms: from a code to a place, to what became of it, and to help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from types import MappingProxyType

from redis.asyncio import Redis

from waitroom.line.desk import Fate, Help
from waitroom.line.head import Head
from waitroom.line.memory import GENERAL
from waitroom.record.entries import Entry
from waitroom.record.reading import RecordReader
from waitroom.support.code import Typed, marks_of, slips, typed
from waitroom.support.errors import AmbiguousCodeError, HelpRefusedError, NoPlaceError
from waitroom.support.history import History
from waitroom.support.line import RoomLine, Seen
from waitroom.support.place import Found, Located, located
from waitroom.support.words import refused

LONGEST_REASON = 300
MOST_GUESSES = 3
"""Codes that are named as what may have been meant."""
_EARLIER_MS = 60_000
"""By so much an epoch may be ahead of the time at which it began."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A place that was given back."""

    place: Located
    was: Fate
    is_called: bool
    """Whether its holder may come in at once; else it waits for its turn."""
    instead_of: Located | None
    """The place that its holder had been given since, and has no more."""


class SupportDesk:
    """The desk. ``rooms`` are the names of the rooms with their lanes, ``zones`` the time zones of their texts (UTC).

    Each call begins with nothing in mind, so that it never tells a Redis that forgot of what has long changed. Every
    method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer.
    """

    def __init__(
        self,
        redis: Redis,
        rooms: Mapping[str, Sequence[str]],
        zones: Mapping[str, tzinfo] = MappingProxyType({}),
    ) -> None:
        self._redis = redis
        self._rooms = rooms
        self._zones = zones

    def __repr__(self) -> str:
        return f"<SupportDesk of {', '.join(self._rooms)}>"

    async def find(self, code: str, *, room: str | None = None, lane: str | None = None) -> Found:
        """The place of a code, and what became of it. Raises what :meth:`locate` does."""
        return await self.look(await self.locate(code, room=room, lane=lane))

    async def locate(self, code: str, *, room: str | None = None, lane: str | None = None) -> Located:
        """The place of a code, among all rooms and lanes or the one that is named.

        Raises :class:`~waitroom.support.code.CodeError` for what can be no code, :class:`NoPlaceError`, which tells
        where else the code is of a place, or which code may be meant, and
        :class:`AmbiguousCodeError` where it may be of several places: most often since only its first part was given.
        """
        rooms = list(self._rooms) if room is None else [room]
        if room is not None and room not in self._rooms:
            raise NoPlaceError(f"there is no room {room!r}; the rooms are {', '.join(self._rooms)}")
        meant = typed(code)
        found = [place for place in await self._meant(meant, rooms) if lane in (None, place.lane)]
        if not found:
            raise await self._no_place(code.strip(), meant, room, lane)
        if len(found) > 1:
            places = "; ".join(f"{place} ({place.code})" for place in found)
            raise AmbiguousCodeError(
                f"{code.strip()!r} may be of several places: {places}. Ask for the whole code, or name room and lane",
                found,
            )
        return found[0]

    async def look(self, place: Located) -> Found:
        """How a place stands, and what became of it."""
        found = await self.stands(place)
        history = await self._history(place, found)
        return replace(
            found,
            turn=history.turn if found.fate is None else found.turn,
            joined_after_ms=history.joined_after_ms,
            joined_before_ms=history.joined_before_ms,
            history=history.happenings(is_missed=found.fate is Fate.MISSED),
            went_before=history.went_before,
        )

    async def stands(self, place: Located) -> Found:
        """How a place stands, alone: the record is not read."""
        line = self._line(place.room)
        keep_seconds = (await line.store(GENERAL).rules()).keep_ms // 1000
        seen = await line.look(place.lane, place.number)
        report = seen.report
        if report is None or report.head.epoch != place.epoch:
            return Found(place, None, keep_seconds=keep_seconds)
        return Found(
            place,
            report.fate,
            seen.shown_turn,
            position=await line.position(place.lane, place.number, report.fate),
            is_present=report.is_present,
            lasts_seconds=report.lasts_ms // 1000,
            is_helped=report.is_helped,
            came_from=located(place, report.came_from),
            went_to=located(place, report.went_to),
            given_up_for=located(place, report.given_up_for),
            is_turn_called=seen.turn is not None and seen.turn <= report.head.called,
            keep_seconds=keep_seconds,
        )

    async def restore(self, place: Located, *, who: str, why: str) -> Restored:
        """Gives a place back that was missed, left, or used by mistake: at its old turn, and where that has been
        called, to be taken within ``keep`` from now on. Of a place that waits, it gives back the one that its holder
        had before.

        Raises :class:`HelpRefusedError` where there is nothing to give back.
        """
        reason = _reason(who, why)
        line = self._line(place.room)
        seen = await line.look(place.lane, place.number)
        before = located(place, seen.report.came_from) if seen.report else None
        if before is not None and seen.report is not None and seen.report.fate is Fate.WAITING:
            place, seen = before, await line.look(before.lane, before.number)
        turn = _turn_of_now(place, seen)
        done = await line.store(place.lane).reinstate(place.number, turn, who=who.strip(), why=reason)
        if done.help is not Help.DONE or done.was is None:
            raise HelpRefusedError(refused(place, done.help, located(place, done.spot)), done.help)
        return Restored(place, done.was, done.is_called, located(place, done.instead_of))

    async def bring_forward(self, place: Located, *, who: str, why: str) -> None:
        """Lets a waiting place be called next, within the rate and the capacity.

        Raises :class:`HelpRefusedError` where it does not wait, or cannot be called.
        """
        reason = _reason(who, why)
        line = self._line(place.room)
        turn = _turn_of_now(place, await line.look(place.lane, place.number))
        store = line.store(place.lane)
        done, _ = await store.bring_forward(place.number, turn, who=who.strip(), why=reason)
        if done is not Help.DONE:
            raise HelpRefusedError(refused(place, done), done)

    def _line(self, room: str) -> RoomLine:
        return RoomLine(self._redis, room, self._rooms[room])

    async def _meant(self, meant: Sequence[Typed], rooms: Sequence[str]) -> list[Located]:
        whole = [each for each in meant if each.marks]
        found = [place for room in rooms for place in await self._standing(room, whole)] if whole else []
        if not found and len(whole) < len(meant):
            parts = [each for each in meant if not each.marks]
            found = [place for room in rooms for place in await self._standing(room, parts)]
        if not found and whole:
            found = [place for room in rooms for place in await self._ended(room, whole)]
        return list(dict.fromkeys(found))

    async def _no_place(
        self, code: str, meant: Sequence[Typed], room: str | None, lane: str | None
    ) -> NoPlaceError:
        """Why there is none: it is elsewhere, or there is a slip in it."""
        where = (f" in {room}" if room else "") + (f", lane {lane}" if room and lane else "")
        where = where or (f" in lane {lane}" if lane else "")
        if where and (elsewhere := await self._meant(meant, list(self._rooms))):
            places = "; ".join(map(str, elsewhere))
            return NoPlaceError(f"no place{where} has the code {code!r}: it is that of {places}", elsewhere)
        near = await self._near(code)
        guess = f"; was it {' or '.join(place.code for place in near)}?" if near else ""
        return NoPlaceError(
            f"no place{where} has the code {code!r}: please check it for a slip{guess}", near=near
        )

    async def _near(self, code: str) -> list[Located]:
        """Places whose codes are one slip away, if they are few."""
        found: dict[Located, None] = {}
        whole = [each for text in slips(code) for each in typed(text) if each.marks]
        for room in self._rooms if whole else ():
            for lane, head in (await self._line(room).heads()).items():
                given_out = [each for each in whole if 0 < each.number <= head.issued]
                found |= dict.fromkeys(
                    Located(room, head.epoch, lane, number)
                    for number in _numbers(room, lane, head, given_out)
                )
        return list(found) if len(found) <= MOST_GUESSES else []

    async def _standing(self, room: str, meant: Sequence[Typed]) -> list[Located]:
        """The places of a room's present line that may be meant."""
        found: list[Located] = []
        for lane, head in (await self._line(room).heads()).items():
            found += [Located(room, head.epoch, lane, number) for number in _numbers(room, lane, head, meant)]
        return found

    async def _ended(self, room: str, meant: Sequence[Typed]) -> list[Located]:
        """The places of lines of before that are meant, as far back as the record is kept."""
        epochs, lanes = set(), set(self._rooms[room])
        async for entry_id, fields in RecordReader(self._redis, room, self._rooms[room]).entries():
            try:
                entry = Entry.parse(entry_id, fields)
            except (KeyError, ValueError):
                continue
            epochs.add(entry.epoch)
            lanes.add(fields.get("lane", GENERAL))
        return [
            Located(room, epoch, lane, each.number)
            for epoch in sorted(epochs)
            for lane in sorted(lanes)
            for each in meant
            if each.marks == marks_of(room, epoch, lane, each.number)
        ]

    async def _history(self, place: Located, found: Found) -> History:
        zone = self._zones.get(place.room, UTC)
        history = History(place, keep_ms=found.keep_seconds * 1000, zone=zone)
        reader = RecordReader(self._redis, place.room, self._rooms[place.room])
        # an epoch is the second in which it began
        begin = "-" if found.fate is None else str(max(place.epoch * 1000 - _EARLIER_MS, 0))
        async for stored in reader.entries(since=begin):
            history.feed(*stored)
        return history


def _numbers(room: str, lane: str, head: Head, meant: Sequence[Typed]) -> Iterator[int]:
    for each in meant:
        if not each.marks:
            if 0 < each.number <= head.issued:
                yield each.number
        elif each.marks == marks_of(room, head.epoch, lane, each.number):
            yield each.number
        elif head.alias and each.marks == marks_of(room, head.alias, lane, each.number):
            yield each.number + head.offset


def _turn_of_now(place: Located, seen: Seen) -> int:
    if seen.report is None or seen.report.head.epoch != place.epoch:
        raise HelpRefusedError(refused(place, None), None)
    if seen.turn is None:
        raise HelpRefusedError(refused(place, Help.STALE), Help.STALE)
    return seen.turn


def _reason(who: str, why: str) -> str:
    """The reason on one line. Raises :class:`HelpRefusedError` for none."""
    reason = " ".join("".join(each if each.isprintable() else " " for each in why).split())
    if not reason:
        raise HelpRefusedError("a reason must be given: it is kept in the record", None)
    if not who.strip():
        raise HelpRefusedError("it must be said who helps: it is kept in the record", None)
    if len(reason) > LONGEST_REASON:
        raise HelpRefusedError(f"a reason is at most {LONGEST_REASON} characters long", None)
    return reason
