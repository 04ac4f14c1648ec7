"""The errors that waitroom raises itself. Foreign ones are turned into these where they enter."""

from __future__ import annotations


class WaitroomError(Exception):
    """The root of all errors raised by waitroom."""


class SettingsError(WaitroomError):
    """The configuration is wrong: names the setting, what was given and what is allowed."""


class RedisServerError(WaitroomError):
    """The embedded Redis cannot be started, or another gateway already uses its directory."""


class EventHeldError(WaitroomError):
    """An event of that name was held before; another needs another name."""


class OvertakenError(WaitroomError):
    """Somebody else was quicker: what was to be changed is not what it was. Nothing was changed."""


class LineUnavailableError(WaitroomError):
    """Redis did not answer, so nothing about the line could be decided."""


class UnreadableRulesError(LineUnavailableError):
    """A setting in Redis is none: somebody wrote it by hand. A gateway sets what was there before within a second."""

    def __init__(self, field: str, stored: bytes) -> None:
        super().__init__(f"{field} in Redis is no setting: {stored.decode(errors='replace')[:100]!r}")


class OriginError(WaitroomError):
    """The origin did not give a proper answer. ``status`` is what the visitor is told."""

    status = 502


class OriginUnreachableError(OriginError):
    """No connection to the origin could be made."""


class OriginProtocolError(OriginError):
    """The origin broke off, or said something that is not HTTP/1.1."""


class OriginTimeoutError(OriginError):
    """The origin did not answer in time."""

    status = 504


class BusyError(WaitroomError):
    """The shop has as many requests as it is given at once. This one waited for its turn, and was not sent to it."""

    status = 503

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds."""


class OwnShareError(BusyError):
    """So it is, but it waited for other requests of the same visitor: the shop may be idle."""


class BadRequestError(WaitroomError, ValueError):
    """The request does not mean the same to everyone, so it is not passed on."""

    status = 400


class ClientGoneError(WaitroomError):
    """The visitor left while the request was under way."""

    status = 499
