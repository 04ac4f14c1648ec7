"""The documents of the gateway's own that are the same for everyone: the scripts for pages of the shop, with their
words and style, and the description of all addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, Header, answer, problem
from waitroom.gate.compact import compact_script, compact_style
from waitroom.gate.embed_words import WORDS
from waitroom.gate.openapi import document
from waitroom.gate.request import Request, Serve
from waitroom.gate.static import StaticFile, made, serve_file

_SHARED: list[Header] = [
    (b"cache-control", b"public, max-age=3600"),
    (b"access-control-allow-origin", b"*"),
    # a page that is isolated from other origins may include it all the same
    (b"cross-origin-resource-policy", b"cross-origin"),
]


def documents_of(templates: Path) -> Mapping[str, Serve]:
    """What answers to each of their names."""
    style = compact_style((templates / "embed.css").read_text(encoding="utf-8"))
    asking = compact_style((templates / "embed-feedback.css").read_text(encoding="utf-8"))
    ask = compact_script((templates / "embed-feedback.js").read_text(encoding="utf-8"))
    bodies = {
        "embed-feedback.js": ask.replace("STYLE", json.dumps(asking, ensure_ascii=False), 1).encode(),
        "embed.js": compact_script((templates / "embed.js").read_text(encoding="utf-8")).encode(),
        "embed.json": json.dumps({"words": WORDS, "style": style}, ensure_ascii=False).encode(),
        "openapi.json": description().encode(),
    }
    return {name: partial(_serve, _file(name, body)) for name, body in bodies.items()}


def description() -> str:
    """The OpenAPI document as text, to be read by people too."""
    return json.dumps(document(), indent=1) + "\n"


def _file(name: str, body: bytes) -> StaticFile:
    content_type = "text/javascript; charset=utf-8" if name.endswith(".js") else JSON.decode()
    return made(f"/__waitroom/{name}", content_type, body)


async def _serve(file: StaticFile, request: Request) -> None:
    if request.scope["method"] in ("GET", "HEAD"):
        await serve_file(request, file, _SHARED)
    else:
        body = problem(405, "method", "Only GET, HEAD are answered here.")
        await answer(request.scope, request.send, 405, PROBLEM, body, [NO_STORE, (b"allow", b"GET, HEAD")])
