"""A body in chunks: one outcome, however it is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

import h11

from waitroom.serving.http1.chunked import MAX_ASIDE_BYTES, MAX_LINE_BYTES, ChunkedDecoder
from waitroom.serving.http1.head import RefusedError

_TEXT: Final = rb"[\t\x20-\x7e\x80-\xff]"
_SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;" + _TEXT + rb"*)?\r\n")
_TRAILER_LINE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:" + _TEXT + rb"*\r\n")


class Outcome(NamedTuple):
    """What became of the bytes. Of those that are refused, the body before does not count."""

    refused: bool
    body: bytes = b""
    complete: bool = False
    rest: bytes = b""


def check_chunks(data: bytes, cuts: Iterable[int]) -> None:
    """Whole, bytewise and cut at ``cuts``, the outcome is the same, and that of two other decoders."""
    outcome = decoded([data])
    assert outcome == decoded([data[at : at + 1] for at in range(len(data))])
    assert outcome == decoded(pieces(data, cuts))
    assert (outcome.complete and (outcome.body, outcome.rest)) == _by_grammar(data)
    if not outcome.refused:
        by_h11 = _by_h11(data)
        if by_h11 is not None and outcome.complete:
            assert (outcome.body, outcome.rest) == by_h11


def pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The bytes, cut at these places."""
    places = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    return [data[start:end] for start, end in pairwise(places) if start < end]


def decoded(parts: Iterable[bytes]) -> Outcome:
    """Feed a decoder, as long as it wants any; what it holds back is never more than a line."""
    decoder, body, rest = ChunkedDecoder(), b"", b""
    for part in parts:
        if decoder.complete:
            rest += part
            continue
        try:
            body += b"".join(decoder.feed(part))
        except RefusedError:
            return Outcome(refused=True)
        held = sum(len(state) for state in _state(decoder) if isinstance(state, bytes))
        assert decoder.complete or held < MAX_LINE_BYTES
    return Outcome(refused=False, body=body, complete=decoder.complete, rest=decoder.rest + rest)


def _state(decoder: ChunkedDecoder) -> list[object]:
    return [getattr(decoder, name) for name in decoder.__slots__]


def _by_grammar(data: bytes) -> tuple[bytes, bytes] | bool:
    """Body and rest by RFC 9112 section 7.1 in its strictest reading; False where there is no end to it."""
    body, aside = b"", 0
    while match := _SIZE_LINE.match(data):
        size, data = int(match[1], 16), data[match.end() :]
        aside += match.end() - 2
        if match.end() > MAX_LINE_BYTES or aside > MAX_ASIDE_BYTES:
            return False
        if size == 0:
            while match := _TRAILER_LINE.match(data):
                aside += match.end() - 2
                if match.end() > MAX_LINE_BYTES or aside > MAX_ASIDE_BYTES:
                    return False
                data = data[match.end() :]
            return (body, data[2:]) if data.startswith(b"\r\n") else False
        chunk, end, data = data[:size], data[size : size + 2], data[size + 2 :]
        if len(chunk) < size or end != b"\r\n":
            return False
        aside = max(0, aside - size)
        body += chunk
    return False


def _by_h11(data: bytes) -> tuple[bytes, bytes] | None:
    """Body and rest as h11 has them; None where it refuses, or has not seen the end."""
    reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
    reader.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    body = b""
    try:
        reader.next_event()
        while True:
            event = reader.next_event()
            if isinstance(event, h11.EndOfMessage):
                return body, reader.trailing_data[0]
            if not isinstance(event, h11.Data):
                return None
            body += bytes(event.data)
    except h11.RemoteProtocolError:
        return None
