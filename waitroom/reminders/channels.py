"""The ways to somebody who is not on the page."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """A way, as settings and forms name it."""

    MAIL = "mail"
    SMS = "sms"
    WHATSAPP = "whatsapp"
