"""What those waiting in a room are told: now and at set times, each in their language."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from admin.api.bodies import LongJsonObject, taken_reason
from admin.api.preconditions import IfMatch, needed, version_wanted
from admin.api.rooms.body import body_of
from admin.api.rooms.parts import moment
from admin.api.rooms.path import SeenOfPath
from admin.audit.trail import no_action, record
from admin.auth.access import Operator, Viewer
from admin.documented import Documented, both, refusals
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import OvertakenError
from waitroom.messages.message import Message
from waitroom.messages.notices import Notice, notices_of, without_past
from waitroom.messages.telling import Telling, check, tell, telling_of
from waitroom.settings.given import checked
from waitroom.settings.messages import LONGEST, MOST_SCHEDULED, MessagesSettings, NoticeSettings

router = APIRouter(prefix="/api/rooms/{room}/messages", tags=["messages"])

Check = Annotated[
    bool, Query(description="Only say what would be told: nothing is changed, and no `If-Match` is needed.")
]
_TEXT: Documented = {"type": "string", "maxLength": LONGEST}
_MESSAGE: Documented = {
    "text": _TEXT
    | {"description": "For everyone who reads none of the translations. Empty: nothing is said."},
    "language": {
        "type": "string",
        "description": "The tag of its language, such as `en`; needed with translations.",
    },
    "translations": {"type": "object", "additionalProperties": _TEXT, "description": "By language tags."},
}
_BODY = body_of(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "standing": {"type": "object", "properties": _MESSAGE, "additionalProperties": False},
            "scheduled": {
                "type": "array",
                "maxItems": MOST_SCHEDULED,
                "items": {
                    "type": "object",
                    "required": ["text", "begins"],
                    "additionalProperties": False,
                    "properties": _MESSAGE
                    | {
                        "begins": {"type": "string", "description": "`2026-12-01 10:00` in the room's zone."},
                        "ends": {"type": ["string", "null"], "description": "A moment, or a duration."},
                    },
                },
            },
            "reason": {"type": "string", "description": "Why, for the record."},
        },
    },
    required=True,
)


_ANSWERS: dict[int | str, Documented] = {200: both(etag=True), **refusals(412, 428)}


class MessageState(BaseModel):
    """A text, and the same in other languages."""

    text: str
    language: str = Field(description="The tag of its language; empty: nobody has said.")
    translations: dict[str, str]

    @classmethod
    def of(cls, message: Message) -> MessageState:
        """A message."""
        return cls(text=message.text, language=message.language, translations=dict(message.translations))


class NoticeState(MessageState):
    """A message at a set time."""

    begins: str
    ends: str | None
    begins_at: datetime
    ends_at: datetime | None
    is_shown: bool = Field(description="Its time is now.")


class MessagesState(BaseModel):
    """All that those waiting in a room are told."""

    room: str
    timezone: str
    standing: MessageState = Field(description="Told while no other message has its time.")
    scheduled: list[NoticeState]
    shown: MessageState = Field(description="Told now.")
    etag: str
    now: datetime


class MessagesTrial(BaseModel):
    """What those waiting would be told. Nothing was changed."""

    scheduled: list[NoticeState]
    shown: MessageState = Field(description="What would be told at once.")
    past: int = Field(description="How many of the scheduled are past, and would be dropped.")


@router.get("", operation_id="getMessages", responses={200: both(etag=True)})
async def get_messages(response: Response, _: Viewer, seen: SeenOfPath) -> MessagesState:
    """What those waiting are told, and will be. A change of it goes by the `ETag` of this answer."""
    state = await messages_of(seen)
    response.headers["etag"] = state.etag
    return state


async def messages_of(seen: LiveRoom) -> MessagesState:
    """What those waiting in a room are told, and will be."""
    return _state(seen, await telling_of(seen.room.general.store, seen.settings.timezone))


@router.put(
    "",
    operation_id="changeMessages",
    responses=_ANSWERS,
    openapi_extra=_BODY,
)
async def change_messages(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: LongJsonObject,
    check: Check = False,  # noqa: FBT002 - a query's way
    if_match: IfMatch = None,
) -> MessagesState | MessagesTrial:
    """Tells those waiting this from now on. What is left out is not said any more; what is past is dropped. Pages that
    are open show it within a second."""
    reason, store = taken_reason(body), seen.room.general.store
    wanted = checked(MessagesSettings, body)
    if check:
        no_action(request)
        return _trial(seen, wanted)
    needed(if_match)
    before = await telling_of(store, seen.settings.timezone)
    try:
        version = version_wanted(if_match, before.version)
        after = await tell(
            store,
            wanted,
            timezone=seen.settings.timezone,
            now_ms=_now_ms(),
            who=actor.name,
            why=reason,
            replaces=version,
        )
    except (OvertakenError, Problem) as error:
        if isinstance(error, Problem) and error.status != 412:
            raise
        state = _state(seen, await telling_of(store, seen.settings.timezone))
        raise Problem(
            412,
            "overtaken",
            "Somebody has changed the messages meanwhile. Nothing was done: look at what there is now.",
            {"etag": state.etag},
            state=state.model_dump(mode="json"),
        ) from None
    record(request, before=_told(before), after=_told(after), why=reason)
    await seen.room.look()
    seen.tell()
    state = _state(seen, after)
    response.headers["etag"] = state.etag
    return state


def _state(seen: LiveRoom, telling: Telling) -> MessagesState:
    return MessagesState(
        room=seen.room.name,
        timezone=seen.settings.timezone,
        standing=MessageState.of(telling.standing),
        scheduled=list(_scheduled(telling.scheduled, seen.settings.timezone)),
        shown=MessageState.of(telling.shown),
        etag=f'"{telling.version}"',
        now=datetime.now(UTC),
    )


def _trial(seen: LiveRoom, wanted: MessagesSettings) -> MessagesTrial:
    timezone, now_ms = seen.settings.timezone, _now_ms()
    check(wanted, timezone)
    left = without_past(wanted.scheduled, timezone, now_ms)
    scheduled = list(_scheduled(left, timezone))
    shown = next((each for each in scheduled if each.is_shown), None)
    return MessagesTrial(
        scheduled=scheduled,
        shown=shown or MessageState.of(wanted.standing.message()),
        past=len(wanted.scheduled) - len(left),
    )


def _scheduled(settings: Iterable[NoticeSettings], timezone: str) -> Iterable[NoticeState]:
    now_ms = _now_ms()
    for each in sorted(settings, key=lambda one: notices_of([one], timezone)[0].begins_ms):
        (notice,) = notices_of([each], timezone)
        yield NoticeState(
            **dict(MessageState.of(notice.message)),
            begins=each.begins,
            ends=each.ends,
            begins_at=moment(notice.begins_ms),
            ends_at=None if notice.ends_ms is None else moment(notice.ends_ms),
            is_shown=_is_shown(notice, now_ms),
        )


def _is_shown(notice: Notice, now_ms: int) -> bool:
    return notice.begins_ms <= now_ms and (notice.ends_ms is None or now_ms < notice.ends_ms)


def _told(telling: Telling) -> dict[str, str | int | float | bool | None]:
    """All that is said, for the audit log: what shoppers read in another language is said by the same hand."""
    told: dict[str, str | int | float | bool | None] = {
        "message": telling.standing.text,
        "scheduled": len(telling.scheduled),
    }
    for tag, text in telling.standing.translations.items():
        told[f"message {tag}"] = text
    for each in telling.scheduled:
        told[f"message from {each.begins}"] = each.text
        told |= {f"message from {each.begins} {tag}": text for tag, text in each.translations.items()}
    return told


def _now_ms() -> int:
    return int(time.time() * 1000)
