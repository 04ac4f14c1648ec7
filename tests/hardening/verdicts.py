"""What must become of a request: the forms that a verdict takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.hardening.wire import Field


@dataclass(frozen=True)
class Seen:
    """One request as the origin must see it. Besides, it must be one that cannot be read in two ways."""

    method: bytes = b"GET"
    target: bytes = b"/TOKEN"
    body: bytes = b""
    has: tuple[Field, ...] = ()
    """Fields, exactly so: no other value under any of these names."""
    lacks: tuple[bytes, ...] = ()
    """Names of fields, in lower case, that must not arrive."""


@dataclass(frozen=True)
class Verdict:
    """What reaches the origin, what the visitor is told, and whether the connection ends with it."""

    seen: tuple[Seen, ...]
    answers: tuple[frozenset[int], ...]
    """For each final answer, the statuses that it may have."""
    closes: bool
    """The last answer says ``Connection: close``, and so it is."""
    begun: bool = False
    """A request may have begun to reach the origin, but never its end."""


Verdicts = tuple[Verdict, ...]
"""Any of these is right."""


def passed(*seen: Seen, closes: bool = False) -> Verdicts:
    """Each request arrives, in this order, exactly once; each is answered. Without any: a GET of ``/TOKEN``."""
    return (Verdict(seen or (Seen(),), (frozenset({200}),) * max(1, len(seen)), closes),)


def refused(*statuses: int, after: Iterable[Seen] = ()) -> Verdicts:
    """Nothing of it arrives; 400 (or one of ``statuses``) and the end of the connection.

    ``after``: requests before it on the same connection, which arrive and are answered.
    """
    seen = tuple(after)
    last = frozenset(statuses or {400})
    return (Verdict(seen, (*(frozenset({200}),) * len(seen), last), closes=True),)


def broken(*statuses: int) -> Verdicts:
    """A body that turns out wrong once the head may have gone on: as :func:`refused`, but the origin may have seen
    a beginning, which it cannot take for a whole request because the connection breaks off."""
    return (Verdict((), (frozenset(statuses or {400}),), closes=True, begun=True),)


def held(*statuses: int) -> Verdicts:
    """The room holds: nothing arrives, and the waiting page (or one of ``statuses``) is the one answer."""
    return (Verdict((), (frozenset({503, *statuses}),), closes=False),)


@dataclass(frozen=True)
class Case:
    """One malformed or ambiguous request. ``TOKEN`` in it stands for five bytes that no other case has."""

    name: str
    raw: bytes
    verdicts: Verdicts
    why: str
    """The rule, with its section."""
    then: bytes = b""
    """Sent as soon as the gateway has said something."""


HOST = b"Host: shop.example"
SMUGGLED = b"GET /TOKEN/smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n"
"""A request that must never arrive by itself, wherever it hides."""


def get(
    *lines: bytes, target: bytes = b"/TOKEN", method: bytes = b"GET", version: bytes = b"HTTP/1.1"
) -> bytes:
    """A request with these field lines besides Host."""
    return b"\r\n".join([method + b" " + target + b" " + version, HOST, *lines, b"", b""])


def post(*lines: bytes, body: bytes = b"", version: bytes = b"HTTP/1.1", method: bytes = b"POST") -> bytes:
    """A request with these field lines, and these bytes after its head."""
    return get(*lines, method=method, version=version) + body


def posted(body: bytes = b"hello", *, lacks: tuple[bytes, ...] = (), has: tuple[Field, ...] = ()) -> Seen:
    """What arrives of a POST."""
    return Seen(b"POST", body=body, lacks=lacks, has=has)
