"""Who may use which lane: what a request brings of invitations and claims. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from waitroom.gate import cookies
from waitroom.gate.answers import Header
from waitroom.gate.beside import texts_beside
from waitroom.invitations.ledger import LONGEST_SECONDS
from waitroom.line.redeeming import Entitlement
from waitroom.settings import RoomSettings
from waitroom.shaping.claims import Claims
from waitroom.shaping.invitation import Invitation, InvitationError, Refusal, Seal
from waitroom.shaping.members import MemberError, Members, nobody

INVITATION_HEADER = b"waitroom-invitation"
MOST_CLAIMS = 4
"""Of a request that are looked at: each may cost a signature check for every key."""


class Shown(NamedTuple):
    """What a request brings. ``refused`` says why what it brings does not count, where nothing does."""

    entitlement: Entitlement | None = None
    refused: InvitationError | None = None


NOTHING_SHOWN = Shown()


class Invitations:
    """Reads the invitations and claims of one room. ``secrets`` come newest first."""

    def __init__(self, room: RoomSettings, secrets: Sequence[str]) -> None:
        self.room = room
        self.invite_only = room.invite_only
        self.in_use = room.invite_only or room.claims is not None or len(room.lane_names) > 1
        """Whether it makes any difference what is brought."""
        self._lanes = frozenset(room.lane_names)
        self._seal = Seal(tuple(secrets))
        self._members = Members(room.name, secrets)
        self._claims = Claims(room.name, room.claims.keys) if room.claims else None
        self._claim_cookie = room.claims.cookie.encode() if room.claims else b""
        self._claim_header = room.claims.header.encode() if room.claims else b""

    def shown(self, headers: Iterable[Header], now: float) -> Shown:
        """What entitles the sender of a request: an invitation before a claim, for it was opened on purpose."""
        if not self.in_use:
            return NOTHING_SHOWN
        jars, tokens, claims = [], [], []
        for name, value in headers:
            if name == b"cookie":
                jars.append(value)
            elif name == INVITATION_HEADER:
                tokens.append(value.decode("latin-1"))
            elif name == self._claim_header:
                claims.append(value.decode("latin-1"))
        if not jars and not tokens and not claims:
            return NOTHING_SHOWN
        refused: InvitationError | None = None
        for text in tokens or texts_beside(jars, self.room.name, "invitation"):
            try:
                return Shown(_entitlement(self.opened(text, now)))
            except InvitationError as error:
                refused = error
        if self._claims is not None:
            shown = claims or cookies.read(jars, self._claim_cookie) + texts_beside(
                jars, self.room.name, "claim"
            )
            for text in shown[:MOST_CLAIMS]:
                try:
                    return Shown(self.claimed(text, now))
                except InvitationError as error:
                    refused = refused or error
        return Shown(None, refused)

    def opened(self, text: str, now: float) -> Invitation:
        """The invitation in ``text``, where it counts in this room. Raises :class:`InvitationError`."""
        invitation = self._seal.read(text)
        if invitation.room != self.room.name:
            raise InvitationError(Refusal.OTHER_ROOM, f"it is for {invitation.room}")
        invitation.check(now)
        self.check_lane(invitation.lane)
        return invitation

    def claimed(self, text: str, now: float) -> Entitlement:
        """What the shop's claim in ``text`` entitles to. Raises :class:`InvitationError`."""
        if self._claims is None:
            raise InvitationError(Refusal.FORGED, "the room has no claims")
        claim = self._claims.read(text, now)
        self.check_lane(claim.lane)
        try:
            holder = self._members.holder(claim.member)
        except MemberError as error:
            raise InvitationError(Refusal.WRONG_CLAIM, f"sub: {error}") from error
        return Entitlement(claim.lane, holder, "", 0, int(min(claim.ends, now + LONGEST_SECONDS)))

    def taken(self, invitation: Invitation, headers: Iterable[Header]) -> str:
        """The token that a visitor takes along: the invitation itself or, where many may use it, one that tells this
        browser from the others."""
        if invitation.holder or invitation.uses == 1:
            return self._seal.sign(invitation)
        jars = [value for name, value in headers if name == b"cookie"]
        for text in texts_beside(jars, self.room.name, "invitation"):
            try:
                earlier = self._seal.read(text)
            except InvitationError:
                continue
            if earlier.holder and (earlier.room, earlier.id) == (invitation.room, invitation.id):
                return text
        return self._seal.sign(replace(invitation, holder=nobody()))

    def check_lane(self, lane: str) -> None:
        """Raises :class:`InvitationError` where the room has no such lane."""
        if lane not in self._lanes:
            raise InvitationError(Refusal.UNKNOWN_LANE, f"the room has no lane {lane[:40]!r}")


def _entitlement(invitation: Invitation) -> Entitlement:
    # without a member, a single use is one place, whoever opens it
    holder = invitation.holder or (invitation.id if invitation.uses == 1 else nobody())
    return Entitlement(invitation.lane, holder, invitation.id, invitation.uses, invitation.ends)
