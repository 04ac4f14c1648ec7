"""The response path: one outcome, however an answer is cut; no byte more than it is framed for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

import h11

from tests.fuzz.checks.chunks import pieces
from waitroom.proxy.answer import HIGH_WATER, Answer
from waitroom.proxy.fields import Header
from waitroom.serving.http1.answer import Framing, answer_head

_BODILESS: Final = (204, 304)
_HARMLESS: Final = re.compile(
    rb"HTTP/1\.[01] [0-9]{3} [^\r\n]*?[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]|\r\n\r\n[\r\n]+HTTP/"
)
"""Controls in a reason, which the gateway does not pass on; an empty line after a 1xx. h11 refuses both."""
_MOST_DIGITS: Final = 20
"""Of a length, that h11 reads."""


class _Transport:
    """Takes note of whether it is read from."""

    def __init__(self) -> None:
        self.paused = False

    def pause_reading(self) -> None:
        assert not self.paused
        self.paused = True

    def resume_reading(self) -> None:
        assert self.paused
        self.paused = False


class Outcome(NamedTuple):
    """What became of an answer. Of one that failed, how far it had come depends on how it was cut."""

    failed: bool
    status: int = 0
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    trailers: tuple[Header, ...] = ()
    hints: tuple[bytes, ...] = ()
    complete: bool = False
    keep_alive: bool = False
    reusable: bool = False
    """Another request could be sent on the connection."""


def check_answer(data: bytes, cuts: Iterable[int], *, to_head: bool) -> None:
    """Whole, bytewise and cut at ``cuts``, what the visitor gets is the same, and what h11 reads; and once more from
    memory, where its head is known by then."""
    for ended in (False, True):
        outcome = read(pieces(data, ()), to_head=to_head, ended=ended)
        for _ in range(2):
            assert read(pieces(data, ()), to_head=to_head, ended=ended) == outcome, (
                "it depends on what came before"
            )
        bytewise = [data[at : at + 1] for at in range(len(data))]
        for parts in (bytewise, pieces(data, cuts)):
            other = read(parts, to_head=to_head, ended=ended)
            if to_head and not _ends_with_head(data):
                # what follows a header is not told from its end in each case: that costs the connection at most
                other = other._replace(reusable=outcome.reusable)
            assert other == outcome, f"{_differing(outcome, other)} depends on where the answer is cut"
        if outcome.failed or not outcome.status or _HARMLESS.search(data):
            continue
        if to_head or outcome.status in _BODILESS:
            assert outcome.complete
            assert outcome.body == b""
        _check_against_h11(outcome, data, to_head=to_head, ended=ended)


def read(parts: Iterable[bytes], *, to_head: bool, ended: bool) -> Outcome:
    """Feed an answer, and take its body as it comes."""
    transport = _Transport()
    answer = Answer(cast("asyncio.Transport", transport), to_head=to_head)
    body = b""
    for part in parts:
        done = answer.complete
        answer.feed(part)
        assert transport.paused == answer.paused == (HIGH_WATER <= answer.buffered)
        more = answer.take()
        assert not (done and more)
        body += more
    if ended:
        answer.ended(None)
        assert answer.complete or answer.failure is not None
    if answer.failure is not None:
        return Outcome(failed=True)  # what had come before depends on the cut
    assert answer.started or not (body or answer.complete)
    if not answer.started:
        return Outcome(failed=False)
    reusable = answer.complete and answer.keep_alive and not answer.stray
    return Outcome(
        failed=False,
        status=answer.status,
        headers=tuple(answer.headers),
        body=body,
        trailers=tuple(answer.trailers),
        hints=answer.hints,
        complete=answer.complete,
        keep_alive=answer.keep_alive,
        reusable=reusable,
    )


def _ends_with_head(data: bytes) -> bool:
    return data.find(b"\r\n\r\n") == len(data) - 4


def _differing(one: Outcome, other: Outcome) -> str:
    return ", ".join(name for name in one._fields if getattr(one, name) != getattr(other, name))


def _check_against_h11(outcome: Outcome, data: bytes, *, to_head: bool, ended: bool) -> None:
    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
    reader.send(h11.Request(method="HEAD" if to_head else "GET", target="/", headers=[("host", "a")]))
    reader.send(h11.EndOfMessage())
    reader.receive_data(data)
    if ended:
        reader.receive_data(b"")
    body, complete = b"", False
    event = reader.next_event()
    while isinstance(event, h11.InformationalResponse):
        event = reader.next_event()
    assert isinstance(event, h11.Response)
    assert (outcome.status, _plain(outcome.headers)) == (event.status_code, _plain(list(event.headers)))
    event = reader.next_event()
    while isinstance(event, h11.Data):
        body += bytes(event.data)
        event = reader.next_event()
    complete = isinstance(event, h11.EndOfMessage)
    assert (body, complete) == (outcome.body, outcome.complete)
    if complete and reader.trailing_data[0].strip(b"\r\n"):
        assert not outcome.reusable


def _plain(headers: Sequence[Header]) -> list[Header]:
    """h11 writes a coding in lower case, and repeated lengths as one."""
    return [
        (name, value.lower() if name == b"transfer-encoding" else value.strip(b" \t"))
        for name, value in headers
    ]


def check_answer_head(
    status: int, headers: Sequence[Header], *, to_head: bool, version: str, keep_alive: bool
) -> None:
    """What is written for the visitor reads as what was given, with one framing; or it is not written.

    Args:
        headers: names are tokens in lower case, none is hop-by-hop; values are anything.
    """
    try:
        head = answer_head(status, headers, to_head=to_head, version=version, keep_alive=keep_alive)
    except ValueError:
        return
    if any(name == b"content-length" and len(value) > _MOST_DIGITS for name, value in headers):
        return
    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
    reader.send(h11.Request(method="HEAD" if to_head else "GET", target="/", headers=[("host", "a")]))
    reader.send(h11.EndOfMessage())
    reader.receive_data(head.data)
    event = reader.next_event()
    assert isinstance(event, h11.Response)
    assert event.status_code == status
    given = [(name, value.strip(b" \t")) for name, value in headers]
    written = list(event.headers)
    assert given == written[: len(given)]
    assert {name for name, _ in written[len(given) :]} <= {b"transfer-encoding", b"connection", b"date"}
    event = reader.next_event()
    if head.framing is Framing.NONE or (head.framing is Framing.LENGTH and head.length == 0):
        assert isinstance(event, h11.EndOfMessage)
    else:
        assert event is h11.NEED_DATA
        _check_end(head.framing, head.length, reader)
    assert head.keep_alive == keep_alive or not head.keep_alive
    assert head.keep_alive or (b"connection", b"close") in written


def _check_end(framing: Framing, length: int, reader: h11.Connection) -> None:
    if framing is Framing.LENGTH:
        assert length > 0
        if length > HIGH_WATER:
            return
        reader.receive_data(b"x" * length)
    elif framing is Framing.CHUNKED:
        reader.receive_data(b"1\r\nx\r\n0\r\n\r\n")
    else:
        reader.receive_data(b"x")
        reader.receive_data(b"")
    events = [type(reader.next_event()), type(reader.next_event())]
    assert events == [h11.Data, h11.EndOfMessage]
