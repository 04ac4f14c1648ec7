"""What can be set about claims: the shop's own word on who may use which lane."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from waitroom.settings.kinds import Allowed, OneOrMore, broken
from waitroom.shaping.claims import SHORTEST_SECRET, ClaimKey


def _long_enough(secret: SecretStr) -> SecretStr:
    ClaimKey.shared(secret.get_secret_value())
    return secret


def _public_key(pem: str) -> str:
    ClaimKey.public(pem)
    return pem


class ClaimSettings(BaseModel):
    """Claims: the shop says who may use which lane, in a JSON Web Token that it signs. Left out: none are believed.

    A claim says `aud` (the room), `sub` (an opaque key of the member), `lane` and `exp`. The algorithm follows from
    the key: HS256 for a secret; EdDSA, ES256 or RS256 for a public key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    secret: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_long_enough)], ...],
        OneOrMore,
        Allowed(f"a text of at least {SHORTEST_SECRET} bytes, or a list of such texts"),
    ] = Field(
        default=(),
        description="The secret with which the shop signs (HS256). One text, or a list for rotation: all are believed. "
        "Never the gateway's own secret: the shop's must not be able to sign passes.",
    )
    public_key: Annotated[
        tuple[Annotated[str, AfterValidator(_public_key)], ...],
        OneOrMore,
        Allowed("a public key in PEM (Ed25519, P-256, or RSA of at least 2048 bits), or a list of such keys"),
    ] = Field(
        default=(),
        description="Instead of a secret: the public half of the shop's key, so that the gateway can sign no claims.",
    )
    cookie: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_-]{1,60}$"),
        Allowed("a cookie's name of 1 to 60 of A-Z, a-z, 0-9, _ and -"),
    ] = Field(
        default="waitroom_claim",
        description="The cookie in which a browser brings its claim. Cookies that begin with `waitroom_` are not "
        "passed on to the shop.",
    )
    header: Annotated[
        str,
        Field(pattern=r"^[a-z0-9-]{1,60}$"),
        Allowed("a header's name in lower case, of 1 to 60 of a-z, 0-9 and -"),
    ] = Field(
        default="waitroom-claim",
        description="The header in which an app brings it. Headers that begin with `waitroom-` are not passed on.",
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> ClaimSettings:
        if not self.secret and not self.public_key:
            raise broken("must have a secret or a public_key")
        return self

    @property
    def keys(self) -> list[ClaimKey]:
        """All keys that verify claims."""
        return [
            *(ClaimKey.shared(secret.get_secret_value()) for secret in self.secret),
            *(ClaimKey.public(pem) for pem in self.public_key),
        ]
