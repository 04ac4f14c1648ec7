"""``waitroom verify-receipt``: is a receipt genuine, what does it say, and was the place honoured?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import to_json
from redis.asyncio import Redis

from waitroom.assembly import reader_of
from waitroom.cli.line import with_redis
from waitroom.cli.source import read_source
from waitroom.errors import LineUnavailableError, WaitroomError
from waitroom.record.file import RecordFile
from waitroom.record.honoured import Honoured, Line, Told
from waitroom.record.receipt import PublicKeys, Receipt, ReceiptError
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.secret import resolve_secret

MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What is in a receipt, and what became of the place."""

    receipt: Receipt
    lines: tuple[Line, ...]
    is_honoured: bool | None
    """None: not yet, or not known."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not any(line.told is Told.WRONG for line in self.lines)

    def to_json(self) -> str:
        """As a JSON object: ``ok``, ``receipt``, ``honoured`` and ``findings``."""
        findings = [line.text for line in self.lines if line.told is Told.WRONG]
        return to_json(
            {"ok": self.ok, "receipt": self.receipt, "honoured": self.is_honoured, "findings": findings}
        ).decode()

    def to_text(self) -> str:
        """In plain words, a few lines."""
        receipt = self.receipt
        made = datetime.fromtimestamp(receipt.iat, UTC).isoformat(" ")
        turn = "not drawn yet" if receipt.turn is None else f"turn {receipt.turn:,}"
        joined = f", joined at {receipt.joined_at}" if receipt.joined_at else ""
        lines = [
            f"room {receipt.room}: ticket {receipt.number:,} of lane {receipt.lane}, {turn}{joined}",
            f"ok    the receipt is genuine; it was made at {made}",
        ]
        return "\n".join([*lines, *(f"{line.told:<5} {line.text}" for line in self.lines)])


def verify(source: str, settings: Settings | None, *, keys: str | None, file: Path | None) -> ReceiptReport:
    """Reads a receipt and follows its place through the record: that of ``file``, or where there is none, of the
    running room in ``settings``.

    Raises :class:`WaitroomError` where there is no receipt, or a forged one.
    """
    try:
        public = _public(settings, keys)
        receipt = public.verify(read_source(source, MOST_BYTES).decode("utf-8", "replace"))
    except ReceiptError as error:
        raise WaitroomError(f"{source}: {error}") from error
    honoured = Honoured(receipt)
    if file is not None:
        record = RecordFile(file)
        if record.standing.room != receipt.room:
            raise WaitroomError(
                f"{file}: this is the record of {record.standing.room}, not of {receipt.room}"
            )
        for entry in record.entries():
            honoured.feed(*entry)
    elif settings is None or (trouble := _follow(settings, receipt, honoured)):
        text = "whether the place was honoured is in the record, which was not asked"
        return ReceiptReport(receipt, (Line(Told.NOTE, text if settings is None else trouble),), None)
    return ReceiptReport(receipt, tuple(honoured.lines()), honoured.is_honoured)


def _public(settings: Settings | None, keys: str | None) -> PublicKeys:
    if settings is not None:
        return PublicKeys.of(resolve_secret(settings))
    return PublicKeys.parse(read_source(keys or "", MOST_BYTES))


def _follow(settings: Settings, receipt: Receipt, honoured: Honoured) -> str:
    """Why the record cannot be followed; empty: it was."""
    of_room = next((room for room in settings.rooms if room.name == receipt.room), None)
    if of_room is None:
        return f"there is no room {receipt.room!r} any more"
    try:
        _read_record(settings, of_room, honoured)
    except LineUnavailableError as error:
        return f"the record cannot be read: {error}"
    return ""


def _read_record(settings: Settings, of_room: RoomSettings, honoured: Honoured) -> None:
    async def run(redis: Redis) -> None:
        async for entry in reader_of(of_room, redis).entries():
            honoured.feed(*entry)

    with_redis(settings, run)
