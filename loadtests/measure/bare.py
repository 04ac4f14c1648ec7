"""What the gateway is compared with, on the same server: a bare ASGI answer, and the proxy alone."""

from __future__ import annotations

import sys

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from waitroom.proxy import Origin, TrustedProxies, from_origin, to_origin
from waitroom.serving.listen import listen
from waitroom.serving.run import address_of, uvicorn_config

BODY = b"x" * 200
"""As long as a status answer."""
HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", b"%d" % len(BODY)),
    (b"date", b"Thu, 01 Jan 2026 00:00:00 GMT"),
    (b"cache-control", b"no-store, private"),
    (b"vary", b"Accept, Cookie"),
]
"""Those of a status answer."""


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """The bytes of a status answer, and nothing done for them."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


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


async def _lifespan(receive: Receive, send: Send) -> None:
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})


def main(name: str, origin_url: str) -> None:
    """Serves ``answer`` or ``forward`` with the gateway's own server configuration."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn_config(lambda: answer if name == "answer" else forward(origin_url), workers=1)
    print(address_of(listener), flush=True)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
