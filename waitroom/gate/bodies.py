"""Bodies of requests that must be seen whole before it is known what becomes of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from starlette.types import Message, Receive

from waitroom.errors import ClientGoneError
from waitroom.gate.request import Request
from waitroom.proxy import place_of

MOST_TOGETHER = 64 * 1024 * 1024
"""Bytes of such bodies that a worker holds at once: anybody can send them."""
OF_ADDRESS = 1 / 8
"""The part of them that one address may hold, beyond a single body: nobody alone can keep the others out."""
FOR_SMALL = 1 / 4
"""The part that is left for small bodies: what providers and banks send has some kilobytes."""
SMALL_BYTES = 65_536
_OF_PIECE = 512
"""What a piece takes beside its bytes: somebody may send one at a time."""
SECONDS = 10.0
"""For so long a body may come: those who send it are programs, or browsers that have it at hand."""


class Bodies:
    """Reads bodies into memory, and hands them on unchanged to whoever receives them next.

    What is held counts until it was handed on, or its request has ended.
    """

    def __init__(self, most_together: int = MOST_TOGETHER, *, seconds: float = SECONDS) -> None:
        self._most_together = most_together
        self._seconds = seconds
        self._held = 0
        self._of_place: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<Bodies {self._held} of {self._most_together} bytes, of {len(self._of_place)} addresses>"

    async def read(self, request: Request, most: int, *, start: bytes = b"") -> bytes | None:
        """The whole body of a request.

        None where it has more than ``most`` bytes, too much is held already (by all, or by its address), it does not
        come in time, or it does not begin with ``start``, of which no more is read than shows it.

        In any case the request still has all of its body. Raises ``ClientGoneError`` when the visitor leaves.
        """
        announced = _announced(request)
        if announced > most:
            return None
        held = _Held(self, place_of(request.visitor.address), request.receive)
        request.at_end.append(held.let_go)
        request.receive = held.receive
        whole = False
        try:
            async with asyncio.timeout(self._seconds):
                more = True
                while more:
                    shown = held.size >= len(start)
                    message = await held.take()
                    fits = (
                        (shown or _begins(held, start)) and held.size <= most and self._fits(held, announced)
                    )
                    more = fits and message.get("more_body", False)
                whole = fits
        except TimeoutError:
            pass
        return b"".join(held.pieces()) if whole else None

    def count(self, place: str, size: int) -> None:
        """Have so many more bytes held for an address; fewer, where it is negative."""
        self._held += size
        left = self._of_place.pop(place, 0) + size
        if left:
            self._of_place[place] = left

    def _fits(self, held: _Held, announced: int) -> bool:
        most, of_place = self._most_together, self._of_place.get(held.place, 0)
        if max(held.size, announced) > SMALL_BYTES:
            most -= int(self._most_together * FOR_SMALL)
        return self._held <= most and (of_place <= self._most_together * OF_ADDRESS or of_place == held.cost)


class _Held:
    """What is held of one body."""

    def __init__(self, bodies: Bodies, place: str, receive: Receive) -> None:
        self.place = place
        self.size = 0
        """Bytes that have come."""
        self.cost = 0
        """What is counted of them now."""
        self._bodies = bodies
        self._receive = receive
        self._messages: deque[Message] = deque()
        self._handed_on = 0

    async def take(self) -> Message:
        """Receive one more message and hold it."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError("the visitor left while sending the request")
        self._messages.append(message)
        self.size += len(message.get("body", b""))
        self._count(_cost(message))
        return message

    def pieces(self) -> Iterable[bytes]:
        """The body as far as it has come."""
        return (message.get("body", b"") for message in self._messages)

    async def receive(self) -> Message:
        """What is held, then what comes. Whoever asks for more has passed on the last."""
        if self._handed_on:
            self._count(-self._handed_on)
            self._handed_on = 0
        if not self._messages:
            return await self._receive()
        message = self._messages.popleft()
        self._handed_on = _cost(message)
        return message

    def let_go(self) -> None:
        """The request has ended."""
        self._messages.clear()
        self._count(-self.cost)

    def _count(self, cost: int) -> None:
        self.cost += cost
        self._bodies.count(self.place, cost)


def _cost(message: Message) -> int:
    return len(message.get("body", b"")) + _OF_PIECE


def _begins(held: _Held, start: bytes) -> bool:
    return start.startswith(b"".join(held.pieces())[: len(start)])


def _announced(request: Request) -> int:
    # what is no number was refused by the server
    lengths = (value for name, value in request.scope["headers"] if name == b"content-length")
    return int(next(lengths, b"0"))


def replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` of this body, and then of what comes after the request's own, which was read."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received
