"""A visitor who waits for a slot: do they leave meanwhile?"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from starlette.types import Message, Receive, Scope


class Ahead:
    """Listens to a visitor before the request is passed on, and gives what was heard when it is.

    Of a body no more is taken than one piece: what does not come is not missed for so short a time.
    """

    def __init__(self, receive: Receive) -> None:
        self.gone = False
        """The visitor has left."""
        self._receive = receive
        self._heard: deque[Message] = deque()

    async def listen(self, told: Callable[[], None]) -> None:
        """Calls ``told`` when the visitor leaves."""
        more = False
        while not more:
            message = await self._receive()
            self._heard.append(message)
            if message["type"] == "http.disconnect":
                self.gone = True
                told()
                return
            more = message.get("more_body", False)

    async def receive(self) -> Message:
        """What was heard, then what the visitor sends."""
        if self._heard:
            return self._heard.popleft()
        return await self._receive()


def may_listen(scope: Scope) -> bool:
    """Whether to listen does nothing but that: who expects to be told to go on would be told so by it."""
    return all(name != b"expect" for name, _ in scope["headers"])
