"""Whom a provider's claims speak of, and what they may do here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admin.auth.roles import Role
from waitroom.settings.sign_in import OidcSettings

Claims = Mapping[str, object]
_LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0 section 2."""


class NotAllowedError(Exception):
    """They are who they say, and may not use the console: says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a provider knows."""

    subject: str
    """By which the provider names them, for good."""
    name: str
    role: Role


def person_of(claims: Claims, settings: OidcSettings) -> Person:
    """Who signs in by these claims. Raises :class:`NotAllowedError`."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise NotAllowedError("The provider does not say who you are.")
    email = verified_email(claims)
    if settings.domains and (email is None or _domain(email) not in settings.domains):
        raise NotAllowedError(
            "The provider knows no verified e-mail address of yours that belongs to this company."
        )
    return Person(subject, _name(claims, email, subject), _role(claims, settings))


def verified_email(claims: Claims) -> str | None:
    """The e-mail address that the provider has seen to be theirs; any other they could have typed."""
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or email.count("@") != 1 or verified not in (True, "true"):
        return None
    return email


def is_complete(claims: Claims, settings: OidcSettings) -> bool:
    """Whether nothing is missing that is looked at."""
    return "email" in claims and (not settings.roles or any(True for _ in values_of(claims, settings.claim)))


def values_of(claims: Claims, claim: str) -> Iterator[str]:
    """The values of a claim: a text, or each of a list. A claim ``a.b`` may also be ``b`` within ``a``."""
    found = claims.get(claim)
    if found is None and "." in claim:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    for value in found if isinstance(found, list) else [found]:
        if isinstance(value, str):
            yield value


def _role(claims: Claims, settings: OidcSettings) -> Role:
    roles = [
        Role(settings.roles[value]) for value in values_of(claims, settings.claim) if value in settings.roles
    ]
    if settings.otherwise is not None:
        roles.append(Role(settings.otherwise))
    if not roles:
        raise NotAllowedError("You are in none of the groups that may use the console.")
    return max(roles, key=list(Role).index)


def _name(claims: Claims, email: str | None, subject: str) -> str:
    preferred = claims.get("preferred_username")
    return email or (preferred if isinstance(preferred, str) and preferred else subject)


def _domain(email: str) -> str:
    try:
        return email.rpartition("@")[2].rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return ""
