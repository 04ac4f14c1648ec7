"""The head of a request: what is let in, and what it means. Pure functions.

The grammar is that of RFC 9112 sections 3 and 5 and of RFC 9110 section 5.6.2, without what is obsolete: no line
folding, no bare CR or LF, no space before a colon, no control character. A head that any server could read in
another way than we do is refused, not mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final, NamedTuple

from waitroom.proxy.fields import Fields
from waitroom.serving.http1.limits import Limits

REMEMBERED_BLOCKS: Final = 1024
"""Blocks of header fields whose meaning is remembered by a worker, and the longest of them in bytes."""
REMEMBERED_BYTES: Final = 4096

_METHODS: Final = frozenset(
    b"GET HEAD POST PUT DELETE OPTIONS TRACE PATCH QUERY ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY LABEL LINK "
    b"LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE ORDERPATCH PROPFIND PROPPATCH PURGE "
    b"REBIND REPORT SEARCH UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL".split()
)
"""Those that IANA has registered, without CONNECT, and PURGE, which caches use."""

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_LINE: Final = re.compile(rb"([A-Z][A-Z-]{0,31}) (/[!-\"$-~]*+|\*) HTTP/1\.([01])\r\n")
_BLOCK: Final = re.compile(rb"(?:" + _TOKEN + rb":[\t -~\x80-\xff]*+\r\n)*+\r\n")
_FIELD: Final = re.compile(rb"([^:\r\n]++):[ \t]*+([^\r]*+)\r\n")
_NAME: Final = rb"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]"
_PORT: Final = rb"[0-9]{0,4}|[1-5][0-9]{4}|6(?:[0-4][0-9]{3}|5(?:[0-4][0-9]{2}|5(?:[0-2][0-9]|3[0-5])))"
_HOST: Final = re.compile(rb"(?:" + _NAME + rb")(?::(?:" + _PORT + rb"))?")
_MOST_HOST_BYTES: Final = 262  # a name has 253, a port six
_LENGTH: Final = re.compile(rb"0|[1-9][0-9]{0,17}")
_OTHER_VERSION: Final = re.compile(rb"[A-Z]+ \S+ HTTP/(?!1\.[01]\r)[0-9.]+\r\n")


class RefusedError(Exception):
    """The request is not served: the connection ends after an answer with ``status``."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.detail = detail


class Block(NamedTuple):
    """The header fields of a request, and what they say of its framing."""

    headers: Fields
    host: bytes | None
    length: int = 0
    """Of the body in bytes; -1 for one that comes in chunks."""
    close: bool = False
    """The visitor wants no other request on this connection."""
    expects_continue: bool = False
    upgrade: bytes = b""
    """The protocol that the visitor would like to change to."""


@dataclass(slots=True)
class Head:
    """A request's head."""

    method: str
    target: bytes
    version: str
    block: Block

    @property
    def keep_alive(self) -> bool:
        """The visitor would send another request on this connection."""
        return self.version == "1.1" and not self.block.close

    @property
    def is_websocket(self) -> bool:
        """The opening handshake of a WebSocket (RFC 6455 section 4.1), as far as the server has to know."""
        return self.block.upgrade == b"websocket" and self.method == "GET" and self.version == "1.1"


def parse_head(data: bytes, limits: Limits) -> Head:
    """Read a whole head, up to and with the empty line. Raises :class:`RefusedError`."""
    line = _LINE.match(data)
    if line is None:
        raise _complaint(data)
    method, target, minor = line.groups()
    if method not in _METHODS:
        raise RefusedError(501, "This method is not served.")
    if len(target) > limits.target_bytes:
        raise RefusedError(414, f"The target is longer than {limits.target_bytes} bytes.")
    if target == b"*" and method != b"OPTIONS":
        raise RefusedError(400, "Only OPTIONS can be asked of *.")
    if b"%00" in target and b"%00" in target.partition(b"?")[0]:
        raise RefusedError(400, "The path contains a NUL.")
    rest = data[line.end() :]
    block = _remembered_block(rest, limits) if len(rest) <= REMEMBERED_BYTES else _block(rest, limits)
    if minor == b"1":
        if block.host is None:
            raise RefusedError(400, "A request must have exactly one Host.")
        return Head(method.decode(), target, "1.1", block)
    if block.length < 0:
        raise RefusedError(400, "HTTP/1.0 knows no transfer coding.")
    return Head(method.decode(), target, "1.0", block)


