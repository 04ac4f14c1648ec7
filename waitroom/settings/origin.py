"""What can be set about the shop behind the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from waitroom.settings.kinds import (
    Allowed,
    FilePath,
    Host,
    OneOrMore,
    OriginUrl,
    Timeout,
    WholeNumber,
    broken,
    with_certificates,
)

_T = TypeVar("_T")


class OriginSettings(BaseModel):
    """Where the shop is, and how much patience there is with it."""

    origin: Annotated[
        tuple[OriginUrl, ...],
        OneOrMore,
        Field(min_length=1),
        Allowed(
            'an http:// or https:// address without path, such as "http://127.0.0.1:9000", '
            'or a socket, such as "unix:///run/shop.sock", or a list of such addresses'
        ),
    ] = Field(
        default=("http://127.0.0.1:9000",),
        description="The shop that stands behind the gateway. Of several addresses of the same shop, a request "
        "goes to the one with the fewest under way; one that cannot be reached is passed over for a while.",
    )
    origin_ca_file: Annotated[FilePath | None, Allowed("the path of a PEM file with certificates")] = Field(
        default=None,
        description="The authorities that may have signed the certificate of an https:// origin. "
        "A relative path starts at the configuration file's folder. Left out: the system's.",
    )
    origin_server_name: Annotated[
        Host | None, Allowed('a host name without scheme, port or path, such as "shop.example"')
    ] = Field(
        default=None,
        description="The name that the certificate of an https:// origin must have, and that the origin is "
        "told in the TLS handshake. Left out: the host in the address.",
    )
    origin_connect_timeout: Timeout = Field(
        default=5.0,
        description="How long a connection to the origin may take. Beyond it the visitor gets a 504.",
    )
    origin_response_timeout: Timeout = Field(
        default=60.0,
        description="How long the origin may take to begin its answer. Beyond it the visitor gets a 504.",
    )
    origin_idle_timeout: Timeout = Field(
        default=60.0,
        description="How long the origin may fall silent within an answer before it is given up.",
    )
    origin_connections: Annotated[
        WholeNumber, Field(ge=1, le=65_535), Allowed("a whole number from 1 to 65535")
    ] = Field(
        default=256,
        description="The most connections that a worker has open at once to an address of the origin.",
    )

    @field_validator("origin")
    @classmethod
    def _different(cls, origin: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(origin)) < len(origin):
            raise broken("must not name an address twice")
        return origin

    @field_validator("origin_ca_file", "origin_server_name")
    @classmethod
    def _with_https(cls, given: _T, info: ValidationInfo) -> _T:
        origin = info.data.get("origin", ("https://",))
        if given is not None and not any(url.startswith("https://") for url in origin):
            raise broken("cannot be used without an https:// origin")
        return given

    @field_validator("origin_ca_file")
    @classmethod
    def _with_certificates(cls, origin_ca_file: Path | None) -> Path | None:
        return with_certificates(origin_ca_file)
