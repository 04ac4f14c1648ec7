"""Signed texts: what all the tokens that people carry have in common.

An itsdangerous signature (HMAC-SHA256 over an HMAC-derived key) with one salt a kind, so that no kind of token can
serve as another, and a list of secrets for rotation. The salt also stands for the form of what is signed: another
form has another one (see docs/upgrade.md).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import BadData, BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

MAX_LENGTH = 256
"""Characters; a longer token is refused unread."""


class TokenError(Exception):
    """A token that is not accepted. Each subclass is one reason."""


class CutTokenError(TokenError):
    """It is not a whole token: too short, too long, or not of its form."""


class ForgedTokenError(TokenError):
    """The signature is not ours."""


class Signatures:
    """Signs and verifies texts of one kind. ``secrets`` come newest first; the newest signs, all verify."""

    def __init__(self, kind: str, secrets: Sequence[str]) -> None:
        # itsdangerous takes the oldest key first
        self._signer = Signer(
            list(reversed(secrets)), salt=f"waitroom.{kind}", key_derivation="hmac", digest_method=sha256
        )

    def sign(self, payload: str) -> str:
        """``payload.signature``."""
        return self._signer.sign(payload).decode()

    def payload(self, text: str) -> str:
        """The payload of a genuine ``text``. Raises :class:`CutTokenError` and :class:`ForgedTokenError`."""
        if len(text) > MAX_LENGTH:
            raise CutTokenError(f"longer than {MAX_LENGTH} characters")
        # signatures are ASCII; anything else would only fail deeper down
        if not text.isascii() or text.count(".") != 1:
            raise CutTokenError("not of the form payload.signature")
        if not _is_canonical(text.partition(".")[2]):
            raise ForgedTokenError("the signature is not ours")
        try:
            return self._signer.unsign(text).decode()
        except BadSignature as error:
            raise ForgedTokenError("the signature is not ours") from error


def derived_key(purpose: str, secret: str) -> bytes:
    """A key of its own for one purpose, from a secret."""
    return hmac.digest(secret.encode(), f"waitroom.{purpose}".encode(), "sha256")


def _is_canonical(signature: str) -> bool:
    """Whether it is spelled as we spell it: base 64 leaves spare bits, and decoders skip what is none."""
    try:
        return base64_encode(base64_decode(signature)) == signature.encode()
    except BadData:
        return False