def check_unfinished(data: bytes, limits: Limits) -> None:
    """Look at a head of which the end has not come. Raises :class:`RefusedError` when it can never be good."""
    if len(data) > limits.head_bytes:
        raise RefusedError(431, f"The head of the request is longer than {limits.head_bytes} bytes.")
    line_end = data.find(b"\n")
    if line_end >= 0:
        if not _LINE.match(data) or data.count(b"\n") != data.count(b"\r\n"):
            raise _complaint(data)
    elif not data[:1].isupper() and data != b"\r":
        raise _complaint(data)
    elif len(data) > limits.target_bytes + 64:
        raise RefusedError(414, f"The target is longer than {limits.target_bytes} bytes.")


def _block(data: bytes, limits: Limits) -> Block:
    """Read the fields, up to and with the empty line."""
    if not _BLOCK.fullmatch(data):
        raise _complaint(b"")
    headers = [(name.lower(), value.rstrip(b" \t")) for name, value in _FIELD.findall(data)]
    if len(headers) > limits.field_count:
        raise RefusedError(431, f"There are more than {limits.field_count} header fields.")
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if len(name) + len(value) > limits.field_bytes:
            raise RefusedError(
                431, f"The header field {name[:40].decode()} is longer than {limits.field_bytes} bytes."
            )
        found.setdefault(name, []).append(value)
    hosts = found.get(b"host", [])
    if len(hosts) > 1:
        raise RefusedError(400, "A request must have exactly one Host.")
    if hosts and (len(hosts[0]) > _MOST_HOST_BYTES or not _HOST.fullmatch(hosts[0])):
        raise RefusedError(400, "The Host is none.")
    length = _length(found, limits)
    options = {
        option.strip().lower() for value in found.get(b"connection", ()) for option in value.split(b",")
    }
    upgrade = b",".join(found.get(b"upgrade", ())).lower() if b"upgrade" in options else b""
    if upgrade and length:
        raise RefusedError(400, "A request with a body cannot change the protocol.")
    expects = [value.lower() for value in found.get(b"expect", ())]
    if expects and expects != [b"100-continue"]:
        raise RefusedError(417, "Only 100-continue can be expected.")
    return Block(
        Fields(headers),
        hosts[0] if hosts else None,
        length,
        close=b"close" in options,
        expects_continue=bool(expects) and length != 0,
        upgrade=upgrade,
    )


_remembered_block = lru_cache(REMEMBERED_BLOCKS)(_block)


def _length(found: dict[bytes, list[bytes]], limits: Limits) -> int:
    """The length of the body: -1 in chunks (RFC 9112 section 6.3, with a refusal wherever it offers a choice)."""
    lengths, codings = found.get(b"content-length", []), found.get(b"transfer-encoding", [])
    if codings:
        if lengths:
            raise RefusedError(400, "A request cannot have both a Content-Length and a Transfer-Encoding.")
        if len(codings) > 1 or codings[0].lower() != b"chunked":
            raise RefusedError(400, "The only transfer coding of requests is chunked.")
        return -1
    if not lengths:
        return 0
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
        raise RefusedError(400, "The Content-Length is no length.")
    length = int(lengths[0])
    if 0 < limits.body_bytes < length:
        raise RefusedError(413, f"The body is longer than {limits.body_bytes} bytes.")
    return length


def _complaint(data: bytes) -> RefusedError:
    if _OTHER_VERSION.match(data):
        return RefusedError(505, "Only versions 1.1 and 1.0 of HTTP are spoken here.")
    return RefusedError(400, "The request is not well-formed.")
