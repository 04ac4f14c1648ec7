"""The gateway's own answers."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from pydantic_core import to_json
from starlette.types import Scope, Send

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
    """Sends one whole answer; to a HEAD request, and with status 304, only its head."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", b"%d" % len(body)),
                *headers,
            ],
        }
    )
    bare = status == 304 or scope["method"] == "HEAD"
    await send({"type": "http.response.body", "body": b"" if bare else body})


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
