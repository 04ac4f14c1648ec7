"""What the gateway is compared with: a bare ASGI answer, the proxy alone, and a proxy around aiohttp's client."""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from waitroom.proxy import Origin, TrustedProxies, from_origin, to_origin
from waitroom.serving.listen import address_of, listen
from waitroom.serving.run import uvicorn_config

BODY = b"x" * 200
"""As long as a status answer."""
HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", b"%d" % len(BODY)),
    (b"cache-control", b"no-store, private"),
    (b"vary", b"Accept, Cookie"),
    (b"date", b"Thu, 01 Jan 2026 00:00:00 GMT"),
]
"""Those of a status answer."""


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """The bytes of a status answer, and nothing done for them."""
    await _answer(scope, receive, send, HEADERS)


async def answer_undated(scope: Scope, receive: Receive, send: Send) -> None:
    """The same for a server that adds the date itself."""
    await _answer(scope, receive, send, HEADERS[:-1])


def forward(origin_url: str) -> ASGIApp:
    """The proxy without a gate: every request goes to the origin."""
    origin = Origin(origin_url)
    trusted = TrustedProxies()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        visitor = trusted.visitor(scope["client"], scope["headers"], scheme=scope["scheme"])
        headers = to_origin(
            scope["headers"],
            client=scope["client"],
            scheme=visitor.scheme,
            host=visitor.host,
            trusted=trusted,
        )
        await origin.forward(
            scope, receive, send, headers=headers, edit=lambda _status, theirs: from_origin(theirs)
        )

    return app


async def _answer(scope: Scope, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


async def _lifespan(receive: Receive, send: Send) -> None:
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})


def _stock(app: ASGIApp) -> uvicorn.Config:
    """uvicorn as it comes, with its fast parts and without its access log."""
    return uvicorn.Config(app, http="httptools", loop="uvloop", access_log=False, log_level="warning")


def _config(name: str, origin_url: str) -> uvicorn.Config:
    match name:
        case "answer":
            return uvicorn_config(lambda: answer, workers=1)
        case "forward":
            return uvicorn_config(lambda: forward(origin_url), workers=1)
        case "stock":
            return _stock(answer_undated)
        case "aiohttp":
            from loadtests.measure.aiohttp_proxy import AiohttpProxy  # only this one needs the package

            return _stock(AiohttpProxy(origin_url))
    raise SystemExit(f"no such application: {name}")


def main(name: str, origin_url: str) -> None:
    """Serves ``answer`` or ``forward`` as the gateway is served, ``stock`` or ``aiohttp`` on stock uvicorn."""
    listener = listen("127.0.0.1", 0)
    config = _config(name, origin_url)
    print(address_of(listener), flush=True)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
