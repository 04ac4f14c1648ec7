"""The proxy's half of a WebSocket under the gateway's own server, and origins on raw sockets."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import Receive, Scope, Send

from waitroom.errors import ClientGoneError, OriginError
from waitroom.gate.sockets import is_handshake
from waitroom.proxy import Origin, OriginTimeouts, TrustedProxies, from_origin, to_origin
from waitroom.serving.http1 import HttpServer, Limits

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

KEY = base64.b64encode(b"sixteen  octets.").decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
).decode()
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
"""The masked frame of the text "Hello" (RFC 6455 section 5.7)."""


def opening(*fields: str, target: str = "/", key: str = KEY, version: str = "13") -> bytes:
    """A visitor's handshake, with further fields."""
    lines = [
        f"GET {target} HTTP/1.1",
        "Host: shop.example",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        f"Sec-WebSocket-Version: {version}",
        *fields,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def switching(*fields: str, accept: str = ACCEPT) -> bytes:
    """An origin's answer to it."""
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", *fields, "", ""]).encode()


def says(answer: bytes, then: Handler | None = None) -> Handler:
    """An origin that answers so; without more to do it waits for the end of the connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await (then or _until_end)(reader, writer)

    return handle


async def _until_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass


class RawOrigin:
    """An origin on a raw socket."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.heads: list[bytes] = []
        self.connections = 0
        self.open = 0
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.handler(reader, writer)
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()


class Front:
    """Takes every request to the origin, under the gateway's own server; errors become bare answers."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self.running = 0
        """Requests and tunnels that the application is busy with."""
        self._server = uvicorn.Server(
            uvicorn.Config(
                self,
                port=0,
                loop="uvloop",
                http=HttpServer(Limits()),  # type: ignore[arg-type] # all that uvicorn does with it is to call it
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=5,
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = to_origin(
            scope["headers"], client=scope["client"], scheme="http", host=b"", trusted=TrustedProxies()
        )
        carry = self.origin.tunnel if is_handshake(scope) else self.origin.forward
        self.running += 1
        try:
            await carry(scope, receive, send, headers=headers, edit=lambda _, theirs: from_origin(theirs))
        except (OriginError, ValueError) as error:
            status = error.status if isinstance(error, OriginError) else 400
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": str(error).encode()})
        except ClientGoneError:
            pass
        finally:
            self.running -= 1

    async def start(self) -> None:
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup()
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        for writer in self._writers:
            writer.close()
        await self._server.shutdown()
        await self.origin.aclose()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A visitor's connection, closed with the front at the latest."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader, writer

    async def open(self, request: bytes = b"") -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a handshake, and return the head of the answer and the connection."""
        reader, writer = await self.connect()
        writer.write(request or opening())
        async with asyncio.timeout(10):
            return await reader.readuntil(b"\r\n\r\n"), reader, writer

    async def answer(self, request: bytes = b"", *, seconds: float = 10) -> bytes:
        """Send a handshake, and return all that comes until the gateway closes."""
        reader, writer = await self.connect()
        try:
            writer.write(request or opening())
            async with asyncio.timeout(seconds):
                return await reader.read()
        finally:
            writer.close()


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until something holds; fail after some seconds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it looks at what has no event of its own
            await asyncio.sleep(0.01)


def make_front(url: str, *, max_connections: int = 16, **seconds: float) -> Front:
    """A front before that origin: timeouts by their names."""
    return Front(Origin(url, timeouts=OriginTimeouts(**seconds), max_connections=max_connections))
