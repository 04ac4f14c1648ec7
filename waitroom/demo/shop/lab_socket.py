"""A WebSocket for tests of a proxy. It takes a server that speaks the protocol: uvicorn does with ``websockets``."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

PROTOCOL = "echo"


async def echo_socket(socket: WebSocket) -> None:
    """Sends every message back, text as text and bytes as bytes.

    It speaks ``echo`` where that is offered. The query's names and values become headers of the 101; with
    ``?deny=…`` the answer has that status instead. The text ``/close CODE REASON`` is answered by closing so,
    ``/headers`` by the headers of the handshake, one a line, and ``/bytes N`` by so many bytes in one message.
    """
    query = socket.query_params
    if "deny" in query:
        await socket.send_denial_response(PlainTextResponse("denied", int(query["deny"])))
        return
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in query.multi_items()
    ]
    offered = socket.scope["subprotocols"]
    await socket.accept(PROTOCOL if PROTOCOL in offered else None, headers)
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text: str | None = message.get("text")
            if text is None:
                await socket.send_bytes(message["bytes"])
            elif not await _obeyed(socket, text):
                await socket.send_text(text)
    except WebSocketDisconnect:
        return


async def _obeyed(socket: WebSocket, text: str) -> bool:
    """Whether the text was an order."""
    order, _, rest = text.partition(" ")
    match order:
        case "/close":
            code, _, reason = rest.partition(" ")
            await socket.close(int(code), reason or None)
        case "/headers":
            lines = (
                f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in socket.headers.raw
            )
            await socket.send_text("\n".join(lines))
        case "/bytes":
            await socket.send_bytes(bytes(int(rest)))
        case _:
            return False
    return True
