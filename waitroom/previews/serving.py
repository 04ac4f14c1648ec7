"""``waitroom preview``: the gallery in a browser, which follows the files; and as a folder of files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from waitroom.errors import SettingsError, WaitroomError
from waitroom.previews.gallery import Gallery
from waitroom.previews.rendering import Scheme
from waitroom.resources import templates_dir

LOOK_SECONDS = 0.4
"""Between two looks at the files."""
SIZES = {"phone": (390, 780), "small": (320, 640), "desktop": (1280, 860)}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_NO_STORE = {"cache-control": "no-store"}
_FILES = {"gallery.css": "text/css", "gallery.js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seen."""

    room: str
    language: str
    scheme: Scheme
    sizes: Sequence[str]

    @classmethod
    def of(cls, gallery: Gallery, given: dict[str, str]) -> Wish:
        """What was asked for, as far as there is such a thing."""
        rooms, languages = list(gallery.rooms) or [""], list(gallery.languages)
        room, tag, size = given.get("room", ""), given.get("language", ""), given.get("size", "")
        return cls(
            room if room in rooms else rooms[0],
            tag if tag in languages else languages[0],
            Scheme.DARK if given.get("scheme") == Scheme.DARK else Scheme.LIGHT,
            (size,) if size in SIZES else ("phone", "desktop"),
        )


class PreviewSite:
    """The gallery, its pages, and the news of their files."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self.app = Starlette(
            routes=[
                Route("/", self._index),
                Route("/page/{room}/{name}", self._page),
                Route("/changes", self._changes),
                Route("/gallery/{name}", self._file),
            ]
        )

    async def _index(self, request: Request) -> Response:
        body = index(self._gallery, Wish.of(self._gallery, dict(request.query_params)))
        return HTMLResponse(body, headers={**_NO_STORE, "content-security-policy": _POLICY})

    async def _page(self, request: Request) -> Response:
        scheme = Scheme.DARK if request.query_params.get("scheme") == Scheme.DARK else Scheme.LIGHT
        language = request.query_params.get("language", "")
        room, name = request.path_params["room"], request.path_params["name"]
        try:
            made = await asyncio.to_thread(self._gallery.page, room, name, language, scheme)
        except KeyError:
            return PlainTextResponse("There is no such page.", 404)
        except SettingsError as error:
            body = f"<!doctype html><title>Wrong</title><pre>{escape(str(error))}</pre>"
            return HTMLResponse(
                body, 500, {**_NO_STORE, "content-security-policy": "default-src 'none'; sandbox"}
            )
        return HTMLResponse(made.body, headers={**_NO_STORE, "content-security-policy": made.policy})

    async def _changes(self, request: Request) -> Response:
        return StreamingResponse(self._news(request), media_type="text/event-stream", headers=_NO_STORE)

    async def _news(self, request: Request) -> AsyncIterator[str]:
        gallery, seen = self._gallery, self._gallery.fingerprint()
        yield "retry: 500\n\n"
        while not await request.is_disconnected():
            await asyncio.sleep(LOOK_SECONDS)
            now = await asyncio.to_thread(gallery.fingerprint)
            if now != seen:
                seen = now
                await asyncio.to_thread(gallery.refresh)
                yield "event: changed\ndata: {}\n\n"

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("There is no such file.", 404)
        return Response((_folder() / name).read_bytes(), media_type=_FILES[name], headers=_NO_STORE)


def index(gallery: Gallery, wish: Wish, beside: Sequence[Wish] = ()) -> str:
    """The page with all pages. ``beside`` are those that lie in the same folder; without, it follows the files."""
    made = Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    states, others = gallery.leaves()
    elsewhere = [(f"{each.room} {each.language} {each.scheme}", _name(each, "index")) for each in beside]
    return made.get_template("gallery.html").render(
        gallery=gallery, wish=wish, sizes=SIZES, states=states, others=others, elsewhere=elsewhere
    )


def write(gallery: Gallery, folder: Path, languages: Sequence[str]) -> int:
    """Writes all pages into a folder, with an ``index.html`` that shows them, in these languages or the first. How many
    pages there are. Raises :class:`~waitroom.errors.SettingsError` where one cannot be made."""
    if gallery.fault:
        raise SettingsError(gallery.fault)
    try:
        return _write(gallery, folder, languages or tuple(gallery.languages)[:1])
    except OSError as error:
        raise WaitroomError(f"{error.filename}: {error.strerror}") from error


def _write(gallery: Gallery, folder: Path, languages: Sequence[str]) -> int:
    count = 0
    states, beside = gallery.leaves()
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (folder / name).write_bytes((_folder() / name).read_bytes())
    sizes = ("phone", "desktop")
    wishes = [
        Wish(room, language, scheme, sizes)
        for room in gallery.rooms
        for language in languages
        for scheme in (Scheme.LIGHT, Scheme.DARK)
    ]
    for wish in wishes:
        (folder / _name(wish, "index")).write_text(index(gallery, wish, wishes), encoding="utf-8")
        for leaf in (*states, *beside):
            page = gallery.page(wish.room, leaf.name, wish.language, wish.scheme)
            (folder / _name(wish, leaf.name)).write_bytes(page.body)
            count += 1
    (folder / "index.html").write_text(index(gallery, wishes[0], wishes), encoding="utf-8")
    return count


def _name(wish: Wish, page: str) -> str:
    return f"{wish.room}.{page}.{wish.language}.{wish.scheme}.html"


def _folder() -> Path:
    return templates_dir() / "preview"
