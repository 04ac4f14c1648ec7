"""The visitors' pages on a phone and on a desktop, light and dark, in each state."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.templates import page
from admin.problems import Problem
from waitroom.messages.message import Said
from waitroom.previews.rendering import Scheme, preview, waiting
from waitroom.previews.samples import SAMPLES
from waitroom.settings.given import checked
from waitroom.settings.messages import LONGEST, MessageSettings
from waitroom.settings.theme import ThemeSettings, merged
from waitroom.themes.picture import LARGEST
from waitroom.themes.theme import Theme, theme_of

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}/preview", name="room-preview")
async def preview_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """All looks of the waiting page."""
    said = seen.room.rules.said
    return page(
        request,
        "preview.html",
        actor,
        here="room-preview",
        room=seen.room.name,
        samples=SAMPLES,
        said=said,
    )


@router.get("/rooms/{room}/preview/page", name="preview-of-page")
async def page_alone(
    request: Request,
    _: Viewer,
    seen: SeenOfPath,
    state: str = "waiting",
    scheme: Scheme = Scheme.SYSTEM,
    text: Annotated[str | None, Query(max_length=LONGEST)] = None,
    language: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The waiting page of a visitor who is not there; ``text`` is a message to be tried, else it has the room's."""
    if state not in SAMPLES:
        raise Problem(404, "no-state", f"There is no state {state[:40]!r}; there are {', '.join(SAMPLES)}.")
    said = seen.room.rules.said.to(())
    if text is not None:
        tried = checked(MessageSettings, {"text": text, "language": language})
        said = Said(tried.text, tried.language)
    theme = _theme(merged(console_of(request).settings.theme, seen.settings.theme))
    shown = preview(waiting(SAMPLES[state], seen.settings, said, theme), scheme, theme)
    headers = {"content-security-policy": shown.policy, "x-frame-options": "SAMEORIGIN"}
    return Response(shown.body, headers=headers, media_type="text/html")


@lru_cache(32)
def _theme(settings: ThemeSettings) -> Theme:
    # a page of no origin loads nothing from here
    return theme_of(settings, inlined=LARGEST)
