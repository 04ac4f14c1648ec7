"""One request as it is written to the origin, from parsed parts alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from starlette.types import Scope

from waitroom.errors import BadRequestError
from waitroom.proxy.fields import Header, remembered

_LINE: Final = re.compile(rb"[^ \r\n\0]++ [^ \r\n\0]*+")
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


@dataclass(slots=True)
class Request:
    """The head of a request in bytes, and what must be known of it to carry it out."""

    head: bytes
    framing: Framing
    to_head: bool
    idempotent: bool

    @classmethod
    def build(cls, scope: Scope, headers: Sequence[Header]) -> Request:
        """Write the head of the request in ``scope`` with these headers, names in lower case.

        Raises:
            BadRequestError: a line break or NUL in the method, the target or a header would smuggle something in.
        """
        method: str = scope["method"]
        line = b"%b %b" % (method.encode("ascii"), target_of(scope))
        if not _LINE.fullmatch(line):
            raise BadRequestError("the request's method or target contains a line break, a space or a NUL")
        block, framing = remembered(headers, _written)
        head = b"%b HTTP/1.1\r\n%b\r\n" % (line, block)
        return cls(head, framing, method == "HEAD", method in _IDEMPOTENT)


def _written(headers: Sequence[Header]) -> tuple[bytes, Framing]:
    block = b"".join([b"%b: %b\r\n" % header for header in headers])
    lines = len(headers)
    if block.count(b"\n") != lines or block.count(b"\r") != lines or b"\0" in block:
        raise BadRequestError("the request's headers contain a line break or a NUL")
    framing = Framing.NONE
    for name, value in headers:
        if name == b"transfer-encoding":
            return block, Framing.CHUNKED
        if name == b"content-length" and value != b"0":
            framing = Framing.LENGTH
    return block, framing
