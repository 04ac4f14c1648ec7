"""What must become of an answer of the origin: the forms that a verdict takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.hardening.scripted import Step
from tests.hardening.wire import Field

FORGED = b"forged"
"""Scripts write this word into whatever must never reach any visitor."""


@dataclass(frozen=True)
class AnswerVerdict:
    """What the visitor gets, and what becomes of the connection to the origin."""

    statuses: frozenset[int]
    body: bytes | None = None
    """None: whatever the gateway says itself. Of an answer that is cut, at most this came."""
    cut: bool = False
    """The answer breaks off, and the visitor can tell: its framing is not fulfilled when the connection ends."""
    dropped: bool = False
    """The gateway ends the connection, and no other request ever goes over it."""
    has: tuple[Field, ...] = ()
    lacks: tuple[bytes, ...] = ()


AnswerVerdicts = tuple[AnswerVerdict, ...]
"""Any of these is right."""


def bad_gateway(*statuses: int) -> AnswerVerdicts:
    """502 (or one of ``statuses``), and the connection is dropped."""
    return (AnswerVerdict(frozenset(statuses or {502}), dropped=True),)


def cut(body: bytes) -> AnswerVerdicts:
    """The head went on before it broke: the visitor sees that the answer is not whole."""
    return (AnswerVerdict(frozenset({200}), body, cut=True, dropped=True),)


def whole(
    body: bytes = b"ok", status: int = 200, *, has: tuple[Field, ...] = (), lacks: tuple[bytes, ...] = ()
) -> AnswerVerdicts:
    """The answer arrives as it was meant."""
    return (AnswerVerdict(frozenset({status}), body, has=has, lacks=lacks),)


def whole_then_dropped(body: bytes = b"ok", status: int = 200) -> AnswerVerdicts:
    """The answer arrives as it was meant; the connection is not trusted with another request."""
    return (AnswerVerdict(frozenset({status}), body, dropped=True),)


@dataclass(frozen=True)
class AnswerCase:
    """One way in which an origin may answer."""

    name: str
    script: tuple[Step, ...]
    verdicts: AnswerVerdicts
    why: str
    """The rule, with its section."""
    method: str = "GET"
    body: bytes = b""
    greeting: bytes = field(default=b"", kw_only=True)
    """Sent by the origin as soon as the connection is open."""
    slow: bool = field(default=False, kw_only=True)
    """It takes until a time runs out: tried beside others of its kind, when the quick ones are done."""


def ok(*lines: bytes, body: bytes = b"ok", status: bytes = b"200 OK") -> bytes:
    """A proper answer with these field lines besides its length."""
    return b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *lines, b"", body])


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """The head of an answer with these lines alone."""
    return b"\r\n".join([status, *lines, b"", b""])


def chunked(body: bytes, *lines: bytes) -> bytes:
    """An answer in chunks, with these bytes as they are after its head."""
    return head(b"Transfer-Encoding: chunked", *lines) + body
