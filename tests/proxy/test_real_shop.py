"""In front of a real shop: Starlette under uvicorn."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

pytestmark = pytest.mark.anyio


async def _show(request: Request) -> Response:
    return JSONResponse({"path": request.url.path, "room": request.headers["waitroom-room"]})


async def _digest(request: Request) -> Response:
    digest = hashlib.sha256()
    async for piece in request.stream():
        digest.update(piece)
    return Response(digest.hexdigest(), media_type="text/plain")


async def _count(request: Request) -> Response:
    async def numbers() -> AsyncIterator[bytes]:
        for number in range(1_000):
            yield b"%d\n" % number

    return StreamingResponse(numbers(), media_type="text/plain")


@pytest.fixture
async def shop_url(anyio_backend: Any) -> AsyncIterator[str]:
    """The address of the real shop."""
    routes = [
        Route("/show", _show),
        Route("/digest", _digest, methods=["POST", "PUT"]),
        Route("/count", _count),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes), host="127.0.0.1", port=0, lifespan="off", log_config=None, access_log=False
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    await server.shutdown()


async def test_pages_of_many_visitors_at_once(shop_url: str, start_gateway: Any) -> None:
    """Two hundred visitors over a few connections each get the page that they asked for."""
    gateway = await start_gateway(shop_url, max_connections=8)

    async def visit() -> None:
        answers = [await gateway.get("/show"), await gateway.get("/missing")]
        assert answers[0].endswith(b'{"path":"/show","room":"drop"}')
        assert answers[1].startswith(b"HTTP/1.1 404 Not Found")

    await asyncio.gather(*(visit() for _ in range(200)))
    assert gateway.outcomes == [None] * 400
    assert "busy: 0," in repr(gateway.origin)


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_large_upload_arrives_whole(shop_url: str, start_gateway: Any, framing: str) -> None:
    """Twenty megabytes arrive byte for byte, whichever way they are framed."""
    gateway = await start_gateway(shop_url)
    body = bytes(range(256)) * 80_000
    reader, writer = await gateway.connect()
    writer.write(b"POST /digest HTTP/1.1\r\nHost: s\r\nConnection: close\r\n")
    if framing == "length":
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
    else:
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 100_000):
            piece = body[start : start + 100_000]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
    async with asyncio.timeout(20):
        answer = await reader.read()
    assert answer.endswith(hashlib.sha256(body).hexdigest().encode())
    writer.close()


async def test_a_streamed_page_arrives_whole(shop_url: str, start_gateway: Any) -> None:
    """A page made piece by piece arrives in full and in order."""
    gateway = await start_gateway(shop_url)
    _, _, body = (await gateway.get("/count")).partition(b"\r\n\r\n")
    text = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        text, body = text + body[:length], body[length + 2 :]
    assert text == b"".join(b"%d\n" % number for number in range(1_000))
