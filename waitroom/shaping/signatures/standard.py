"""Standard Webhooks: ``webhook-signature: v1,<base64> …`` over ``{webhook-id}.{webhook-timestamp}.{body}``.

HMAC-SHA256; the key is what is written in base 64 behind ``whsec_``. Each attempt has its own time. The asymmetric
``v1a`` does not count. Source: https://github.com/standard-webhooks/standard-webhooks, spec, version 1.0.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from waitroom.shaping.signatures.coding import from_base64
from waitroom.shaping.signatures.model import (
    Delivery,
    Header,
    Proof,
    check_hmac,
    check_sizes,
    check_time,
    has,
    only,
)

PREFIXES = (b"webhook-", b"svix-")
"""Of the three fields: the specification's, and that of the service it came from."""


@dataclass(frozen=True, slots=True)
class Standard:
    """The symmetric scheme ``v1``."""

    keys: tuple[bytes, ...] = field(repr=False)
    tolerance: float

    def claims(self, headers: Sequence[Header]) -> bool:
        """By its fields."""
        return any(has(headers, prefix + b"signature") for prefix in PREFIXES)

    def check(self, headers: Sequence[Header], now: float) -> None:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        check_sizes("sha256", self._read(headers, now)[1])

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        head, given, keep = self._read(delivery.headers, now)
        message = head.encode("latin-1") + delivery.body
        return Proof((check_hmac(self.keys, "sha256", message, given),), keep)

    def _read(self, headers: Sequence[Header], now: float) -> tuple[str, list[bytes], float]:
        """What is signed before the body, the signatures, and for how long they stay good."""
        prefix = next((prefix for prefix in PREFIXES if has(headers, prefix + b"signature")), PREFIXES[0])
        signatures = [part.partition(",") for part in only(headers, prefix + b"signature").split()]
        written = only(headers, prefix + b"timestamp")
        keep = check_time(written, now, self.tolerance)
        given = [from_base64(value) for version, _, value in signatures if version == "v1"]
        return f"{only(headers, prefix + b'id')}.{written}.", given, keep


def key_of(secret: str) -> bytes:
    """The key in a secret as providers show it. Raises ``SignatureError`` when it is not base 64."""
    text = secret.removeprefix("whsec_")
    return from_base64(text + "=" * (-len(text) % 4))
