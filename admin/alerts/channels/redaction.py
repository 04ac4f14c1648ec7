"""Keeps what a channel's address and secrets hold out of notes and logs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import unquote

from waitroom.settings import NotifySettings

LONGEST_NOTE = 300
_SHORTEST_PIECE = 4
_SHORTEST_KEY = 16
"""Of a body that a channel has instead of an event: its shorter words are no secrets, and stand in many answers."""
_WORD = re.compile(r"[^\s/?&=:@,;\"'{}\[\]\\]+")


class Redaction:
    """Takes out of a text whatever of these secrets stands in it, in whole or in part."""

    def __init__(self, secrets: Iterable[str]) -> None:
        pieces = {piece for secret in secrets for piece in _pieces(secret)}
        longest_first = sorted(pieces, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @classmethod
    def of(cls, settings: NotifySettings) -> Redaction:
        """For all that is secret of a channel; not its host, nor the words that all addresses have."""
        url = settings.url.get_secret_value() if settings.url else ""
        secrets = [re.sub(r"^[A-Za-z+.-]+://", "", url)]
        if settings.kind == "webhook":
            # the host may be shown
            userinfo, at, rest = secrets[0].partition("/")[0].rpartition("@")
            _, slash, path = secrets[0].partition("/")
            _, question, query = rest.partition("?")
            secrets = [userinfo + at, slash + path, question + query]
        secrets += [secret.get_secret_value() for secret in settings.secret]
        secrets += [value.get_secret_value() for value in settings.headers.values()]
        if settings.password:
            secrets.append(settings.password.get_secret_value())
        if settings.body:
            words = _WORD.findall(settings.body.get_secret_value())
            secrets += [word for word in words if len(word) >= _SHORTEST_KEY]
        return cls(secrets)

    def __repr__(self) -> str:
        return "<Redaction>"

    def note(self, text: str) -> str:
        """The text on one short line, without secrets and control characters."""
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        redacted = self._pattern.sub("…", line)
        return redacted if len(redacted) <= LONGEST_NOTE else redacted[: LONGEST_NOTE - 1] + "…"


def _pieces(secret: str) -> Iterable[str]:
    for text in {secret, unquote(secret), *_decoded(secret)}:
        if len(text.strip()) >= _SHORTEST_PIECE:
            yield text
        # an answer may hold only a part of it, such as the token out of a path
        yield from (word for word in _WORD.findall(text) if len(word) >= _SHORTEST_PIECE)


def _decoded(secret: str) -> Iterable[str]:
    """What is written in base 64 in it, as in ``Basic …``."""
    for word in secret.split():
        try:
            yield base64.b64decode(word, validate=True).decode()
        except (binascii.Error, ValueError):
            continue
