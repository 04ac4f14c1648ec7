"""Shops that speak raw bytes, and the client side of the gateway in a small application under uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from waitroom.errors import ClientGoneError, OriginError
from waitroom.proxy import Origin, OriginTimeouts, TrustedProxies, from_origin, to_origin
from waitroom.serving.http1 import HttpServer, Limits

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop of production."""
    return "asyncio", {"use_uvloop": True}


class Shop:
    """An origin on a raw socket: notes what it is sent, answers what it is told to."""

    def __init__(self, answer: bytes | Handler) -> None:
        self.answer = answer
        self.url = ""
        self.heads: list[bytes] = []
        """The heads of the requests, in the order of their coming."""
        self.carried_by: list[int] = []
        """For each, the number of the connection that it came on."""
        self.connections = 0
        self.open = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, port: int = 0, *, tls: ssl.SSLContext | None = None, path: Path | None = None
    ) -> None:
        if path is not None:
            self._server = await asyncio.start_unix_server(self._serve, path)
            self.url = f"unix://{path}"
            return
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

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
        number = self.connections
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                if isinstance(self.answer, bytes):
                    while True:
                        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                        self.carried_by.append(number)
                        writer.write(self.answer)
                        await writer.drain()
                else:
                    await self.answer(reader, writer)
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()


class Gateway:
    """The client side under a real uvicorn; errors become bare answers, as the gate's are."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.port = 0
        self.outcomes: list[BaseException | None] = []
        self.trusted = TrustedProxies()
        self.server = uvicorn.Server(
            uvicorn.Config(
                self,
                host="127.0.0.1",
                port=0,
                loop="uvloop",
                http=HttpServer(Limits()),  # type: ignore[arg-type] # all that uvicorn does with it is to call it
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = to_origin(
            scope["headers"],
            client=scope["client"],
            scheme="http",
            host=dict(scope["headers"]).get(b"host", b""),
            trusted=self.trusted,
            extra=[(b"waitroom-room", b"drop")],
        )
        outcome: BaseException | None = None
        try:
            await self.origin.forward(
                scope, receive, send, headers=headers, edit=lambda _, theirs: from_origin(theirs)
            )
        except OriginError as error:
            outcome = error
            message = str(error).encode()
            length = b"%d" % len(message)
            await send(
                {
                    "type": "http.response.start",
                    "status": error.status,
                    "headers": [(b"content-length", length)],
                }
            )
            await send({"type": "http.response.body", "body": message})
        except (ClientGoneError, asyncio.CancelledError) as error:
            outcome = error
        finally:
            self.outcomes.append(outcome)

    async def start(self) -> None:
        config = self.server.config
        config.load()
        self.server.lifespan = config.lifespan_class(config)
        await self.server.startup()
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self.server.shutdown()
        await self.origin.aclose()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A visitor's connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, request: bytes) -> bytes:
        """Send bytes, and return all that comes until the gateway closes."""
        reader, writer = await self.connect()
        try:
            writer.write(request)
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.close()

    async def get(self, path: str = "/", *fields: str, method: str = "GET") -> bytes:
        """Ask for one page on a connection of its own."""
        lines = [f"{method} {path} HTTP/1.1", "Host: shop.example", "Connection: close", *fields]
        return await self.ask("\r\n".join([*lines, "", ""]).encode())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; fail after some seconds."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - it looks at what has no event of its own
                await asyncio.sleep(0.01)


@pytest.fixture
async def start_shop(anyio_backend: Any) -> AsyncIterator[Callable[..., Awaitable[Shop]]]:
    """``await start_shop(answer, tls=…)``: an origin that answers each request so, or runs this handler."""
    shops: list[Shop] = []

    async def start(answer: bytes | Handler, **where: Any) -> Shop:
        shop = Shop(answer)
        shops.append(shop)
        await shop.start(**where)
        return shop

    yield start
    for shop in shops:
        await shop.stop()


@pytest.fixture
async def start_gateway(anyio_backend: Any) -> AsyncIterator[Callable[..., Awaitable[Gateway]]]:
    """``await start_gateway(*urls, response=1.0, max_connections=2)``: timeouts and limits by their names."""
    gateways: list[Gateway] = []

    async def start(
        *urls: str,
        max_connections: int = 16,
        max_idle: int = 8,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        **seconds: float,
    ) -> Gateway:
        origin = Origin(
            *urls,
            tls=tls,
            server_name=server_name,
            timeouts=OriginTimeouts(**seconds),
            max_connections=max_connections,
            max_idle=max_idle,
        )
        gateway = Gateway(origin)
        gateways.append(gateway)
        await gateway.start()
        return gateway

    yield start
    for gateway in gateways:
        await gateway.stop()
