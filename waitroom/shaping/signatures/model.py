"""What all signatures of webhooks have in common. Pure: time is handed in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from waitroom.errors import WaitroomError

Header = tuple[bytes, bytes]

_MOST_SIGNATURES = 16
"""Of one message that are looked at: providers send one for each secret that is in use."""
_MILLISECONDS_FROM = 10**11
"""A Unix time from here on is one of milliseconds: as seconds it would be the year 5138."""


class Reason(StrEnum):
    """Why a message is not taken for the provider's."""

    MISSING = "it has no signature"
    MALFORMED = "its signature cannot be read"
    TIME = "it was signed too long ago, or in the future"
    MISMATCH = "its signature is not by any of the secrets"


class SignatureError(WaitroomError):
    """A message that is not verified, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came. ``target`` is path and query as sent, ``url`` the whole address as the sender has it."""

    method: str
    target: str
    url: str
    headers: Sequence[Header]
    body: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """A verified message: what must not come again."""

    digests: tuple[str, ...]
    """Of all that was signed, each signature by itself: however the same is written, it is the same."""
    keep_seconds: float | None = None
    """How long it could be verified again; None where that has no end."""
    variant: str = ""
    """What tells apart messages that are rightly signed alike."""
    most_variants: int = 1


class Scheme(Protocol):
    """How one provider signs."""

    def claims(self, headers: Sequence[Header]) -> bool:
        """Whether a message seems to be signed so, before its body is read."""

    def check(self, headers: Sequence[Header], now: float) -> None:
        """Looks at what shows before the body is read. Raises :class:`SignatureError` for what cannot be verified."""

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """The proof of a message, at a Unix time. Raises :class:`SignatureError`."""


def only(headers: Sequence[Header], name: bytes) -> str:
    """The value of a field that must be there once. Raises :class:`SignatureError`."""
    values = [value for known, value in headers if known == name]
    if len(values) != 1:
        raise SignatureError(Reason.MALFORMED if values else Reason.MISSING)
    return values[0].decode("latin-1").strip()


def has(headers: Sequence[Header], name: bytes) -> bool:
    """Whether a field is there."""
    return any(known == name for known, _ in headers)


def check_time(written: str, now: float, tolerance: float) -> float:
    """For how many seconds a signature of this Unix time (in seconds or milliseconds) stays good.

    Raises :class:`SignatureError` when it is none, or farther away than ``tolerance`` seconds in either direction.
    """
    if not (written.isascii() and written.isdigit() and len(written) <= 16):
        raise SignatureError(Reason.MALFORMED)
    at = float(written)
    if at >= _MILLISECONDS_FROM:
        at /= 1000
    if abs(now - at) > tolerance:
        raise SignatureError(Reason.TIME)
    return at + tolerance - now


def check_sizes(algorithm: str, given: Sequence[bytes]) -> None:
    """Raises :class:`SignatureError` when none of the signatures ``given`` can be one, whatever was signed."""
    if not given:
        raise SignatureError(Reason.MISSING)
    size = hashlib.new(algorithm).digest_size
    if all(len(signature) != size for signature in given[:_MOST_SIGNATURES]):
        raise SignatureError(Reason.MALFORMED)


def check_hmac(keys: Iterable[bytes], algorithm: str, message: bytes, given: Sequence[bytes]) -> str:
    """The digest of a message that one of the keys has signed. Takes the same time whichever it is.

    Raises :class:`SignatureError` when none of the signatures ``given`` is by any of them.
    """
    if not given:
        raise SignatureError(Reason.MISSING)
    expected = [hmac.digest(key, message, algorithm) for key in keys]
    found = [
        hmac.compare_digest(each, signature) for each in expected for signature in given[:_MOST_SIGNATURES]
    ]
    if not any(found):
        raise SignatureError(Reason.MISMATCH)
    return hashlib.sha256(message).hexdigest()
