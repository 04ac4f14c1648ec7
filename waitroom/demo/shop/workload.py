"""The layer that makes the shop's pages and API cost something: capacity and counting around them."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from waitroom.demo.shop.capacity import Capacity, OverloadedError
from waitroom.demo.shop.stats import Stats

FREE_PATHS = ("/static/", "/shop/stats", "/health", "/lab/")
"""Paths that cost no capacity and are not counted: a shop serves them without its database."""

_log = logging.getLogger(__name__)


class Workload:
    """ASGI layer: a request gets a connection first, or is answered 503."""

    def __init__(self, app: ASGIApp, capacity: Capacity, stats: Stats, *, tells_load: bool = False) -> None:
        self._app = app
        self._capacity = capacity
        self._stats = stats
        self._tells_load = tells_load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE_PATHS):
            await self._app(scope, receive, send)
            return

        with self._stats.request() as served:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start" and message["status"] >= 500:
                    served.failed = True
                if self._tells_load and message["type"] == "http.response.start":
                    told = f"{self._capacity.load:.2f}".encode()
                    message["headers"] = [*message["headers"], (b"waitroom-load", told)]
                await send(message)

            try:
                await self._capacity.work()
            except OverloadedError as error:
                _log.info("%s %s: %s", scope["method"], scope["path"], error)
                await _overloaded(scope, receive, watch)
            else:
                await self._app(scope, receive, watch)


async def _overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    headers = {"Retry-After": "2", "Cache-Control": "no-store"}
    # A page of the template would need the very resources that have run out.
    response = (
        PlainTextResponse("The shop is overloaded. Please try again.", 503, headers)
        if wants_page
        else JSONResponse({"error": "overloaded"}, 503, headers)
    )
    await response(scope, receive, send)
