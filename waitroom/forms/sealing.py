"""How a kept form is encrypted, so that Redis alone discloses nothing. Pure.

AES-256-GCM (NIST SP 800-38D). The key is made of the site's secret and of 128 random bits that only the sender's
cookie has: without either nobody can read it. It serves for one form, so its nonce may be random.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import BadData
from itsdangerous.encoding import base64_decode, base64_encode

from waitroom.signing import derived_key

KEY_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
MOST_BESIDE = 16_384
"""Bytes that a sealed form has beside its body: the address it goes to, its fields, nonce and tag."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent. ``at`` is in milliseconds since 1970."""

    target: str
    """Path and query."""
    content_type: str
    referer: str
    at: int
    body: bytes


class FormSeal:
    """Seals and opens the forms of a site. ``secrets`` come newest first: the newest seals, all open."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [derived_key("form", secret) for secret in secrets]

    def seal(self, form: Form, visit: str) -> tuple[str, bytes]:
        """The key for the sender's cookie, and what is kept. It is bound to the visit that the place stands for."""
        key, nonce = token_bytes(KEY_BYTES), token_bytes(_NONCE_BYTES)
        about = {name: value for name, value in asdict(form).items() if name != "body"}
        text = json.dumps(about, separators=(",", ":")).encode() + b"\n" + form.body
        sealed = AESGCM(_made(self._secrets[0], key)).encrypt(nonce, text, visit.encode())
        return base64_encode(key).decode(), nonce + sealed

    def open(self, key: str, sealed: bytes, visit: str) -> Form | None:
        """The form; None where the key is not its own, or it is of another visit."""
        try:
            bare = base64_decode(key)
        except BadData:
            return None
        for secret in self._secrets:
            try:
                text = AESGCM(_made(secret, bare)).decrypt(
                    sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], visit.encode()
                )
            except (InvalidTag, ValueError):
                continue
            about, _, body = text.partition(b"\n")
            return Form(**json.loads(about), body=body)
        return None


def _made(secret: bytes, key: bytes) -> bytes:
    return hmac.digest(secret, key, "sha256")
