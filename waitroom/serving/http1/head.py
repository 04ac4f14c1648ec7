"""The head of a request: what is let in, and what it means. Pure functions.

The grammar is that of RFC 9112 sections 3 and 5 and of RFC 9110 section 5.6.2, without what is obsolete: no line
folding, no bare CR or LF, no space before a colon, no control character. A head that any server could read in
another way than we do is refused, not mended. Only what fits the grammar is given to the parser, llhttp.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final, NamedTuple

import httptools

from waitroom.serving.http1.limits import Limits

Header = tuple[bytes, bytes]

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_LINE: Final = rb"[A-Z][A-Z-]{0,31} (/[!-\"$-~]*+|\*) HTTP/1\.([01])\r\n"
_HEAD: Final = re.compile(_LINE + rb"(?:" + _TOKEN + rb":[\t -~\x80-\xff]*+\r\n)*+\r\n")
_FIRST_LINE: Final = re.compile(_LINE)
_NAME: Final = rb"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]"
_PORT: Final = rb"[0-9]{0,4}|[1-5][0-9]{4}|6(?:[0-4][0-9]{3}|5(?:[0-4][0-9]{2}|5(?:[0-2][0-9]|3[0-5])))"
_HOST: Final = re.compile(rb"(?:" + _NAME + rb")(?::(?:" + _PORT + rb"))?")
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_OTHER_VERSION: Final = re.compile(rb"[A-Z]+ \S+ HTTP/[0-9.]+\r\n")

_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding", b"upgrade", b"expect"})


class RefusedError(Exception):
    """The request is not served: the connection ends after an answer with ``status``."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.detail = detail


class Head(NamedTuple):
    """A request's head. Field names are in lower case."""

    method: str
    target: bytes
    version: str
    headers: list[Header]
    length: int = 0
    """Of the body in bytes; -1 for one that comes in chunks."""
    keep_alive: bool = True
    """The visitor would send another request on this connection."""
    expects_continue: bool = False
    is_websocket: bool = False
    """The opening handshake of a WebSocket (RFC 6455 section 4.1), as far as the server has to know."""


class _Fields:
    """The parser's callback: takes down each field, its name in lower case."""

    __slots__ = ("_headers",)

    def __init__(self, headers: list[Header]) -> None:
        self._headers = headers

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value.rstrip(b" \t")))


def parse_head(data: bytes, limits: Limits) -> Head:
    """Read a whole head, up to and with the empty line. Raises :class:`RefusedError`."""
    match = _HEAD.fullmatch(data)
    if match is None:
        raise _complaint(data)
    target, minor = match.groups()
    if len(target) > limits.target_bytes:
        raise RefusedError(414, f"The target is longer than {limits.target_bytes} bytes.")
    headers: list[Header] = []
    parser = httptools.HttpRequestParser(_Fields(headers))
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        pass  # what follows the head is not the parser's any more
    except httptools.HttpParserError as error:
        raise RefusedError(400, "The request is not well-formed.") from error
    method = parser.get_method().decode()
    if len(headers) > limits.field_count:
        raise RefusedError(431, f"There are more than {limits.field_count} header fields.")
    if len(data) > limits.field_bytes:
        for name, value in headers:
            if len(name) + len(value) > limits.field_bytes:
                raise RefusedError(
                    431,
                    f"The header field {name[:40].decode()} is longer than {limits.field_bytes} bytes.",
                )
    if (target == b"*" and method != "OPTIONS") or method == "CONNECT":
        raise RefusedError(400, "This method cannot be asked of this target.")
    if b"%" in target and b"%00" in target.partition(b"?")[0]:
        raise RefusedError(400, "The path contains a NUL.")
    found = dict(headers)
    if (
        minor == b"1"
        and len(found) == len(headers)
        and _FRAMING.isdisjoint(found)
        and found.get(b"connection", b"keep-alive") == b"keep-alive"
        and _HOST.fullmatch(found.get(b"host", b""))
    ):
        return Head(method, target, "1.1", headers)
    return _framed(method, target, minor, headers, limits)


def check_unfinished(data: bytes, limits: Limits) -> None:
    """Look at a head of which the end has not come. Raises :class:`RefusedError` when it can never be good."""
    if len(data) > limits.head_bytes:
        raise RefusedError(431, f"The head of the request is longer than {limits.head_bytes} bytes.")
    line_end = data.find(b"\n")
    if line_end >= 0:
        if not _FIRST_LINE.match(data) or data.count(b"\n") != data.count(b"\r\n"):
            raise _complaint(data)
    elif not data[:1].isupper() and data != b"\r":
        raise _complaint(data)
    elif len(data) > limits.target_bytes + 64:
        raise RefusedError(414, f"The target is longer than {limits.target_bytes} bytes.")


def _framed(method: str, target: bytes, minor: bytes, headers: list[Header], limits: Limits) -> Head:
    """A head with more to it than its host."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    hosts = found.get(b"host", [])
    is_old = minor == b"0"
    # load balancers ask for our health by HTTP/1.0 without a Host
    if len(hosts) > 1 or (not hosts and not is_old):
        raise RefusedError(400, "A request must have exactly one Host.")
    if hosts and not _HOST.fullmatch(hosts[0]):
        raise RefusedError(400, "The Host is none.")
    length = _length(found, limits, is_old=is_old)
    options = {
        option.strip().lower() for value in found.get(b"connection", ()) for option in value.split(b",")
    }
    upgrades = b"upgrade" in options and b"upgrade" in found
    if upgrades and length:
        raise RefusedError(400, "A request with a body cannot change the protocol.")
    expects = [value.lower() for value in found.get(b"expect", ())]
    if expects and expects != [b"100-continue"]:
        raise RefusedError(417, "Only 100-continue can be expected.")
    return Head(
        method,
        target,
        f"1.{minor.decode()}",
        headers,
        length,
        keep_alive=not is_old and b"close" not in options,
        expects_continue=bool(expects) and not is_old and length != 0,
        is_websocket=upgrades
        and not is_old
        and method == "GET"
        and [value.lower() for value in found[b"upgrade"]] == [b"websocket"],
    )


def _length(found: dict[bytes, list[bytes]], limits: Limits, *, is_old: bool) -> int:
    """The length of the body: -1 in chunks (RFC 9112 section 6.3, with a refusal wherever it offers a choice)."""
    lengths, codings = found.get(b"content-length", []), found.get(b"transfer-encoding", [])
    if codings:
        if lengths:
            raise RefusedError(400, "A request cannot have both a Content-Length and a Transfer-Encoding.")
        if is_old or len(codings) > 1 or codings[0].lower() != b"chunked":
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
    if _OTHER_VERSION.match(data) and not re.match(rb"[A-Z]+ \S+ HTTP/1\.[01]\r\n", data):
        return RefusedError(505, "Only versions 1.1 and 1.0 of HTTP are spoken here.")
    return RefusedError(400, "The request is not well-formed.")
