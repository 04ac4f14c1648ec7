"""Just enough HTTP/1.1 to know when an answer has arrived."""

from __future__ import annotations

import re
from collections.abc import Container

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
OK = (200,)


class UnexpectedAnswerError(Exception):
    """The server did not answer as the measurement needs it: what was measured would be something else."""


def head_end(received: bytes | bytearray) -> int:
    """Where the head of an answer ends and its body begins; 0: not yet."""
    return received.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in received else 0


def content_length(head: bytes | bytearray) -> int | None:
    """What a head tells of the length of its body, in bytes."""
    length = _LENGTH.search(head)
    return None if length is None else int(length[1])


def body_length(head: bytes | bytearray, statuses: Container[int] = OK) -> int:
    """The length of the body that follows, in bytes.

    Raises:
        UnexpectedAnswerError: the status is not one of ``statuses``, or no length is told.
    """
    if int(head[9:12]) not in statuses:
        raise UnexpectedAnswerError(bytes(head[:500]))
    length = content_length(head)
    if length is None:
        raise UnexpectedAnswerError(f"no length in {bytes(head[:500])!r}")
    return length


def whole(received: bytes | bytearray, statuses: Container[int] = OK) -> bool:
    """Whether that is an answer with all of its body. Raises what :func:`body_length` raises."""
    end = head_end(received)
    return bool(end) and len(received) >= end + body_length(received[:end], statuses)
