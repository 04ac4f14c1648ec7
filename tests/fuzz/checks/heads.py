"""The head of a request: what is let in reads alike everywhere."""

from __future__ import annotations

from typing import Final

import h11

from tests.hardening.wire import IncompleteError, read_request
from waitroom.serving.http1.head import Head, RefusedError, check_unfinished, parse_head
from waitroom.serving.http1.limits import Limits

LARGE: Final = Limits()
TIGHT: Final = Limits(head_bytes=160, field_count=4, field_bytes=24, target_bytes=20, body_bytes=99)
_MOST_PREFIXES: Final = 600


def check_head(data: bytes) -> None:
    """Whatever the bytes are: refused, or read as two other readers read them; however they are cut."""
    check_prefix(data, LARGE)
    tight, head = accepted(data, TIGHT), accepted(data, LARGE)
    if head is None:
        assert tight is None
        return
    if len(data) > LARGE.head_bytes:
        return  # the connection hands on no more than that
    assert tight in (None, head)
    check_reading(head, data)
    check_reading(head, written(head))
    for limits in (LARGE, TIGHT) if tight is not None and len(data) <= TIGHT.head_bytes else (LARGE,):
        step = 1 + len(data) // _MOST_PREFIXES
        for end in range(1, len(data), step):
            check_unfinished(data[:end], limits)


def accepted(data: bytes, limits: Limits) -> Head | None:
    """The head in ``data``, which is all of it; None where it is refused."""
    try:
        return parse_head(data, limits)
    except RefusedError as refusal:
        refusal.detail.encode()
        return None


def check_prefix(data: bytes, limits: Limits) -> None:
    """What has come so far is waited on, or refused; and nothing that is to be refused is waited on for ever."""
    try:
        check_unfinished(data, limits)
    except RefusedError:
        return
    assert len(data) <= limits.head_bytes


def written(head: Head) -> bytes:
    """The head again, from what was read of it."""
    lines = [f"{head.method} ".encode() + head.target + f" HTTP/{head.version}".encode()]
    lines += [name + b": " + value for name, value in head.block.headers]
    return b"\r\n".join([*lines, b"", b""])


def check_reading(head: Head, data: bytes) -> None:
    """h11 and the strict reader of the hardening tests find the same in ``data`` as was found by us."""
    reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
    reader.receive_data(data)
    request = reader.next_event()
    assert isinstance(request, h11.Request)
    assert (head.method.encode(), head.target) == (request.method, request.target)
    assert head.version.encode() == request.http_version
    fields = [_plain(name, value) for name, value in head.block.headers]
    assert fields == list(request.headers)
    body = _body(head.block.length)
    reader.receive_data(body)
    check_framing(head, reader)
    if head.version == "1.1" and fields == head.block.headers:
        try:
            message, rest = read_request(data + body)
        except IncompleteError:
            assert head.block.length > len(body)
        else:
            assert tuple(head.block.headers) == message.fields
            assert (b"x" * min(abs(head.block.length), len(body)), b"") == (message.body, rest)


def _plain(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Names of codings have no case: h11 has them in lower case, and the strict reader knows no other."""
    return name, value.lower() if name == b"transfer-encoding" else value


def check_framing(head: Head, reader: h11.Connection) -> None:
    """h11 sees the body end where we do."""
    got, event = b"", reader.next_event()
    while isinstance(event, h11.Data):
        got += bytes(event.data)
        event = reader.next_event()
    if head.block.length > _MOST_BODY:
        assert event is h11.NEED_DATA
        return
    assert isinstance(event, h11.EndOfMessage)
    assert got == b"x" * abs(head.block.length)


_MOST_BODY: Final = 4096


def _body(length: int) -> bytes:
    if length < 0:
        return b"1\r\nx\r\n0\r\n\r\n"
    return b"x" * min(length, _MOST_BODY)
