"""``waitroom privacy erase``: what is held about one person, or is older than it need be."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from redis.asyncio import Redis

from admin.audit.entry import Draft, Outcome
from admin.audit.log import AuditLog
from admin.keeping import AUDIT_STAYS_SECONDS, forget, old_rows
from admin.store import FILE_NAME, Store
from waitroom.assembly.line import desk_of, reader_of, store_of, weights_of
from waitroom.cli.line import find_room, who_asks, with_redis
from waitroom.errors import WaitroomError
from waitroom.gate.tokens import Mint, Pass, Ticket, Token, TokenError
from waitroom.line.memory import Memory
from waitroom.line.store import LineStore
from waitroom.privacy.erasing import Eraser, Trace
from waitroom.settings import RoomSettings, Settings, format_duration, resolve_secret
from waitroom.shaping.members import Members
from waitroom.support.place import Located

STAYS = (
    "What stays in any case: bits that say that the number was used; the record, in which there are only numbers of "
    "places, and which nobody can change unseen; the ticket in the visitor's hand, which is worth nothing now; what "
    "the audit log says of the support code, until sign_in.audit_keep is over; the shop's own data, logs and backups."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose data: by one of these."""

    code: str = ""
    """A support code."""
    token: str = ""
    """A ticket or a pass, as the visitor holds it."""
    visit: str = ""
    """As the shop knows it: ``epoch:lane:number``."""
    member: str = ""
    """The shop's own key of a member."""

    @property
    def how(self) -> str:
        """In one word, without saying whose."""
        return next(name for name in ("code", "token", "visit", "member") if getattr(self, name))


def erase_one(settings: Settings, asked: Asked, *, room: str | None, why: str, erases: bool) -> list[str]:
    """What there is of somebody, in lines; taken away where ``erases``."""
    secrets = resolve_secret(settings)

    async def run(redis: Redis) -> list[str]:
        lines: list[str] = []
        places, holders = await _meant(settings, redis, secrets, asked, room)
        count = 0
        for of_room, holder in holders:
            eraser = _eraser(redis, of_room)
            if (place := await eraser.place_of(holder)) is not None:
                places.append(place)
            traces = await eraser.of_holder(holder)
            lines += [f"member in {of_room.name}:", *_listed(traces)]
            count += await eraser.erase(traces) if erases else 0
        for place in places:
            eraser = _eraser(redis, find_room(settings, place.room))
            traces = await eraser.of_place(place)
            lines += [f"{place} (code {place.code}):", *_listed(traces)]
            if not erases:
                lines.append("  a wait or a visit that it stands for would end")
                continue
            if await eraser.give_up(place):
                lines.append("  it is given up")
            count += await eraser.erase(await eraser.of_place(place))
        if erases:
            _note(
                settings, "erase", why, {"by": asked.how, "rooms": _rooms(places, holders), "erased": count}
            )
        return [*lines, f"{count} erased." if erases else _ONLY_TOLD, STAYS]

    return with_redis(settings, run)


def erase_old(settings: Settings, older_seconds: float, *, why: str, erases: bool) -> list[str]:
    """What is older than that in the records of all rooms and in the console's file; taken away where ``erases``."""
    now = time.time()
    before_ms = int((now - older_seconds) * 1000)

    async def run(redis: Redis) -> list[str]:
        return [
            f"record of {room.name}: {await _old_entries(redis, room, before_ms, why, erases=erases)} entries"
            for room in settings.rooms
        ]

    lines, total = with_redis(settings, run), 0
    if (settings.data_dir / FILE_NAME).exists():
        with closing(Store(settings.data_dir)) as store:
            rows = store.call(lambda db: (forget if erases else old_rows)(db, older_seconds, now))
        lines += [f"{FILE_NAME}, {table}: {count} rows" for table, count in rows.items()]
        total = sum(rows.values())
        if older_seconds < AUDIT_STAYS_SECONDS:
            lines.append(
                f"{FILE_NAME}: entries of the audit log stay for {format_duration(AUDIT_STAYS_SECONDS)}"
            )
    if erases:
        _note(settings, "eraseOld", why, {"older than": format_duration(older_seconds), "rows": total})
    return [*lines, "Erased." if erases else _ONLY_TOLD]


_ONLY_TOLD = "Nothing is erased yet: the same with --yes does it."


async def _old_entries(redis: Redis, room: RoomSettings, before_ms: int, why: str, *, erases: bool) -> int:
    if erases:
        return await store_of(room, redis).forget(before_ms, who=who_asks(), why=why)
    return sum([1 async for _ in reader_of(room, redis).entries(until=f"({before_ms}")])


def _listed(traces: Sequence[Trace]) -> list[str]:
    return [f"  {trace}" for trace in traces] or ["  nothing"]


async def _meant(
    settings: Settings, redis: Redis, secrets: Sequence[str], asked: Asked, room: str | None
) -> tuple[list[Located], list[tuple[RoomSettings, str]]]:
    rooms = settings.rooms if room is None else (find_room(settings, room),)
    if asked.code:
        return [await desk_of(settings, redis).locate(asked.code, room=room)], []
    if asked.token:
        return [_place_of_token(asked.token, secrets, rooms)], []
    if asked.visit:
        if len(rooms) != 1:
            raise WaitroomError("a visit is of one room: name it with --room")
        return [_place_of_visit(asked.visit, rooms[0])], []
    return [], [(each, Members(each.name, secrets).holder(asked.member)) for each in rooms]


def _place_of_token(text: str, secrets: Sequence[str], rooms: Sequence[RoomSettings]) -> Located:
    for each in rooms:
        for mint in (Mint(Ticket, secrets), Mint(Pass, secrets)):
            try:
                token: Token = mint.verify(text.strip(), each.name)
            except TokenError:
                continue
            return Located(token.room, token.epoch, token.lane, token.number)
    raise WaitroomError("this is no ticket or pass of these rooms")


def _place_of_visit(text: str, room: RoomSettings) -> Located:
    epoch, _, rest = text.partition(":")
    lane, _, number = rest.rpartition(":")
    if not (epoch.isdecimal() and number.isdecimal() and lane):
        raise WaitroomError(
            f"{text!r} is no visit: it looks like 1795294762:general:205, as in Waitroom-Visitor"
        )
    return Located(room.name, int(epoch), lane, int(number))


def _eraser(redis: Redis, room: RoomSettings) -> Eraser:
    lanes = tuple(weights_of(room))

    def store(lane: str) -> LineStore:
        return LineStore(redis, room.name, lane, Memory(lanes))

    return Eraser(redis, store, room.name, lanes)


def _rooms(places: Sequence[Located], holders: Sequence[tuple[RoomSettings, str]]) -> str:
    return ", ".join(sorted({place.room for place in places} | {room.name for room, _ in holders}))


def _note(settings: Settings, action: str, why: str, after: dict[str, str | int]) -> None:
    """In the audit log, with nothing that says whose data it was."""
    with closing(Store(settings.data_dir)) as store:
        AuditLog(store).add_now(Draft(who_asks(), action, Outcome.DONE, after=after, why=why))
