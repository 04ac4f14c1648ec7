"""What those waiting in a room are told: written, previewed on the page itself, told now or at a set time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from admin.api.messages import MessagesState, messages_of
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.pages.templates import embedded, fragment, page
from waitroom.settings.messages import LONGEST, MOST_TRANSLATIONS

router = APIRouter(include_in_schema=False)

LANGUAGES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt": "Português",
    "nl": "Nederlands", "pl": "Polski", "cs": "Čeština", "sv": "Svenska", "da": "Dansk", "fi": "Suomi",
    "lv": "Latviešu", "lt": "Lietuvių", "et": "Eesti", "ru": "Русский", "uk": "Українська", "tr": "Türkçe",
    "el": "Ελληνικά", "ar": "العربية", "he": "עברית", "zh-Hans": "简体中文", "zh-Hant": "繁體中文", "ja": "日本語",
    "ko": "한국어",
}  # fmt: skip
"""What is offered first; any language tag may be typed."""


@router.get("/rooms/{room}/message", name="room-message")
async def message_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The messages of a room."""
    state = await messages_of(seen)
    return page(
        request,
        "message.html",
        actor,
        here="room-message",
        room=seen.room.name,
        told=state,
        parts=_parts(state, actor),
        languages=LANGUAGES,
        longest=LONGEST,
        most=MOST_TRANSLATIONS,
        waiting=seen.room.waiting,
        state=embedded(state.model_dump_json()),
    )


@router.get("/rooms/{room}/message/parts", name="message-parts")
async def message_parts(actor: Viewer, seen: SeenOfPath) -> JSONResponse:
    """What of the page changes, to be put in place of what stands there, and the messages themselves."""
    state = await messages_of(seen)
    return JSONResponse({"parts": _parts(state, actor), "told": state.model_dump(mode="json")})


def _parts(state: MessagesState, actor: Actor) -> dict[str, str]:
    may = actor.role.allows(Role.OPERATOR)
    return {"shown": fragment("message-shown.html", told=state, may_change=may, languages=LANGUAGES)}
