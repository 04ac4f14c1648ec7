"""The messages at set times, as the clock will show them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from waitroom.line.plan import Step
from waitroom.messages.message import Message
from waitroom.settings.messages import NoticeSettings
from waitroom.settings.schedule import end_of, rezoned
from waitroom.shaping.schedule import ScheduleError, moment, shown


@dataclass(frozen=True, slots=True)
class Notice:
    """A message and its time, in milliseconds since 1970. ``ends_ms`` of None: when the next one begins."""

    message: Message
    begins_ms: int
    ends_ms: int | None


def notices_of(settings: Iterable[NoticeSettings], timezone: str) -> tuple[Notice, ...]:
    """The messages in the order of their times. Raises :class:`~waitroom.shaping.schedule.ScheduleError` where two
    have the same time, or one ends before it begins."""
    notices = sorted((_notice(each, timezone) for each in settings), key=lambda notice: notice.begins_ms)
    for notice in notices:
        if notice.ends_ms is not None and notice.ends_ms <= notice.begins_ms:
            raise ScheduleError(f"the message of {shown(notice.begins_ms, timezone)} ends before it begins")
    for one, following in pairwise(notices):
        end = one.begins_ms + 1 if one.ends_ms is None else one.ends_ms
        if following.begins_ms < end:
            raise ScheduleError(
                f"the message of {shown(following.begins_ms, timezone)} begins while that of "
                f"{shown(one.begins_ms, timezone)} is shown"
            )
    return tuple(notices)


def _notice(settings: NoticeSettings, timezone: str) -> Notice:
    begins = moment(settings.begins, timezone)
    return Notice(settings.message(), begins, end_of(settings.ends, begins, timezone))


def steps_of(notices: Sequence[Notice]) -> tuple[Step, ...]:
    """What the clock will do, past steps too."""
    steps = []
    for notice in notices:
        steps.append(Step.say(notice.begins_ms, notice.message.to_json()))
        if notice.ends_ms is not None:
            steps.append(Step.say(notice.ends_ms, ""))
    return tuple(steps)


def without_past(
    settings: Sequence[NoticeSettings], timezone: str, now_ms: int
) -> tuple[NoticeSettings, ...]:
    """Those that are shown now or later; of what never ends, only the last that has begun."""
    notices = notices_of(settings, timezone)
    begun = [notice.begins_ms for notice in notices if notice.begins_ms <= now_ms]
    return tuple(
        each
        for each in settings
        if (notice := _notice(each, timezone)).begins_ms > now_ms
        or (notice.begins_ms == begun[-1] and (notice.ends_ms is None or notice.ends_ms > now_ms))
    )


def notices_to_text(settings: Sequence[NoticeSettings], timezone: str) -> str:
    """As they are kept for a room of that zone: JSON; empty: there are none."""
    if not settings:
        return ""
    told = [each.model_dump(mode="json", exclude_defaults=True) for each in settings]
    return json.dumps({"timezone": timezone, "notices": told}, ensure_ascii=False, separators=(",", ":"))


def notices_from_text(text: str, timezone: str) -> tuple[NoticeSettings, ...]:
    """Those that were kept, for a room that may be of another zone by now: their moments stay."""
    if not text:
        return ()
    kept = json.loads(text)
    return tuple(
        NoticeSettings.model_validate(rezoned(each, ("begins", "ends"), kept["timezone"], timezone))
        for each in kept["notices"]
    )
