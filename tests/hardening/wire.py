"""HTTP/1.1 on the wire, read by tests: requests with no mercy, answers as any browser reads them.

Written from RFC 9112 alone and shares nothing with the gateway, so that the two cannot be wrong alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Field = tuple[bytes, bytes]

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(?P<method>" + _TOKEN + rb") (?P<target>/[!-~]*|\*) HTTP/1\.1")
_FIELD_LINE = re.compile(
    rb"(" + _TOKEN + rb"):[ \t]*((?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*"
)
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n\0]*)?")


class MalformedError(Exception):
    """What came is no HTTP/1.1 in its strictest reading."""


class IncompleteError(Exception):
    """What came is right so far, but is not all."""


@dataclass(frozen=True)
class Message:
    """A request or an answer. ``start`` is its first line, names of fields are in lower case."""

    start: bytes
    fields: tuple[Field, ...]
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        """All values of one field, in their order."""
        return [value for known, value in self.fields if known == name]

    @property
    def status(self) -> int:
        """That of an answer."""
        return int(self.start.split()[1])


def read_request(data: bytes) -> tuple[Message, bytes]:
    """The first request in ``data``, and what follows it.

    Raises:
        MalformedError: a server that reads otherwise than another could find something else in it.
        IncompleteError: its end has not come.
    """
    start, fields, rest = _head(data)
    if not _REQUEST_LINE.fullmatch(start):
        raise MalformedError(f"request line {start!r}")
    hosts = [value for name, value in fields if name == b"host"]
    if len(hosts) != 1:
        raise MalformedError(f"hosts {hosts!r}")
    body, rest = _body(fields, rest)
    return Message(start, fields, body or b""), rest


def read_answer(data: bytes, *, to_head: bool, ended: bool) -> tuple[Message, bytes]:
    """The first answer in ``data``, and what follows it. ``ended``: nothing more will come.

    Raises:
        MalformedError: it is none.
        IncompleteError: its end has not come.
    """
    start, fields, rest = _head(data)
    matched = _STATUS_LINE.fullmatch(start)
    if not matched:
        raise MalformedError(f"status line {start!r}")
    if to_head or matched[1][:1] == b"1" or matched[1] in (b"204", b"304"):
        return Message(start, fields, b""), rest
    body, rest = _body(fields, rest)
    if body is None:
        if not ended:
            raise IncompleteError
        body, rest = rest, b""
    return Message(start, fields, body), rest


def read_answers(data: bytes, *, to_head: bool = False, ended: bool = False) -> tuple[list[Message], bytes]:
    """All final answers in ``data`` that are complete, and what is left over. Raises :class:`MalformedError`."""
    found: list[Message] = []
    while data:
        try:
            answer, data = read_answer(data, to_head=to_head, ended=ended)
        except IncompleteError:
            break
        if answer.status >= 200:
            found.append(answer)
    return found, data


def _head(data: bytes) -> tuple[bytes, tuple[Field, ...], bytes]:
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        raise IncompleteError
    start, *lines = head.split(b"\r\n")
    fields = []
    for line in lines:
        matched = _FIELD_LINE.fullmatch(line)
        if not matched:
            raise MalformedError(f"field line {line!r}")
        fields.append((matched[1].lower(), matched[2]))
    return start, tuple(fields), rest


def _body(fields: tuple[Field, ...], rest: bytes) -> tuple[bytes | None, bytes]:
    """The body and what follows it; None where nothing tells its length."""
    framing = [(name, value) for name, value in fields if name in (b"content-length", b"transfer-encoding")]
    if not framing:
        return None, rest
    if len(framing) > 1:
        raise MalformedError(f"framing {framing!r}")
    (name, value), *_ = framing
    if name == b"transfer-encoding":
        if value != b"chunked":
            raise MalformedError(f"framing {framing!r}")
        return _chunks(rest)
    if not value.isdigit():
        raise MalformedError(f"framing {framing!r}")
    length = int(value)
    if len(rest) < length:
        raise IncompleteError
    return rest[:length], rest[length:]


def _chunks(rest: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        matched = _CHUNK_LINE.match(rest)
        if matched is None:
            if b"\n" in rest or len(rest) > 10:
                raise MalformedError(f"chunk {rest[:40]!r}")
            raise IncompleteError
        size, begin = int(matched[1], 16), matched.end()
        if len(rest) < begin + size + 2:
            raise IncompleteError
        if rest[begin + size : begin + size + 2] != b"\r\n":
            raise MalformedError(f"end of chunk {rest[begin + size :][:40]!r}")
        body, rest = body + rest[begin : begin + size], rest[begin + size + 2 :]
        if not size:
            return body, rest
