"""One request as it is written to the origin, from parsed parts alone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple

from starlette.types import Scope

# RFC 9110 9.2.2: repeating one of these has the effect of sending it once.
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


def target_of(scope: Scope) -> bytes:
    """Path and query as the visitor sent them. ASGI's own keys would lose a ``?`` with nothing behind it."""
    target: bytes | None = scope.get("waitroom.target")
    if target is not None:
        return target
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return b"%b?%b" % (path, query) if query else path


class Framing(Enum):
    """How the end of the request's body is told."""

    NONE = "no body"
    LENGTH = "content-length"
    CHUNKED = "chunked"


class Request(NamedTuple):
    """The head of a request in bytes, and what must be known of it to carry it out."""

    head: bytes
    framing: Framing
    to_head: bool
    idempotent: bool

    @classmethod
    def build(cls, scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> Request:
        """Write the head of the request in ``scope`` with these headers, names in lower case.

        Raises:
            ValueError: a line break or NUL in the method, the target or a header would smuggle something in.
        """
        method: str = scope["method"]
        target = target_of(scope)
        fields = b"\r\n".join(map(b": ".join, headers))
        head = b"%b %b HTTP/1.1\r\n%b\r\n\r\n" % (method.encode("ascii"), target, fields)
        lines = len(headers) + 2
        if head.count(b"\n") != lines or head.count(b"\r") != lines or b"\0" in head or b" " in target:
            raise ValueError("the request's target or headers contain a line break, a space or a NUL")
        # Names cannot hide elsewhere than at the start of a line: line breaks were counted.
        if b"\r\ntransfer-encoding: " in head:
            framing = Framing.CHUNKED
        elif b"\r\ncontent-length: " in head and b"\r\ncontent-length: 0\r\n" not in head:
            framing = Framing.LENGTH
        else:
            framing = Framing.NONE
        return cls(head, framing, method == "HEAD", method in _IDEMPOTENT)
