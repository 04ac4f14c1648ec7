"""Texts that only the console can read, wherever they are kept."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from waitroom.signing import derived_key


class Box:
    """Encrypts texts for one purpose (Fernet: AES-128-CBC and HMAC-SHA256). The site's ``secrets`` come newest first:
    that one encrypts, all decrypt."""

    def __init__(self, purpose: str, secrets: Sequence[str]) -> None:
        keys = [urlsafe_b64encode(derived_key(f"console.{purpose}", each)) for each in secrets]
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """The text as it may be kept."""
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str, within_seconds: int | None = None) -> str | None:
        """The text; None where it is not ours, or was sealed too long ago."""
        try:
            return self._keys.decrypt(sealed.encode(), within_seconds).decode()
        except InvalidToken:
            return None
