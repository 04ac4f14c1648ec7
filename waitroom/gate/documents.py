"""The documents of the gateway's own that are no person's: the scripts for pages of the shop, with their style and
words in each language, and the description of all addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, Header, answer, problem
from waitroom.gate.compact import compact_script, compact_style
from waitroom.gate.embed_words import embed_words
from waitroom.gate.openapi import document
from waitroom.gate.request import Request, Serve
from waitroom.gate.static import StaticFile, made, serve_file
from waitroom.words.language import Language, Languages

_SHARED: list[Header] = [
    (b"cache-control", b"public, max-age=3600"),
    (b"access-control-allow-origin", b"*"),
    # a page that is isolated from other origins may include it all the same
    (b"cross-origin-resource-policy", b"cross-origin"),
]


def documents_of(templates: Path, languages: Languages) -> Mapping[str, Serve]:
    """What answers to each of their names."""
    style = compact_style((templates / "embed.css").read_text(encoding="utf-8"))
    asking = compact_style((templates / "embed-feedback.css").read_text(encoding="utf-8"))
    ask = compact_script((templates / "embed-feedback.js").read_text(encoding="utf-8"))

    @lru_cache(None)
    def words_in(spoken: Language) -> StaticFile:
        told = {"words": embed_words(spoken), "style": style}
        return _file("embed.json", json.dumps(told, ensure_ascii=False).encode())

    async def words(request: Request) -> None:
        spoken = languages.to(request.languages)
        said = (b"content-language", spoken.spoken.encode())
        await _serve(words_in(spoken), request, [*_SHARED, said, (b"vary", b"Accept-Language")])

    bodies = {
        "embed-feedback.js": ask.replace("STYLE", json.dumps(asking, ensure_ascii=False), 1).encode(),
        "embed.js": compact_script((templates / "embed.js").read_text(encoding="utf-8")).encode(),
        "openapi.json": description().encode(),
    }
    return {name: partial(_serve, _file(name, body)) for name, body in bodies.items()} | {"embed.json": words}


def description() -> str:
    """The OpenAPI document as text, to be read by people too."""
    return json.dumps(document(), indent=1) + "\n"


def _file(name: str, body: bytes) -> StaticFile:
    content_type = "text/javascript; charset=utf-8" if name.endswith(".js") else JSON.decode()
    return made(f"/__waitroom/{name}", content_type, body)


async def _serve(file: StaticFile, request: Request, headers: Sequence[Header] = _SHARED) -> None:
    if request.scope["method"] in ("GET", "HEAD"):
        await serve_file(request, file, headers)
    else:
        body = problem(405, "method", "Only GET, HEAD are answered here.")
        await answer(request.scope, request.send, 405, PROBLEM, body, [NO_STORE, (b"allow", b"GET, HEAD")])
