"""Shopify: ``X-Shopify-Hmac-SHA256``, base 64, over the body alone; the key is the app's client secret.

Nothing else is signed. Of one order, ``orders/create`` and ``orders/paid`` may have the same body, and so the same
signature: what tells them apart is ``X-Shopify-Topic``, and the address of each subscription. A retry is the same
message once more. Of Shopify's Events the fields have no ``X-``.
Source: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from waitroom.shaping.signatures.generic import Hmac
from waitroom.shaping.signatures.model import Delivery, Header, Proof, has

PREFIXES = (b"x-shopify-", b"shopify-")
MOST_ALIKE = 8
"""Topics and addresses at which one body is let through: its sender cannot be held to what is not signed."""


@dataclass(frozen=True, slots=True)
class Shopify:
    """HMAC-SHA256 of the body."""

    keys: tuple[bytes, ...] = field(repr=False)

    def claims(self, headers: Sequence[Header]) -> bool:
        """By its field."""
        return any(has(headers, prefix + b"hmac-sha256") for prefix in PREFIXES)

    def check(self, headers: Sequence[Header], now: float) -> None:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        self._signed(_prefix(headers)).check(headers, now)

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        headers = delivery.headers
        prefix = _prefix(headers)
        proof = self._signed(prefix).verify(delivery, now)
        topic = b",".join(value for name, value in headers if name == prefix + b"topic").decode("latin-1")
        return replace(proof, variant=f"{topic} {delivery.target}", most_variants=MOST_ALIKE)

    def _signed(self, prefix: bytes) -> Hmac:
        return Hmac(self.keys, prefix + b"hmac-sha256", encoding="base64")


def _prefix(headers: Sequence[Header]) -> bytes:
    return next((prefix for prefix in PREFIXES if has(headers, prefix + b"hmac-sha256")), PREFIXES[0])
