"""Tickets and passes: what a visitor holds, signed (see :mod:`waitroom.signing`).

Nothing personal is in them: room, epoch, lane, number and a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from waitroom.signing import MAX_LENGTH, CutTokenError, ForgedTokenError, Signatures, TokenError

__all__ = [
    "CACHED_TOKENS",
    "MAX_LENGTH",
    "RENEW_FRACTION",
    "CutTokenError",
    "EarlierEpochError",
    "ExpiredTokenError",
    "ForgedTokenError",
    "Mint",
    "OtherRoomError",
    "Pass",
    "Question",
    "Ticket",
    "Token",
    "TokenError",
    "check_pass",
    "wants_renewal",
]

CACHED_TOKENS = 65_536
"""Verified tokens remembered by a worker, so that a busy visitor costs no HMAC a request."""


class OtherRoomError(TokenError):
    """It is genuine, and of another room."""


class ExpiredTokenError(TokenError):
    """It is genuine, and its time is over."""


class EarlierEpochError(TokenError):
    """It is genuine, and of a life of the line that has ended."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a ticket and a pass have in common. ``at`` is the room clock in milliseconds."""

    room: str
    epoch: int
    lane: str
    number: int
    at: int
    hand: int = 0
    """How often the place was handed anew: see :mod:`waitroom.line.hands`."""
    waited: int = 0
    """One more than the bucket of the wait (:mod:`waitroom.feedback.buckets`); 0: nobody asks how it was."""

    @property
    def is_guest(self) -> bool:
        """Whether it is of nobody's place: of somebody whom a gateway let in by itself while Redis was away."""
        return self.number < 0


class Ticket(Token):
    """A place in a room's line; ``at`` is when it was given."""

    __slots__ = ()


class Question(Token):
    """A place that was given up, whose holder is asked how the wait was; ``at`` is when that was."""

    __slots__ = ()


class Pass(Token):
    """Proof of admission; ``at`` is when it was last renewed."""

    __slots__ = ("session",)

    session: str
    """The name of the visit: one for each ticket, in however many browsers it is shown."""

    def __init__(
        self, room: str, epoch: int, lane: str, number: int, at: int, hand: int = 0, waited: int = 0
    ) -> None:
        super().__init__(room, epoch, lane, number, at, hand, waited)
        object.__setattr__(self, "session", f"{epoch}:{lane}:{number}")  # asked for with each request

    def __reduce__(self) -> tuple[object, ...]:
        """Copies are made from the fields alone."""
        return Pass, (self.room, self.epoch, self.lane, self.number, self.at, self.hand, self.waited)


T = TypeVar("T", bound=Token)


class Mint(Generic[T]):
    """Signs and verifies one kind of token. ``secrets`` come newest first; the newest signs, all verify."""

    def __init__(self, kind: type[T], secrets: Sequence[str]) -> None:
        self._kind = kind
        self._signatures = Signatures(kind.__name__.lower(), secrets)
        self._verify: Callable[[str], T] = lru_cache(CACHED_TOKENS)(self._verify_anew)

    def sign(self, token: T) -> str:
        """The token as the visitor holds it."""
        payload = f"{token.room}:{token.epoch}:{token.lane}:{token.number}:{token.at}"
        if token.hand or token.waited:
            payload += f":{token.hand}"
        if token.waited:
            payload += f":{token.waited}"
        return self._signatures.sign(payload)

    def verify(self, text: str, room: str) -> T:
        """The token in ``text``. Raises a :class:`TokenError` that says why it is refused."""
        if len(text) > MAX_LENGTH:
            raise CutTokenError(f"longer than {MAX_LENGTH} characters")
        token = self._verify(text)
        if token.room != room:
            raise OtherRoomError(token.room)
        return token

    def _verify_anew(self, text: str) -> T:
        room, epoch, lane, number, at, *more = self._signatures.payload(text).split(":")
        # what a later version adds behind these this one passes over: see docs/upgrade.md
        return self._kind(room, int(epoch), lane, int(number), int(at), *map(int, more[:2]))


def check_pass(held: Pass, *, now_ms: int, session_ms: int) -> None:
    """Raises :class:`ExpiredTokenError` when the visit may be over.

    A pass is renewed only when an eighth of ``session`` has gone by since it was last, so the visit itself may
    last a little longer: only Redis knows, and the pass is worth showing at the door like a ticket.
    """
    if now_ms - held.at > session_ms:
        raise ExpiredTokenError("the visit may be over")


RENEW_FRACTION = 8
"""A pass is issued anew when this fraction of ``session`` has gone by since it was last."""


def wants_renewal(held: Pass, *, now_ms: int, session_ms: int) -> bool:
    """Whether the visitor should be given a fresh pass with this answer."""
    return now_ms - held.at > session_ms // RENEW_FRACTION
