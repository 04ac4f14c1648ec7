"""Minting: invitations for members, or for whoever gets them. Needs the secret only, not Redis."""

from __future__ import annotations

import time
from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from urllib.parse import quote, urlsplit

from waitroom.errors import SettingsError, WaitroomError
from waitroom.invitations.ledger import LONGEST_SECONDS
from waitroom.settings import RoomSettings, Settings, load, resolve_secret
from waitroom.shaping.invitation import MAX_USES, Invitation, Seal
from waitroom.shaping.members import Members

_BATCH_BYTES = 5


class MintingError(WaitroomError, ValueError):
    """Invitations that cannot be minted: names what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What all invitations of one minting share. Times are in seconds since 1970."""

    lane: str
    uses: int
    begins: int
    ends: int

    @classmethod
    def agreed(
        cls,
        lane: str,
        *,
        uses: int,
        expires: timedelta | datetime,
        begins: datetime | None = None,
        now: float,
    ) -> Terms:
        """Terms that make sense. Raises :class:`MintingError`."""
        starts = int(_instant(begins)) if begins is not None else 0
        ends = int(now + expires.total_seconds() if isinstance(expires, timedelta) else _instant(expires))
        if not 0 <= uses <= MAX_USES:
            raise MintingError(f"uses: {uses} was given, allowed is 0 (any number) to {MAX_USES}")
        if not now < ends <= now + LONGEST_SECONDS:
            raise MintingError("expires: an invitation must end in the future, within a year")
        if starts >= ends:
            raise MintingError("begins: an invitation must begin before it expires")
        return cls(lane, uses, starts, ends)


@dataclass(frozen=True, slots=True)
class Minted:
    """An invitation with its link."""

    member: str | None
    """As it was given; None where the invitation is for whoever gets it."""
    id: str
    link: str


class Inviter:
    """Makes the invitations of one room."""

    def __init__(self, room: str, secrets: Sequence[str]) -> None:
        self._room = room
        self._members = Members(room, secrets)

    def invitation(self, terms: Terms, batch: str, serial: int, member: str | None) -> Invitation:
        """One invitation of a batch; without a member, for whoever comes with it.
        Raises MemberError and :class:`MintingError`."""
        holder = "" if member is None else self._members.holder(member)
        if not holder and terms.uses == 0:
            raise MintingError("uses: 0 (any number) is for members only: nothing else would bound it")
        id_ = f"{batch}-{serial}"
        return Invitation(self._room, terms.lane, id_, holder, terms.uses, terms.begins, terms.ends)


class Links:
    """Makes the links that invited people open. Raises :class:`MintingError` for an address that is none."""

    def __init__(self, room: RoomSettings, secrets: Sequence[str], base: str = "", to: str = "") -> None:
        self._seal = Seal(tuple(secrets))
        self._start = f"{_base_of(room, base)}/__waitroom/{room.name}/enter?i="
        self._end = _target(to)

    def of(self, invitation: Invitation) -> str:
        """The link of an invitation."""
        return f"{self._start}{self._seal.sign(invitation)}{self._end}"


def mint(
    config: Path | str | Settings | None,
    *,
    room: str | None = None,
    lane: str,
    members: Iterable[str] | None = None,
    count: int = 1,
    uses: int = 1,
    expires: timedelta | datetime = timedelta(days=7),
    begins: datetime | None = None,
    base: str = "",
    to: str = "",
) -> Iterator[Minted]:
    """Mints invitations, as ``waitroom invite mint`` does, for a mailer of the shop's own.

    Args:
        config: the gateway's configuration file, or its settings; None: by the environment alone.
        room: the room's name; may be left out where there is only one.
        lane: the lane that the invitations lead to.
        members: an opaque key for each who is invited: one member holds one place. Left out: ``count`` invitations
            for whoever gets them.
        uses: places that each gives in all; 0: any number, one at a time (for members only).
        expires: how long they count, or until when. At most a year.
        begins: from when on they count; left out: at once. Times must have a time zone.
        base: the shop's address, such as ``https://shop.example``; left out: the room's first host, by HTTPS.
        to: the page to which the link leads; left out: the room's first path.

    Raises MintingError, MemberError and SettingsError, the first two while it is iterated over.
    """
    settings = config if isinstance(config, Settings) else load(Path(config) if config is not None else None)
    of_room = room_of(settings, room, lane)
    terms = Terms.agreed(lane, uses=uses, expires=expires, begins=begins, now=time.time())
    secrets = signing_secrets(settings)
    inviter, links = Inviter(of_room.name, secrets), Links(of_room, secrets, base, to)
    guests = [None] * count if members is None else members
    return _minted(inviter, links, terms, guests)


def _minted(inviter: Inviter, links: Links, terms: Terms, members: Iterable[str | None]) -> Iterator[Minted]:
    batch = new_batch()
    for serial, member in enumerate(members, 1):
        invitation = inviter.invitation(terms, batch, serial, member)
        yield Minted(member, invitation.id, links.of(invitation))


def room_of(settings: Settings, name: str | None, lane: str | None = None) -> RoomSettings:
    """The room of that name, or the only one. Raises SettingsError where there is none, or where it lacks the lane."""
    names = [room.name for room in settings.rooms]
    if name is None and len(names) > 1:
        raise SettingsError(f"say which room; the rooms are {', '.join(names)}")
    found = next((room for room in settings.rooms if name in (None, room.name)), None)
    if found is None:
        raise SettingsError(f"there is no room {name!r}; the rooms are {', '.join(names)}")
    if lane is not None and lane not in found.lane_names:
        raise SettingsError(
            f"room {found.name!r} has no lane {lane!r}; its lanes are {', '.join(found.lane_names)}"
        )
    return found


def signing_secrets(settings: Settings) -> tuple[str, ...]:
    """The gateway's secrets, newest first. Unlike the gateway's own start this never makes one: invitations that are
    signed with a secret that no gateway has would be worth nothing. Raises SettingsError."""
    if not settings.secret and settings.secret_file is None and not (settings.data_dir / "secret").exists():
        raise SettingsError(
            f"there is no secret yet in {settings.data_dir}: start the gateway once, or set secret as it does there"
        )
    return resolve_secret(settings)


def new_batch() -> str:
    """A name for what is minted together: 8 of a-z and 2-7."""
    return b32encode(token_bytes(_BATCH_BYTES)).decode().lower()


def default_target(room: RoomSettings) -> str:
    """The page that stands for a room: its first path, or the front page."""
    return (room.paths[0].rstrip("*").rstrip("/") if room.paths else "") or "/"


def _target(to: str) -> str:
    if not to:
        return ""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or not to.isprintable():
        raise MintingError(f"to: {to!r} was given, allowed is a path of the shop, such as /drop/shoes")
    return f"&to={quote(to, safe='/')}"


def _base_of(room: RoomSettings, base: str) -> str:
    if not base:
        if not room.hosts:
            raise MintingError(
                f"base: room {room.name!r} has no hosts; say where the shop is, such as https://shop.example"
            )
        host = room.hosts[0]
        return f"https://[{host}]" if ":" in host else f"https://{host}"
    url = urlsplit(base)
    if (
        url.scheme not in ("http", "https")
        or not url.hostname
        or url.path.strip("/")
        or url.query
        or url.fragment
    ):
        raise MintingError(
            f"base: {base!r} was given, allowed is an address without a path: https://shop.example"
        )
    return base.rstrip("/")


def _instant(when: datetime) -> float:
    if when.tzinfo is None:
        raise MintingError(
            f"{when.isoformat()} has no time zone; write 2026-05-01T10:00+02:00, or …Z for UTC"
        )
    return when.timestamp()
