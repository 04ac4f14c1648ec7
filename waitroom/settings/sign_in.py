"""What can be set about who may use the console, and how they sign in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from waitroom.settings.kinds import Allowed, AsDuration, FilePath, Frozen, Host, broken

RoleName = Literal["viewer", "operator", "admin"]

_DAY = 86_400.0
_LOCAL = ("localhost", "127.0.0.1", "::1")


def _address(given: str) -> str:
    url = urlsplit(given)
    plain = url.scheme in ("http", "https") and url.hostname and url.path in ("", "/")
    if not plain or url.port == 0 or "@" in url.netloc or "?" in given or "#" in given:
        raise ValueError("not an address")
    return f"{url.scheme}://{url.netloc.lower()}"


def _issuer(given: str) -> str:
    url = urlsplit(given)
    if not url.hostname or url.port == 0 or "@" in url.netloc or "?" in given or "#" in given:
        raise ValueError("not an issuer")
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOCAL):
        raise broken("must begin with https://: whoever is between could sign in as anybody")
    return given


class OidcSettings(BaseModel):
    """Sign-in with an OpenID Connect provider, beside passwords: see [the console](console-access.md).

    The address to register there as the redirect URI is that of the console with `/sign-in/provider/back`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    issuer: Annotated[
        str, AfterValidator(_issuer), Allowed("an https address, such as https://accounts.example")
    ] = Field(description="The provider, as it names itself: its discovery document lies under it.")
    client_id: Annotated[str, Field(min_length=1, max_length=200), Allowed("1 to 200 characters")] = Field(
        description="What the provider calls the console."
    )
    client_secret: Annotated[
        SecretStr | None, Field(min_length=1), Allowed("a text, as the provider shows it")
    ] = Field(
        default=None,
        description="The console's secret there. Left out for a public client: the code is bound by PKCE in any case. "
        "Better in the environment: WAITROOM_SIGN_IN__OIDC__CLIENT_SECRET.",
    )
    client_secret_file: Annotated[FilePath | None, Allowed("the path of a file with the secret")] = Field(
        default=None,
        description="A file with the secret, instead of client_secret. Only its owner may be able to write to it. "
        "A relative path starts at the configuration file's folder.",
    )
    label: Annotated[str, Field(min_length=1, max_length=40), Allowed("1 to 40 characters")] = Field(
        default="single sign-on", description="What the button calls the provider."
    )
    scopes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$")], ...],
        Allowed('a list of scopes, such as ["groups"]'),
    ] = Field(default=(), description="What to ask for beside openid, email and profile.")
    domains: Annotated[tuple[Host, ...], Allowed('a list of domains, such as ["shop.example"]')] = Field(
        default=(),
        description="Only people with a verified e-mail address of these domains may sign in. Left out: any address, "
        "and only by their groups.",
    )
    claim: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,200}$"), Allowed("the name of a claim")] = Field(
        default="groups", description="The claim of the ID token that holds their groups or roles there."
    )
    roles: Annotated[
        Mapping[str, RoleName],
        Frozen,
        Allowed('"viewer", "operator" or "admin" for each value, such as { shop-ops = "operator" }'),
    ] = Field(
        default={},
        description="The role for each value of the claim; the highest counts. It is looked at each time they sign in.",
    )
    otherwise: Annotated[RoleName | None, Allowed('"viewer", "operator" or "admin"')] = Field(
        default=None,
        description="The role of people of the domains who have none by the claim. Left out: they may not sign in.",
    )

    @field_validator("otherwise")
    @classmethod
    def _with_domains(cls, otherwise: RoleName | None, info: ValidationInfo) -> RoleName | None:
        if otherwise is not None and not info.data.get("domains", True):
            raise broken("needs domains: else everybody who has an account there could sign in")
        return otherwise

    @field_validator("client_secret_file")
    @classmethod
    def _instead_of_secret(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("client_secret") is not None:
            raise broken("cannot be set together with client_secret: keep one of them")
        return path

    @model_validator(mode="after")
    def _lets_somebody_in(self) -> OidcSettings:
        if not self.roles and self.otherwise is None:
            raise broken("must have roles, or otherwise with domains: else nobody could sign in")
        return self


class SignInSettings(BaseModel):
    """Who may use the console, and how they sign in: see [the console](console-access.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    address: Annotated[
        Annotated[str, AfterValidator(_address)] | None,
        Allowed("an address without a path, such as https://console.example"),
    ] = Field(
        default=None,
        description="Under which browsers reach the console, where that is another than admin_host and admin_port: for "
        "links, and for a proxy that does not pass the Host field on.",
    )
    idle: Annotated[
        float, AsDuration, Field(ge=60, le=_DAY), Allowed('a duration from "1m" to "1d", such as "1h"')
    ] = Field(
        default=3600.0,
        description="A sign-in ends when the console was not used for this long. An open live page uses it.",
    )
    longest: Annotated[
        float,
        AsDuration,
        Field(ge=300, le=30 * _DAY),
        Allowed('a duration from "5m" to "30d", such as "24h"'),
    ] = Field(default=_DAY, description="A sign-in ends after this long in any case.")
    codes_for: Annotated[tuple[RoleName, ...], Allowed('a list of "viewer", "operator" and "admin"')] = Field(
        default=(),
        description="The roles that need an authenticator app: whoever has none sets it up when they sign in. Those "
        "who come from a provider show theirs there.",
    )
    audit_keep: Annotated[
        float,
        AsDuration,
        Field(ge=30 * _DAY, le=3650 * _DAY),
        Allowed('a duration from "30d" to "3650d", such as "400d"'),
    ] = Field(default=400 * _DAY, description="How long entries of the audit log are kept.")
    oidc: OidcSettings | None = Field(default=None, description="Sign-in with an OpenID Connect provider.")
