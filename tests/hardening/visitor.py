"""A visitor on a raw socket: sends exact bytes, keeps all that comes back."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from tests.hardening.wire import MalformedError, Message, read_answers

PATIENCE_SECONDS = 4.0
"""For an answer, and for the connection to end where it must."""
GRACE_SECONDS = 0.2
"""After the last answer that is due: for whatever comes that is not."""

BETWEEN_SECONDS = 0.001
"""Between two pieces of a request."""


@dataclass
class Told:
    """What a visitor was told."""

    data: bytes = b""
    answers: tuple[Message, ...] = ()
    """The final ones that are complete."""
    rest: bytes = b""
    """What came besides: an answer that breaks off, or no answer at all."""
    malformed: str = ""
    closed: bool = False
    """The gateway ended the connection."""


async def visit(port: int, raw: bytes, *, due: int, closes: bool, then: bytes = b"", pieces: int = 1) -> Told:
    """Send ``raw`` in so many pieces, and ``then`` once something came back.

    Returns when the connection ends, or when ``due`` answers are there and nothing follows; where it ``closes``,
    it is given more time for that.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sending = asyncio.create_task(_send(writer, raw, pieces))
    told = Told()
    to_head = raw.startswith(b"HEAD ")
    try:
        while True:
            enough = len(told.answers) >= due and not (closes or says_close(told.answers[-1]))
            async with asyncio.timeout(GRACE_SECONDS if enough else PATIENCE_SECONDS):
                piece = await reader.read(65_536)
            told.closed = not piece
            told.data += piece
            told.malformed, (answers, told.rest) = _answers(told, to_head=to_head)
            told.answers = tuple(answers)
            if told.closed:
                break
            if then:
                await _send(writer, then, 1)
                then = b""
    except TimeoutError:
        pass
    except ConnectionError:
        told.closed = True
    finally:
        sending.cancel()
        writer.transport.abort()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    return told


def says_close(answer: Message) -> bool:
    """Whether the gateway announces that it ends the connection."""
    options = b",".join(answer.values(b"connection")).lower().split(b",")
    return b"close" in [option.strip() for option in options]


def _answers(told: Told, *, to_head: bool) -> tuple[str, tuple[list[Message], bytes]]:
    try:
        return "", read_answers(told.data, to_head=to_head, ended=told.closed)
    except MalformedError as error:
        return str(error), ([], told.data)


async def _send(writer: asyncio.StreamWriter, raw: bytes, pieces: int) -> None:
    size = -(-len(raw) // pieces) or 1
    with contextlib.suppress(ConnectionError):
        for begin in range(0, len(raw), size):
            writer.write(raw[begin : begin + size])
            await writer.drain()
            if pieces > 1:
                # so that they arrive one by one
                await asyncio.sleep(BETWEEN_SECONDS)
