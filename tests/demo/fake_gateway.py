"""A stand-in for the gateway: a first-come-first-served room in front of the demo shop, in one process.

It speaks the public protocol and no more, so that the crowd and the load test can be tested by themselves.
``GET /fake/log`` tells what it saw.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from waitroom.demo.shop import create_app

TICKET, PASS = "waitroom_ticket_drop", "waitroom_pass_drop"


class FakeGateway:
    """Holds everyone in the room ``drop`` and calls ``rate`` tickets a second."""

    def __init__(self, shop: Starlette, rate: float) -> None:
        self._shop = shop
        self._rate = rate
        self._started = time.monotonic()
        self._issued = 0
        self._inside: set[str] = set()
        self._tickets_seen: set[int] = set()
        self._not_navigations = 0
        self._open_streams = 0
        self._most_streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._shop(scope, receive, send)
            return
        request = Request(scope, receive)
        path = scope["path"]
        if path == "/fake/log":
            await self._log()(scope, receive, send)
        elif path == "/__waitroom/drop/events":
            await self._events(request, send)
        elif request.cookies.get(PASS) in self._inside:
            await self._to_the_shop(request, send)
        else:
            await self._claim_or_hold(request, send)

    def _log(self) -> Response:
        return JSONResponse(
            {
                "issued": self._issued,
                "tickets_seen": sorted(self._tickets_seen),
                "not_navigations": self._not_navigations,
                "open_streams": self._open_streams,
                "most_streams": self._most_streams,
                "inside": len(self._inside),
            }
        )

    def _called(self) -> int:
        return int((time.monotonic() - self._started) * self._rate)

    async def _claim_or_hold(self, request: Request, send: Send) -> None:
        is_navigation = request.headers.get("sec-fetch-mode") == "navigate"
        self._not_navigations += not is_navigation or "text/html" not in request.headers["accept"]
        held = request.cookies.get(TICKET)
        if held is None:
            self._issued += 1
        number = int(held) if held else self._issued
        # After a restart the tickets that come back tell how far the numbers had gone.
        self._issued = max(self._issued, number)
        self._tickets_seen.add(number)
        if number <= self._called():
            self._inside.add(str(number))
            await self._to_the_shop(request, send, cookie=f"{PASS}={number}; Path=/; HttpOnly")
            return
        response = Response("<h1>Please wait</h1>", 503, media_type="text/html")
        response.headers["Waitroom-Room"] = "drop"
        response.headers["Waitroom-Position"] = str(number - self._called())
        response.headers["Retry-After"] = "1"
        response.set_cookie(TICKET, str(number), httponly=True, samesite="lax")
        await response(request.scope, request.receive, send)

    async def _to_the_shop(self, request: Request, send: Send, cookie: str | None = None) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if cookie is not None:
                    headers.append("Set-Cookie", cookie)
                if headers.get("Waitroom-Command") == "done":
                    self._inside.discard(request.cookies.get(PASS, ""))
            await send(message)

        await self._shop(request.scope, request.receive, watch)

    async def _events(self, request: Request, send: Send) -> None:
        held = request.cookies.get(TICKET)
        if held is None:
            await Response(status_code=404)(request.scope, request.receive, send)
            return
        number = int(held)
        self._tickets_seen.add(number)
        self._open_streams += 1
        self._most_streams = max(self._most_streams, self._open_streams)
        gone = asyncio.create_task(_gone(request))
        try:
            headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while number > self._called() and not gone.done():
                data = json.dumps({"room": "drop", "state": "waiting", "position": number - self._called()})
                event = f": heartbeat\n\nevent: status\ndata: {data}\n\n"
                await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
                await asyncio.wait([gone], timeout=0.2)
            await send({"type": "http.response.body", "body": b'event: admitted\ndata: {"room": "drop"}\n\n'})
        finally:
            gone.cancel()
            self._open_streams -= 1


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def main() -> None:
    """Serves until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    gateway = FakeGateway(create_app(data=options.data), options.rate)
    # Streams that are cut at the end are no news.
    uvicorn.run(gateway, port=options.port, log_level="critical", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
