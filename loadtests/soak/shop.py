"""``python -m loadtests.soak.shop``: a small shop with pages and an echo at ``/ws``."""

from __future__ import annotations

import uvicorn
from starlette.types import Receive, Scope, Send

from loadtests.measure.bare import answer_undated
from waitroom.serving.listen import address_of, listen


async def shop(scope: Scope, receive: Receive, send: Send) -> None:
    """Says every message back; any other request gets a page."""
    if scope["type"] != "websocket":
        await answer_undated(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


if __name__ == "__main__":
    listener = listen("127.0.0.1", 0)
    print(address_of(listener), flush=True)
    config = uvicorn.Config(shop, loop="uvloop", log_level="error", access_log=False, ws="websockets-sansio")
    uvicorn.Server(config).run([listener])
