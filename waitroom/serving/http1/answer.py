"""The head of an answer in bytes, and how its body is framed. Pure functions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from waitroom.proxy.fields import Header, remembered

_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
STATUS_LINES: Final = {
    status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n".encode() for status in range(100, 600)
}


class Framing(Enum):
    """How the visitor knows where the body ends."""

    NONE = auto()
    """There is no body, whatever the head says of one."""
    LENGTH = auto()
    CHUNKED = auto()
    UNTIL_CLOSE = auto()
    """HTTP/1.0 knows no chunks."""
    TUNNEL = auto()
    """The protocol has changed: bytes pass as they are."""


@dataclass(slots=True)
class AnswerHead:
    """What is written first."""

    data: bytes
    framing: Framing
    length: int
    keep_alive: bool


def answer_head(
    status: int, headers: Sequence[Header], *, to_head: bool, version: str, keep_alive: bool
) -> AnswerHead:
    """Write the head of an answer to a request of that HTTP ``version``; ``to_head`` says that it was a HEAD.

    Raises:
        ValueError: a field holds a line break or NUL, frames the body by itself, or has an odd length.
    """
    block = remembered(headers, _block)
    data = STATUS_LINES[status] + block.data
    if status == 101:
        return AnswerHead(data + b"\r\n", Framing.TUNNEL, 0, keep_alive=False)
    if block.codes:
        raise ValueError("the server frames answers itself")
    keep_alive = keep_alive and not block.closes
    length = 0
    if to_head or status in (204, 304):
        framing = Framing.NONE
    elif block.length is not None:
        framing = Framing.LENGTH
        length = block.length
        if length < 0:
            raise ValueError("an answer has no valid length, or more than one")
    elif version == "1.1":
        framing = Framing.CHUNKED
        data += b"transfer-encoding: chunked\r\n"
    else:
        framing, keep_alive = Framing.UNTIL_CLOSE, False
    if not block.dated:
        # RFC 9110 6.6.1: who has a clock adds it
        data += _date(int(time.time()))
    if not (keep_alive or block.closes):
        data += b"connection: close\r\n"
    return AnswerHead(data + b"\r\n", framing, length, keep_alive)


_MOST_DIGITS: Final = 18
"""Of a length: those of an exbibyte are fewer."""


@dataclass(slots=True)
class _Block:
    """The fields of an answer as they are written, and what they say to the server."""

    data: bytes
    length: int | None
    """-1 for one that is none."""
    closes: bool
    codes: bool
    dated: bool


def _block(headers: Sequence[Header]) -> _Block:
    data = b"".join([b"%b: %b\r\n" % header for header in headers])
    lines = len(headers)
    if data.count(b"\n") != lines or data.count(b"\r") != lines or b"\0" in data:
        raise ValueError("an answer's header contains a line break or a NUL")
    found = dict(headers)
    length, digits = None, found.get(b"content-length")
    if digits is not None:
        twice = len(found) < lines and sum(name == b"content-length" for name, _ in headers) > 1
        length = int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS and not twice else -1
    closes = found.get(b"connection") == b"close"
    return _Block(data, length, closes, b"transfer-encoding" in found, b"date" in found)


@lru_cache(1)
def _date(now: int) -> bytes:
    return f"date: {formatdate(now, usegmt=True)}\r\n".encode()
