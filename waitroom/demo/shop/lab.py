"""What tests of a proxy need of an origin: echoes, streams, slow answers, errors, broken connections."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from waitroom.demo.shop.lab_socket import echo_socket

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_BLOCK = bytes(range(256)) * 256


async def echo(request: Request) -> JSONResponse:
    """What arrived: request line, headers in order, and the body's length and SHA-256."""
    digest, length = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        length += len(chunk)
    return JSONResponse(
        {
            "method": request.method,
            "raw_path": request.scope["raw_path"].decode("latin-1"),
            "query": request.scope["query_string"].decode("latin-1"),
            "http_version": request.scope["http_version"],
            "headers": [
                [name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers.raw
            ],
            "body_length": length,
            "body_sha256": digest.hexdigest(),
        }
    )


async def send_bytes(request: Request) -> StreamingResponse:
    """``n`` bytes (0 to 255, over and over) as a stream; with ``?chunked`` without a Content-Length."""
    wanted: int = request.path_params["n"]

    async def blocks() -> AsyncIterator[bytes]:
        for start in range(0, wanted, len(_BLOCK)):
            yield _BLOCK[: wanted - start]

    headers = {} if "chunked" in request.query_params else {"Content-Length": str(wanted)}
    return StreamingResponse(blocks(), headers=headers, media_type="application/octet-stream")


async def slow(request: Request) -> StreamingResponse:
    """Waits ``?seconds=`` before it answers; with ``&body`` it sends the head and half the body first."""
    seconds = _seconds(request, "seconds")
    head_first = "body" in request.query_params
    if not head_first:
        await asyncio.sleep(seconds)

    async def halves() -> AsyncIterator[bytes]:
        yield b"slow "
        if head_first:
            await asyncio.sleep(seconds)
        yield b"done"

    return StreamingResponse(halves(), headers={"Content-Length": "9"}, media_type="text/plain")


async def status(request: Request) -> Response:
    """An answer with that status code."""
    code: int = request.path_params["code"]
    if not 200 <= code <= 599:
        raise HTTPException(400)
    return Response(None if code in (204, 304) else f"status {code}", code, media_type="text/plain")


async def server_sent_events(request: Request) -> StreamingResponse:
    """``?count=`` events (default 3), ``?every=`` seconds apart (default 0.1)."""
    count, every = int(request.query_params.get("count", "3")), _seconds(request, "every", 0.1)

    async def events() -> AsyncIterator[str]:
        for number in range(count):
            if number:
                await asyncio.sleep(every)
            yield f"event: tick\nid: {number}\ndata: {number}\n\n"

    return StreamingResponse(events(), headers={"Cache-Control": "no-store"}, media_type="text/event-stream")


async def set_cookies(request: Request) -> Response:
    """Two cookies, each in a header of its own."""
    response = Response("cookies set", media_type="text/plain")
    response.set_cookie("lab_one", "1", httponly=True)
    response.set_cookie("lab_two", "2", path="/lab")
    return response


async def set_headers(request: Request) -> Response:
    """The query's names and values as response headers, in order and repeated where they repeat."""
    response = Response("headers set", media_type="text/plain")
    for name, value in request.query_params.multi_items():
        if not (name + value).isprintable():
            raise HTTPException(400)
        response.raw_headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return response


class Cut:
    """Promises 100 bytes, sends 5 and breaks the connection off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"12345", "more_body": True})


def _seconds(request: Request, name: str, default: float = 1.0) -> float:
    try:
        return min(60.0, max(0.0, float(request.query_params.get(name, default))))
    except ValueError:
        raise HTTPException(400) from None


LAB_ROUTES: list[BaseRoute] = [
    Route("/echo", echo, methods=_METHODS),
    Route("/echo/{rest:path}", echo, methods=_METHODS),
    Route("/bytes/{n:int}", send_bytes),
    Route("/slow", slow),
    Route("/status/{code:int}", status, methods=_METHODS),
    Route("/sse", server_sent_events),
    Route("/set-cookies", set_cookies),
    Route("/set-headers", set_headers),
    Route("/cut", Cut()),
    WebSocketRoute("/ws", echo_socket),
]
