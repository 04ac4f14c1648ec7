"""Who holds an invitation, without saying who it is."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from secrets import token_bytes

from waitroom.errors import WaitroomError
from waitroom.signing import derived_key

MAX_MEMBER = 200
_BYTES = 16


class MemberError(WaitroomError, ValueError):
    """A member key that cannot be one."""


class Members:
    """Turns member keys into holders: 128 bits of an HMAC-SHA256, the same for the same member of a room.

    The *oldest* secret makes them, so that a holder stays the same while secrets rotate: it changes only when that
    secret is taken away, and with it all that it signed.
    """

    def __init__(self, room: str, secrets: Sequence[str]) -> None:
        self._room = room.encode()
        self._key = derived_key("member", secrets[-1])

    def holder(self, member: str) -> str:
        """The holder that stands for a member key: 22 characters that tell nothing. Raises :class:`MemberError`.

        The key is any text that names one member and always the same way; spaces around it do not count.
        """
        member = member.strip()
        if not member:
            raise MemberError("a member must not be empty")
        if len(member) > MAX_MEMBER:
            raise MemberError(f"a member must not be longer than {MAX_MEMBER} characters")
        digest = hmac.digest(self._key, b"%b\0%b" % (self._room, member.encode()), "sha256")
        return _text(digest[:_BYTES])


def nobody() -> str:
    """A holder of its own, for somebody who is no member."""
    return _text(token_bytes(_BYTES))


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
