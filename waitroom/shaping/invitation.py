"""An invitation: what is in it, how it is signed, and when it counts. Pure.

Theory. An invitation is a signed text that names a lane. It says who is invited only as a keyed hash (the *holder*), so
that a link that leaks tells nothing about its owner. What it is worth is decided when it is redeemed (``redeem.lua``):
one holder holds one place at a time, in however many browsers the link is opened; opening it again leads to the same
place. ``uses`` counts places that were given, not visits to the link: who reads a link, or follows it without pressing
the button, uses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from waitroom.errors import WaitroomError
from waitroom.signing import CutTokenError, ForgedTokenError, Signatures, TokenError

CACHED = 16_384
"""Verified invitations that a worker remembers."""
MAX_USES = 10_000_000


class Refusal(StrEnum):
    """Why an invitation, a code or a claim does not count."""

    CUT = "cut"
    """It is not whole."""
    FORGED = "forged"
    """The signature is not ours, or not of a key that still counts."""
    OTHER_ROOM = "other-room"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    USED_UP = "used-up"
    """It has given as many places as it may."""
    UNKNOWN_LANE = "unknown-lane"
    """The room has no such lane."""
    MISTYPED = "mistyped"
    """What was typed cannot be a code."""
    UNKNOWN_CODE = "unknown-code"
    TOO_MANY_TRIES = "too-many-tries"
    """Too many wrong codes came from this address."""
    WRONG_CLAIM = "wrong-claim"
    """A claim of the shop does not say what it must."""


class InvitationError(WaitroomError):
    """An invitation, a code or a claim that does not count. ``refusal`` says why."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way into a lane. Times are in seconds since 1970."""

    room: str
    lane: str
    id: str
    """``batch-serial``: all that were minted together have one batch, and can be revoked together."""
    holder: str
    """The keyed hash of the member that it is for; empty: whoever comes with it."""
    uses: int
    """Places that it gives in all; 0: any number, one at a time."""
    begins: int
    """It does not count before this."""
    ends: int
    """Nor from this on."""

    @property
    def batch(self) -> str:
        """What it was minted together with."""
        return self.id.partition("-")[0]

    def check(self, now: float) -> None:
        """Raises :class:`InvitationError` where it does not count at ``now``."""
        if now >= self.ends:
            raise InvitationError(Refusal.EXPIRED, f"it ended at {written_time(self.ends)}")
        if now < self.begins:
            raise InvitationError(Refusal.NOT_YET, f"it begins at {written_time(self.begins)}")


class Seal:
    """Signs invitations and reads them. ``secrets`` come newest first; the newest signs, all are believed."""

    def __init__(self, secrets: list[str] | tuple[str, ...]) -> None:
        self._signatures = Signatures("invitation", secrets)
        self._read = lru_cache(CACHED)(self._read_anew)

    def sign(self, invitation: Invitation) -> str:
        """The invitation as its holder has it: letters, digits and ``:_-.``, so an address needs no escapes."""
        i = invitation
        return self._signatures.sign(
            f"{i.room}:{i.lane}:{i.id}:{i.holder}:{i.uses}:{i.begins}:{i.ends}",
        )

    def read(self, text: str) -> Invitation:
        """The genuine invitation in ``text``, of whatever room and time. Raises :class:`InvitationError`.

        What mail programs put behind a link when they find its end is left out.
        """
        return self._read(text.strip().rstrip(".,;:!?)>]}\"'"))

    def _read_anew(self, text: str) -> Invitation:
        try:
            payload = self._signatures.payload(text)
        except CutTokenError as error:
            raise InvitationError(Refusal.CUT, str(error)) from error
        except (ForgedTokenError, TokenError) as error:
            raise InvitationError(Refusal.FORGED, str(error)) from error
        room, lane, id_, holder, uses, begins, ends = payload.split(":")
        return Invitation(room, lane, id_, holder, int(uses), int(begins), int(ends))


def written_time(seconds: float) -> str:
    """A time as it is written in files and messages: ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
