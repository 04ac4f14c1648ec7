"""The checks as functions of bytes, for a fuzzer that knows nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from random import Random
from typing import Final

from tests.fuzz.checks.answers import check_answer, check_answer_head
from tests.fuzz.checks.chunks import check_chunks
from tests.fuzz.checks.fields import CLIENTS, check_raw, check_to_origin
from tests.fuzz.checks.heads import LARGE, accepted, check_head
from tests.fuzz.checks.paths import check_path
from tests.fuzz.checks.visitors import check_visitor
from tests.fuzz.words import MARK, WORDS, spelled
from tests.hardening.answers.all_cases import CASES as ANSWERS
from tests.hardening.corpus.all_cases import CASES as REQUESTS
from waitroom.proxy.fields import Header
from waitroom.proxy.headers import HOP_BY_HOP

Target = Callable[[bytes], None]

MOST_BYTES: Final = 2048
"""Of an input: what is longer only takes longer."""
_BETWEEN: Final = b"\xfe"
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE: Final = re.compile(rb"[\t -~\x80-\xff\r\n\0]*")
_OF_ONE_HOP: Final = HOP_BY_HOP - {b"transfer-encoding"}
_SHUFFLED: Final = 100
_STATUSES: Final = (200, 204, 304, 206, 299, 302, 404, 500, 503)


def head(data: bytes) -> None:
    """A request's head: :func:`check_head`."""
    check_head(data)


def chunks(data: bytes) -> None:
    """Two bytes where to cut, then a body in chunks: :func:`check_chunks`."""
    check_chunks(data[2:], data[:2])


def fields(data: bytes) -> None:
    """A byte for the peer, then a head, of which what is accepted is sent on: :func:`check_to_origin`."""
    found = accepted(data[1:], LARGE)
    if found is not None:
        check_to_origin(found, CLIENTS[data[0] % len(CLIENTS)])


def raw_fields(data: bytes) -> None:
    """Fields that no server would let in: :func:`check_raw`."""
    check_raw(list(_fields(data)))


def visitor(data: bytes) -> None:
    """Claims about the visitor: :func:`check_visitor`."""
    check_visitor([header for header in _fields(data) if header[0] != b"host"])


def path(data: bytes) -> None:
    """The path of a request: :func:`check_path`."""
    check_path(data.partition(b"?")[0].decode("latin-1"))


def answer(data: bytes) -> None:
    """A byte for the method, two where to cut, then what the origin sends: :func:`check_answer`."""
    check_answer(data[3:], data[1:3], to_head=data[:1] == b"H")


def reply(data: bytes) -> None:
    """A byte for the status, one for the request, then fields: :func:`check_answer_head`."""
    number, how = (*data[:2], 0, 0)[:2]
    status, to_head = _STATUSES[number % len(_STATUSES)], how % 2 == 1
    sane = [
        (name, value)
        for name, value in _fields(data[2:])
        if _TOKEN.fullmatch(name) and name not in _OF_ONE_HOP and _VALUE.fullmatch(value)
        # nobody looks at the length of a body that does not come
        if name != b"content-length" or not (to_head or status in (204, 304))
    ]
    check_answer_head(
        status,
        sane,
        to_head=to_head,
        version="1.0" if how % 4 > 1 else "1.1",
        keep_alive=how % 8 > 3,
    )


TARGETS: Final[dict[str, Target]] = {
    target.__name__: target for target in (head, chunks, fields, raw_fields, visitor, path, answer, reply)
}


def seeds(name: str) -> list[bytes]:
    """Inputs for a target to begin with: those of the hardening corpus, and words at random."""
    found = sorted({seed[:MOST_BYTES] for seed in _SEEDS[name]()})
    draw = Random(name)
    shuffled = [bytes(draw.choices(range(len(WORDS[name])), k=12)) for _ in range(_SHUFFLED)]
    return [*found, *(bytes([MARK]) + choice for choice in shuffled)]


def run(name: str, data: bytes) -> None:
    """Try one input, which may be spelled."""
    TARGETS[name](spelled(name, data))


def _heads() -> Iterable[bytes]:
    for case in REQUESTS:
        start, end, _ = case.raw.partition(b"\r\n\r\n")
        yield start + end


def _bodies() -> Iterable[bytes]:
    return (b"\x03\x09" + case.raw.partition(b"\r\n\r\n")[2] for case in REQUESTS)


def _field_lists(prefix: bytes = b"") -> Iterable[bytes]:
    return (prefix + _BETWEEN.join(case.partition(b"\r\n")[2].split(b"\r\n")) for case in _heads())


def _paths() -> Iterable[bytes]:
    return (case.raw.split(b" ")[1].partition(b"?")[0] for case in REQUESTS if case.raw.count(b" ") > 1)


def _answers() -> Iterable[bytes]:
    for case in ANSWERS:
        sent = b"".join(step for step in case.script if isinstance(step, bytes))
        yield case.method[:1].encode() + b"\x05\x40" + sent


def _replies() -> Iterable[bytes]:
    for case in _answers():
        lines = case[3:].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        yield b"\0\5" + _BETWEEN.join(lines)
    yield b"\0\5" + _BETWEEN.join([b"content-length: 5", b"set-cookie: a=b", b"connection: close"])


def _claims() -> Iterable[bytes]:
    yield from _field_lists()
    yield b"x-forwarded-for: 10.0.0.1, [2001:db8::1]:80, 192.0.2.1:1\xfex-forwarded-proto: https, wss"
    yield b"x-forwarded-for: ::ffff:10.1.2.3\xfex-forwarded-host: a, b.example:80\xfeforwarded: for=_x"


_SEEDS: Final[dict[str, Callable[[], Iterable[bytes]]]] = {
    "head": _heads,
    "chunks": _bodies,
    "fields": lambda: (b"%c" % (48 + number % 3) + seed for number, seed in enumerate(_heads())),
    "raw_fields": _field_lists,
    "visitor": _claims,
    "path": _paths,
    "answer": _answers,
    "reply": _replies,
}


def _fields(data: bytes) -> Iterable[Header]:
    for line in data.split(_BETWEEN):
        name, colon, value = line.partition(b":")
        if colon:
            yield name.lower(), value.strip(b" \t")
