"""How signatures and keys are written. Each raises :class:`SignatureError` for what is not so written."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from waitroom.shaping.signatures.model import Reason, SignatureError


def from_hex(text: str) -> bytes:
    """Hexadecimal digits, in either case."""
    try:
        return binascii.unhexlify(text)
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None


def from_base64(text: str) -> bytes:
    """Base 64 with its padding."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None


DECODE: dict[str, Callable[[str], bytes]] = {"hex": from_hex, "base64": from_base64}
"""By the name that the settings have for it."""
