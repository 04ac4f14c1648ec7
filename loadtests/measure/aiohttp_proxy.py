"""What a minimal proxy in Python looks like: an ASGI application around aiohttp's client.

No gate, no limits, no forwarded headers: less work than ours has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from starlette.types import Receive, Scope, Send
from yarl import URL

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
_BODY = frozenset((b"content-length", b"transfer-encoding"))


class AiohttpProxy:
    """Sends every request to ``origin_url`` and streams the answer back."""

    def __init__(self, origin_url: str) -> None:
        self._origin_url = origin_url
        self._session: aiohttp.ClientSession

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        target = (scope["raw_path"] + b"?" + scope["query_string"]).rstrip(b"?").decode("latin-1")
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
            if name not in HOP_BY_HOP
        ]
        has_body = any(name in _BODY for name, _ in scope["headers"])
        async with self._session.request(
            scope["method"],
            URL(self._origin_url + target, encoded=True),
            headers=headers,
            data=_body(receive) if has_body else None,
            allow_redirects=False,
        ) as answer:
            kept = [
                (name.lower(), value) for name, value in answer.raw_headers if name.lower() not in HOP_BY_HOP
            ]
            await send({"type": "http.response.start", "status": answer.status, "headers": kept})
            async for piece in answer.content.iter_any():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),  # one visitor's cookies are not another's
            auto_decompress=False,
        ) as self._session:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)
