"""Everything that the console keeps of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from admin.auth.links import Links
from admin.auth.oidc.provider import Provider
from admin.auth.passwords import Passwords
from admin.auth.sessions import Sessions
from admin.auth.throttle import Throttle
from admin.auth.totp import RecoveryCodes, Totp
from admin.auth.users import Users
from admin.store import Store
from waitroom.settings import SignInSettings
from waitroom.signing import Signatures


@dataclass(frozen=True, slots=True)
class People:
    """Who may use the console, and how it is found out that it is they."""

    settings: SignInSettings
    users: Users
    passwords: Passwords
    sessions: Sessions
    links: Links
    totp: Totp
    recovery_codes: RecoveryCodes
    throttle: Throttle
    provider: Provider | None
    devices: Signatures
    """Signs what a browser holds that has signed in before."""
    site_secret: str = field(repr=False)
    """The newest secret of the site."""

    @classmethod
    def of(cls, settings: SignInSettings, store: Store, secrets: Sequence[str]) -> People:
        """The people of a console. ``secrets`` are those of the site, newest first."""
        return cls(
            settings=settings,
            users=Users(store),
            passwords=Passwords(),
            sessions=Sessions(store, idle_seconds=settings.idle, longest_seconds=settings.longest),
            links=Links(store),
            totp=Totp(secrets),
            recovery_codes=RecoveryCodes(store),
            throttle=Throttle(),
            provider=Provider(settings.oidc, secrets) if settings.oidc else None,
            devices=Signatures("console.device", secrets),
            site_secret=secrets[0],
        )
