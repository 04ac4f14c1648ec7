"""Claims: the shop itself says who may use which lane, in a JSON Web Token (RFC 7519) that it signs.

The algorithm follows from the key, never from the token (RFC 8725 section 3.1): HS256 for a shared secret, and for a
public key EdDSA, ES256 or RS256 by its type. A claim must say ``aud`` (the room), ``sub`` (an opaque member key),
``lane`` and ``exp``; ``nbf`` counts where it is there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
import jwt.exceptions
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from waitroom.shaping.invitation import InvitationError, Refusal

MAX_LENGTH = 2048
"""Characters of a claim."""
LEEWAY_SECONDS = 10
"""By which the shop's clock may differ from ours."""
SHORTEST_SECRET = 32
"""Bytes (RFC 7518 section 3.2)."""
_SMALLEST_RSA = 2048
_CACHED = 16_384

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey


@dataclass(frozen=True, slots=True)
class Claim:
    """What the shop says of one of its members. Times are in seconds since 1970."""

    lane: str
    member: str
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """A key that verifies claims, with the one algorithm that it is for."""

    algorithm: str
    key: str | PublicKey

    @classmethod
    def shared(cls, secret: str) -> ClaimKey:
        """A secret that the shop has too. Raises ValueError where it is too short."""
        if len(secret.encode()) < SHORTEST_SECRET:
            raise ValueError(f"a secret for claims must have at least {SHORTEST_SECRET} bytes")
        return cls("HS256", secret)

    @classmethod
    def public(cls, pem: str) -> ClaimKey:
        """The public half of a key that only the shop has. Raises ValueError where it is none that can be used."""
        try:
            key = load_pem_public_key(pem.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError("not a public key in PEM") from error
        match key:
            case Ed25519PublicKey():
                return cls("EdDSA", key)
            case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
                return cls("ES256", key)
            case RSAPublicKey() if key.key_size >= _SMALLEST_RSA:
                return cls("RS256", key)
        raise ValueError("neither Ed25519, nor P-256, nor RSA of at least 2048 bits")


class Claims:
    """Reads the claims of one room. Several keys are for rotation: any of them counts."""

    def __init__(self, room: str, keys: Sequence[ClaimKey]) -> None:
        self._room = room
        self._keys = keys
        self._read = lru_cache(_CACHED)(self._read_anew)

    def read(self, text: str, now: float) -> Claim:
        """The claim in ``text``, genuine, of this room and time. Raises :class:`InvitationError`."""
        if len(text) > MAX_LENGTH:
            raise InvitationError(Refusal.CUT, f"longer than {MAX_LENGTH} characters")
        claim = self._read(text)
        if now >= claim.ends + LEEWAY_SECONDS:
            raise InvitationError(Refusal.EXPIRED, "the claim is over")
        if now < claim.begins - LEEWAY_SECONDS:
            raise InvitationError(Refusal.NOT_YET, "the claim does not count yet")
        return claim

    def _read_anew(self, text: str) -> Claim:
        said = self._said(text)
        lane, member = said["lane"], said["sub"]
        begins, ends = said.get("nbf", 0), said["exp"]
        if not isinstance(lane, str) or not isinstance(member, str) or not member.strip():
            raise InvitationError(Refusal.WRONG_CLAIM, "lane and sub must be texts, sub not an empty one")
        if not _is_time(begins) or not _is_time(ends):
            raise InvitationError(Refusal.WRONG_CLAIM, "exp and nbf must be seconds since 1970")
        return Claim(lane, member, begins, ends)

    # the library's own return type
    def _said(self, text: str) -> dict[str, Any]:
        refused: jwt.PyJWTError = jwt.InvalidTokenError("no key")
        for key in self._keys:
            try:
                return jwt.decode(
                    text,
                    key.key,
                    algorithms=[key.algorithm],
                    audience=self._room,
                    # time is judged in read(): what is remembered must not depend on it
                    options={
                        "require": ["exp", "aud", "sub", "lane"],
                        "verify_exp": False,
                        "verify_nbf": False,
                        "verify_iat": False,
                    },
                )
            except RecursionError as error:
                raise InvitationError(Refusal.CUT, "not a claim: nested too deeply") from error
            except jwt.PyJWTError as error:
                refused = error
                if not isinstance(error, jwt.InvalidSignatureError | jwt.InvalidAlgorithmError):
                    break
        raise _refused(refused) from refused


def _refused(error: jwt.PyJWTError) -> InvitationError:
    match error:
        case jwt.InvalidSignatureError() | jwt.InvalidAlgorithmError():
            return InvitationError(Refusal.FORGED, f"the claim is not signed by the shop: {error}")
        case jwt.InvalidAudienceError():
            return InvitationError(Refusal.OTHER_ROOM, "the claim is for another room: see aud")
        case jwt.MissingRequiredClaimError() | jwt.exceptions.InvalidSubjectError():
            return InvitationError(Refusal.WRONG_CLAIM, f"the claim is not whole: {error}")
    return InvitationError(Refusal.CUT, f"not a claim: {error}")


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
