"""The gateway's own answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus

from pydantic_core import to_json
from starlette.types import Scope, Send

from waitroom.proxy.fields import Fields

Header = tuple[bytes, bytes]

NO_STORE: Header = (b"cache-control", b"no-store, private")
VARY: Header = (b"vary", b"Accept, Accept-Language, Cookie")
HTML = b"text/html; charset=utf-8"
JSON = b"application/json"
PROBLEM = b"application/problem+json"
TEXT = b"text/plain; charset=utf-8"


async def answer(
    scope: Scope, send: Send, status: int, content_type: bytes, body: bytes, headers: Sequence[Header] = ()
) -> None:
    """Sends one whole answer; to a HEAD request, and with status 304, only its head. What is written of ``headers``
    that are a tuple is remembered: they must be the same for many."""
    fields = _remembered_fields if isinstance(headers, tuple) else _fields
    told = fields(content_type, len(body), headers)
    await send({"type": "http.response.start", "status": status, "headers": told})
    bare = status == 304 or scope["method"] == "HEAD"
    await send({"type": "http.response.body", "body": b"" if bare else body})


def _fields(content_type: bytes, length: int, headers: Sequence[Header]) -> list[Header]:
    return [(b"content-type", content_type), (b"content-length", b"%d" % length), *headers]


@lru_cache(1024)
def _remembered_fields(content_type: bytes, length: int, headers: tuple[Header, ...]) -> Fields:
    return Fields(_fields(content_type, length, headers))


def problem(status: int, kind: str, detail: str, members: dict[str, object] | None = None) -> bytes:
    """The text of a problem (RFC 9457). ``kind`` is the stable end of its ``type``."""
    about = {
        "type": f"urn:waitroom:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    return to_json(about)
