"""What those waiting in a room are told, read from Redis and changed there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from waitroom.errors import SettingsError
from waitroom.line.plan import as_stored
from waitroom.line.store import LineStore
from waitroom.line.timetable import fingerprint
from waitroom.messages.message import Message
from waitroom.messages.notices import notices_from_text, notices_of, notices_to_text, steps_of, without_past
from waitroom.settings.messages import MessagesSettings, NoticeSettings
from waitroom.shaping.schedule import ScheduleError


@dataclass(frozen=True, slots=True)
class Telling:
    """What they are told: a message that stands, the messages at set times, and which is shown now."""

    standing: Message
    scheduled: tuple[NoticeSettings, ...]
    shown: Message
    version: str
    """Changes with ``standing`` and ``scheduled``."""


async def telling_of(store: LineStore, timezone: str) -> Telling:
    """What those waiting in a room of that zone are told."""
    rules, planned = await asyncio.gather(store.rules(), store.planned())
    return Telling(
        rules.standing_message,
        notices_from_text(planned.notices, timezone),
        rules.said,
        fingerprint(rules.message, rules.translations, planned.notices),
    )


def check(wanted: MessagesSettings, timezone: str) -> None:
    """Raises :class:`~waitroom.errors.SettingsError` where messages have the same time."""
    try:
        notices_of(wanted.scheduled, timezone)
    except ScheduleError as error:
        raise SettingsError(f"scheduled: {error}") from error


async def tell(
    store: LineStore,
    wanted: MessagesSettings,
    *,
    timezone: str,
    now_ms: int,
    who: str,
    why: str = "",
    replaces: str | None = None,
) -> Telling:
    """Lets those waiting be told this from now on. What is past is dropped.

    With ``replaces``, only in place of the :class:`Telling` of that version. Raises
    :class:`~waitroom.errors.SettingsError` and :class:`~waitroom.errors.OvertakenError`.
    """
    check(wanted, timezone)
    scheduled = without_past(wanted.scheduled, timezone, now_ms)
    message = wanted.standing.message()
    await store.tell(
        message.text,
        message.to_json() if message.language else "",
        as_stored(steps_of(notices_of(scheduled, timezone))),
        notices=notices_to_text(scheduled, timezone),
        who=who,
        why=why,
        replaces=replaces,
    )
    return await telling_of(store, timezone)


def overtaken(scheduled: Sequence[NoticeSettings], timezone: str, now_ms: int) -> Sequence[NoticeSettings]:
    """Those of which nothing will be shown, since their time is past."""
    left = without_past(scheduled, timezone, now_ms)
    return [each for each in scheduled if each not in left]
