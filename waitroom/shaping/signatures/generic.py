"""Any provider that signs with HMAC and one field: GitHub, Slack, WooCommerce, Paystack, Razorpay, Square and more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from waitroom.shaping.signatures.coding import DECODE
from waitroom.shaping.signatures.model import (
    Delivery,
    Header,
    Proof,
    Reason,
    SignatureError,
    check_hmac,
    check_sizes,
    check_time,
    has,
    only,
)

SLOTS = frozenset({"body", "timestamp", "method", "target", "url"})
"""What can stand in braces in ``signed``."""

_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Hmac:
    """A signature in one field, over a text made as ``signed`` says."""

    keys: tuple[bytes, ...] = field(repr=False)
    header: bytes
    """In lower case."""
    encoding: str = "hex"
    algorithm: str = "sha256"
    prefix: str = ""
    """What stands before the signature in its field, as ``sha256=``."""
    signed: str = "{body}"
    timestamp_header: bytes | None = None
    tolerance: float = 300.0

    def claims(self, headers: Sequence[Header]) -> bool:
        """By its field."""
        return has(headers, self.header)

    def check(self, headers: Sequence[Header], now: float) -> None:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        check_sizes(self.algorithm, self._read(headers, now)[1])

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        written, given, keep = self._read(delivery.headers, now)
        message = self._message(delivery, written)
        return Proof((check_hmac(self.keys, self.algorithm, message, given),), keep)

    def _read(self, headers: Sequence[Header], now: float) -> tuple[str, list[bytes], float | None]:
        """The time as written, the signature, and for how long it stays good."""
        text = only(headers, self.header)
        if not text.startswith(self.prefix):
            raise SignatureError(Reason.MALFORMED)
        given = [DECODE[self.encoding](text[len(self.prefix) :])]
        written, keep = "", None
        if self.timestamp_header is not None:
            written = only(headers, self.timestamp_header)
            keep = check_time(written, now, self.tolerance)
        return written, given, keep

    def _message(self, delivery: Delivery, timestamp: str) -> bytes:
        filled = {
            "body": delivery.body,
            "timestamp": timestamp.encode("latin-1"),
            "method": delivery.method.encode(),
            "target": delivery.target.encode("latin-1"),
            "url": delivery.url.encode("latin-1"),
        }
        # a split gives texts and names by turns
        pieces = _SLOT.split(self.signed)
        return b"".join(filled[piece] if at % 2 else piece.encode() for at, piece in enumerate(pieces))


def slots(signed: str) -> list[str]:
    """The names in braces in a template."""
    return _SLOT.findall(signed)
