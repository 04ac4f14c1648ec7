"""Small gateways of the tests' own, that do only what a test tells them to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response

from waitroom.gate.packing import packed
from waitroom.gate.whole_page import Page


class Fake(Protocol):
    """What can be served."""

    app: Starlette
    port: int


def answer_of(page: Page, status: int) -> Response:
    """A page as the gateway sends it."""
    headers = {name.decode(): value.decode() for name, value in page.headers}
    headers |= {"Content-Encoding": "gzip", "Cache-Control": "no-store"}
    return Response(packed(page.body), status, headers, "text/html; charset=utf-8")


@contextmanager
def serving(fake: Fake) -> Iterator[None]:
    """Runs it on a free port of the loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    fake.port = listener.getsockname()[1]
    config = uvicorn.Config(fake.app, log_level="critical", timeout_graceful_shutdown=1, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield
    server.should_exit = True
    thread.join()
    listener.close()
