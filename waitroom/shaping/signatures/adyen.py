"""Adyen: for standard webhooks a signature in the JSON itself, for all others ``HmacSignature`` over the body.

In the JSON each item has its own, ``additionalData.hmacSignature``: base 64 of HMAC-SHA256 over eight of its fields,
joined by colons. The rest of the item is not signed, and neither is a time. The key is written in hexadecimal. A retry
is the same message once more. Sources: https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/
and Adyen's own libraries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from waitroom.shaping.signatures.coding import from_base64
from waitroom.shaping.signatures.model import (
    Delivery,
    Header,
    Proof,
    Reason,
    SignatureError,
    check_hmac,
    check_sizes,
    has,
    only,
)

HEADER = b"hmacsignature"
_BEFORE_AMOUNT = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
_AFTER_AMOUNT = ("eventCode", "success")
_MOST_ITEMS = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Adyen:
    """Both ways of signing."""

    keys: tuple[bytes, ...] = field(repr=False)

    def claims(self, headers: Sequence[Header]) -> bool:
        """By its field, or by being JSON, in which there may be one."""
        return has(headers, HEADER) or any(
            name == b"content-type" and value.lower().startswith(b"application/json")
            for name, value in headers
        )

    def check(self, headers: Sequence[Header], now: float) -> None:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`: nothing shows of a signature in the JSON."""
        if has(headers, HEADER):
            check_sizes("sha256", [from_base64(only(headers, HEADER))])

    def verify(self, delivery: Delivery, now: float) -> Proof:
        """See :class:`~waitroom.shaping.signatures.model.Scheme`."""
        if has(delivery.headers, HEADER):
            given = [from_base64(only(delivery.headers, HEADER))]
            return Proof((check_hmac(self.keys, "sha256", delivery.body, given),))
        return Proof(tuple(self._digest(item) for item in _items(delivery.body)))

    def _digest(self, item: dict[str, object]) -> str:
        signature = _get(_get(item, "additionalData", dict, {}), "hmacSignature", str, "")
        if not signature:
            raise SignatureError(Reason.MISSING)
        amount = _get(item, "amount", dict, {})
        words = [
            *(_word(item, name) for name in _BEFORE_AMOUNT),
            _word(amount, "value"),
            _word(amount, "currency"),
            *(_word(item, name) for name in _AFTER_AMOUNT),
        ]
        try:
            message = ":".join(words).encode()
        except UnicodeEncodeError:  # half a surrogate pair
            raise SignatureError(Reason.MALFORMED) from None
        return check_hmac(self.keys, "sha256", message, [from_base64(signature)])


def _items(body: bytes) -> list[dict[str, object]]:
    try:
        # of a name that is there twice some take the first and some the last: then no signature says which
        document = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise SignatureError(Reason.MALFORMED) from None
    items = _get(document, "notificationItems", list, [])
    if not 0 < len(items) <= _MOST_ITEMS:
        raise SignatureError(Reason.MALFORMED if items else Reason.MISSING)
    return [_get(each, "NotificationRequestItem", dict, {}) for each in items]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _get(table: object, name: str, kind: type[T], otherwise: T) -> T:
    value = table.get(name, otherwise) if isinstance(table, dict) else None
    if not isinstance(value, kind):
        raise SignatureError(Reason.MALFORMED)
    return value


def _word(table: dict[str, object], name: str) -> str:
    value = table.get(name, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int):
        raise SignatureError(Reason.MALFORMED)
    return str(value)
