"""Bodies of requests that must be seen whole before it is known what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Message, Receive

from waitroom.errors import ClientGoneError
from waitroom.gate.request import Request

MOST_TOGETHER = 64 * 1024 * 1024
"""Bytes of such bodies that a worker holds at once: anybody can send them."""


class Bodies:
    """Reads bodies into memory, and hands them on unchanged to whoever receives them next."""

    def __init__(self, most_together: int = MOST_TOGETHER) -> None:
        self._most_together = most_together
        self._held = 0

    def __repr__(self) -> str:
        return f"<Bodies {self._held} of {self._most_together} bytes>"

    @asynccontextmanager
    async def read(self, request: Request, most: int, *, start: bytes = b"") -> AsyncIterator[bytes | None]:
        """The whole body of a request; None where it has more than ``most`` bytes, too much is held already, or it does
        not begin with ``start``, of which no more is read than shows it.

        In any case the request still has all of its body. Raises ``ClientGoneError`` when the visitor leaves.
        """
        messages: list[Message] = []
        size = 0
        try:
            more = _announced(request) <= most
            fits = more
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError("the visitor left while sending the request")
                messages.append(message)
                length = len(message.get("body", b""))
                begins = size >= len(start) or _begins(messages, start)
                size += length
                self._held += length
                fits = begins and size <= most and self._held <= self._most_together
                more = fits and message.get("more_body", False)
            request.receive = _again(messages, request.receive)
            yield b"".join(message.get("body", b"") for message in messages) if fits else None
        finally:
            self._held -= size


def _begins(messages: list[Message], start: bytes) -> bool:
    found = b"".join(message.get("body", b"") for message in messages)[: len(start)]
    return start.startswith(found)


def _announced(request: Request) -> int:
    # what is no number was refused by the server
    lengths = (value for name, value in request.scope["headers"] if name == b"content-length")
    return int(next(lengths, b"0"))


def _again(messages: list[Message], receive: Receive) -> Receive:
    """A ``receive`` that begins with these messages."""
    left = iter(tuple(messages))

    async def received() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return received


def replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` of this body, and then of what comes after the request's own, which was read."""
    return _again([{"type": "http.request", "body": body, "more_body": False}], receive)
