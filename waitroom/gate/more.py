"""What there is to read and to look at in a room: a page of its own, of which the waiting page shows the inside once it
can be used; a support chat; and the products' pictures. Nothing of it is about the visitor, so a CDN may keep it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from waitroom.content.content import Chat, Content
from waitroom.gate.answers import NO_STORE, PROBLEM, Header, answer, problem
from waitroom.gate.editions import Editions
from waitroom.gate.forms import query_fields
from waitroom.gate.page import Pages
from waitroom.gate.request import Request
from waitroom.gate.views import MoreView
from waitroom.gate.whole_page import COMMON, SHARED, Page, send_page
from waitroom.moved.inner import inner_of
from waitroom.themes.picture import IMAGE_POLICY

_PICTURE_KEPT: Header = (b"cache-control", b"public, max-age=3600")


class MoreAddresses:
    """``content``, ``chat`` and ``picture`` of one room. Without content they are as if they were not there."""

    def __init__(self, room: str, editions: Editions, content: Content | None) -> None:
        self._room = room
        self._editions = editions
        self._content = content

    async def content(self, request: Request) -> None:
        """The page."""
        content = self._content
        if content is None:
            await _nothing(request)
            return
        pages = self._pages(request)
        tag = pages.spoken.tag
        view = MoreView(
            room=self._room,
            news=content.news.to(tag) if content.news else None,
            faq=content.faq.to(tag) if content.faq else None,
            products=await content.products.all() if content.products else (),
            has_chat=content.chat is not None,
        )
        await send_page(request, 200, pages.more(view), common=_common(request))

    async def chat(self, request: Request) -> None:
        """The chat, which somebody has asked for by a press."""
        chat = self._content.chat if self._content else None
        if chat is None:
            await _nothing(request)
            return
        page = self._pages(request).chat(self._room, chat.snippet)
        policy = (b"content-security-policy", _policy(page.body.decode(), chat).encode())
        await send_page(request, 200, Page(page.body, (policy, *page.headers[1:])), common=_common(request))

    async def picture(self, request: Request) -> None:
        """The picture of a product."""
        products = self._content.products if self._content else None
        found = await products.picture(query_fields(request).get("of", "")) if products else None
        if found is None:
            await _nothing(request)
            return
        headers = [
            _PICTURE_KEPT,
            (b"content-security-policy", IMAGE_POLICY.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        await answer(request.scope, request.send, 200, found.content_type.encode(), found.body, headers)

    def _pages(self, request: Request) -> Pages:
        asked = query_fields(request).get("lang", "")
        return self._editions.to((asked,)) if asked else self._editions.to(request.languages)


def _common(request: Request) -> Sequence[Header]:
    return SHARED if query_fields(request).get("lang") else COMMON


def _policy(page: str, chat: Chat) -> str:
    """Of the chat's page: its scripts by their hashes, all else by the names of hosts. Chats write styles as they go,
    so that styles are let in as they come; there is nothing of the visitor's on that page."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(page[each.start : each.end].encode()).digest()).decode()}'"
        for each in inner_of(page)
        if each.kind == "script"
    ]
    web, sockets = [f"https://{host}" for host in chat.hosts], [f"wss://{host}" for host in chat.hosts]
    directives: Sequence[tuple[str, Sequence[str]]] = (
        ("default-src", ["'none'"]),
        ("script-src", ["'self'", *hashes, *web]),
        ("style-src", ["'self'", "'unsafe-inline'", *web]),
        ("connect-src", ["'self'", *web, *sockets]),
        ("img-src", ["'self'", "data:", "blob:", *web]),
        ("font-src", ["data:", *web]),
        ("media-src", ["blob:", *web]),
        ("frame-src", web or ["'none'"]),
        ("worker-src", ["blob:"]),
        ("form-action", ["'self'", *web]),
        ("base-uri", ["'none'"]),
        ("frame-ancestors", ["'none'"]),
    )
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives)


async def _nothing(request: Request) -> None:
    body = problem(404, "not-found", "There is no such address.")
    await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE])
