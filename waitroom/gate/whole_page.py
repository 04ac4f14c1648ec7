"""A page of the gateway's own on its way to a visitor: one response with all that its first view needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waitroom.gate.answers import HTML, Header, answer
from waitroom.gate.packing import packed, takes_gzip
from waitroom.gate.request import Request

SECRET: Header = (b"referrer-policy", b"strict-origin")
"""Of a page whose address is a secret: no other page may learn it as the one that a visitor came from."""
OPEN: Header = (b"referrer-policy", b"same-origin")
"""Of all others."""
COMMON: list[Header] = [
    # a proxy that rewrote a style or a script would have it refused: its hash is in the policy
    (b"cache-control", b"no-store, private, no-transform"),
    (b"vary", b"Accept, Accept-Encoding, Accept-Language, Cookie"),
    (b"x-content-type-options", b"nosniff"),
]
"""Of a page that is somebody's."""
SHARED: list[Header] = [
    (b"cache-control", b"public, max-age=60, no-transform"),
    (b"vary", b"Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
]
"""Of one that is the same for everyone in a language, which stands in its address."""
_GZIP: Header = (b"content-encoding", b"gzip")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as UTF-8, and what it must be sent with: its policy and its language."""

    body: bytes
    headers: Sequence[Header]
    zipped: bytes = b""
    """The body compressed beforehand, where many are sent the same."""


async def send_page(
    request: Request,
    status: int,
    page: Page,
    headers: Sequence[Header] = (),
    *,
    referrer: Header = OPEN,
    common: Sequence[Header] = COMMON,
) -> None:
    """Answers with a page, compressed where the visitor takes that. ``common`` says who may keep it."""
    sent = [*headers, *common, referrer, *page.headers]
    body = page.body
    if takes_gzip(request.scope["headers"]):
        body = page.zipped or packed(body)
        sent.append(_GZIP)
    await answer(request.scope, request.send, status, HTML, body, sent)
