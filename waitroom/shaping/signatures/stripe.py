"""Stripe: ``Stripe-Signature: t=1492774577,v1=5257a8…,v1=…`` over ``{t}.{body}``, HMAC-SHA256, hexadecimal.

The key is the endpoint's secret as it is shown, ``whsec_`` and all. Stripe signs each attempt anew, with its own time.
Source: https://docs.stripe.com/webhooks, "Verify webhook signatures manually".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from waitroom.shaping.signatures.coding import from_hex
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

HEADER = b"stripe-signature"


@dataclass(frozen=True, slots=True)
class Stripe:
    """The scheme ``v1``; signatures of other schemes do not count, as ``v0`` is for tests."""

    keys: tuple[bytes, ...] = field(repr=False)
    tolerance: float

    def claims(self, headers: Sequence[Header]) -> bool:
        """By its field."""
        return has(headers, HEADER)

    def check(self, headers: Sequence[Header], now: float) -> None:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        check_sizes("sha256", self._read(headers, now)[1])

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        written, given, keep = self._read(delivery.headers, now)
        message = written.encode() + b"." + delivery.body
        return Proof((check_hmac(self.keys, "sha256", message, given),), keep)

    def _read(self, headers: Sequence[Header], now: float) -> tuple[str, list[bytes], float]:
        """The time as written, the signatures, and for how long they stay good."""
        pairs = [part.strip().partition("=") for part in only(headers, HEADER).split(",")]
        times = [value for name, _, value in pairs if name == "t"]
        if len(times) != 1:
            raise SignatureError(Reason.MALFORMED)
        keep = check_time(times[0], now, self.tolerance)
        return times[0], [from_hex(value) for name, _, value in pairs if name == "v1"], keep
