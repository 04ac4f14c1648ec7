"""What can be set for the gateway as a whole. The descriptions of the fields are the manual."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from waitroom.settings.kinds import (
    Allowed,
    FilePath,
    Host,
    ListenAddress,
    Network,
    OneOrMore,
    OriginUrl,
    Port,
    RedisUrl,
    Secret,
    Timeout,
    WholeNumber,
)
from waitroom.settings.room import RoomSettings, conflicts

ROOM_CONFLICT = "room_conflict"
"""The kind of pydantic error that says that rooms stand in each other's way."""

_T = TypeVar("_T")
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


class Settings(BaseModel):
    """Everything that can be set. An instance is whole and valid; ``load`` makes one."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    secret: Annotated[
        tuple[Secret, ...],
        OneOrMore,
        Allowed("a text of at least 16 characters, or a list of such texts, newest first"),
    ] = Field(
        default=(),
        description="Signs tickets and passes. One text, or a list for rotation: the first signs, "
        "all are believed. Left out (and secret_file too): one is generated and kept in data_dir. "
        "With several machines it must be set.",
    )
    secret_file: Annotated[
        FilePath | None, Allowed("the path of a file with one secret per line, newest first")
    ] = Field(
        default=None,
        description="A file with one secret per line, newest first, instead of secret. "
        "Only its owner may be able to write to it. "
        "A relative path starts at the configuration file's folder.",
    )
    redis_url: Annotated[
        RedisUrl | None, Allowed("a redis://, rediss:// or unix:// address, such as redis://127.0.0.1:6379/0")
    ] = Field(
        default=None,
        repr=False,  # it may hold a password
        description="The Redis (6.2 or later) or Valkey (7.2 or later) that keeps the lines. "
        "Left out: a Redis server of the gateway's own, with its data in data_dir.",
    )
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
    trusted_proxies: Annotated[
        tuple[Network, ...],
        Allowed(
            'a list of addresses and networks, such as ["127.0.0.1", "10.0.0.0/8"], '
            "no bits set beyond the prefix"
        ),
    ] = Field(
        default=(), description="Proxies and CDNs whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    data_dir: Annotated[FilePath, Allowed("the path of a folder")] = Field(
        default=Path("data"),
        description="Where the embedded Redis keeps its data, and the generated secret. "
        "A relative path starts at the configuration file's folder.",
    )
    rooms: Annotated[
        tuple[RoomSettings, ...],
        Allowed("one or more rooms, each under a [[rooms]] heading"),
    ] = Field(
        default=(RoomSettings(name="main"),),
        description='The waiting rooms. Left out: one room named "main" that covers everything.',
    )
    host: ListenAddress = Field(default="127.0.0.1", description="The address on which the gateway listens.")
    port: Port = Field(default=8000, description="The port on which the gateway listens.")
    workers: Annotated[WholeNumber, Field(ge=1, le=256), Allowed("a whole number from 1 to 256")] = Field(
        default=1, description="Worker processes of the gateway. One per processor core is a good start."
    )
    admin_host: ListenAddress = Field(
        default="127.0.0.1", description="The address on which the operators' console listens."
    )
    admin_port: Port = Field(default=8001, description="The port on which the operators' console listens.")
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
    websocket_idle_timeout: Timeout = Field(
        default=600.0,
        description="How long a WebSocket may go without a byte in either direction before it is closed.",
    )
    origin_connections: Annotated[
        WholeNumber, Field(ge=1, le=65_535), Allowed("a whole number from 1 to 65535")
    ] = Field(
        default=256,
        description="The most connections that a worker has open at once to an address of the origin.",
    )

    @field_validator("secret_file")
    @classmethod
    def _instead_of_secret(cls, secret_file: Path | None, info: ValidationInfo) -> Path | None:
        if secret_file is not None and info.data.get("secret"):
            raise _broken("cannot be set together with secret: keep one of them")
        return secret_file

    @field_validator("origin")
    @classmethod
    def _different(cls, origin: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(origin)) < len(origin):
            raise _broken("must not name an address twice")
        return origin

    @field_validator("origin_ca_file", "origin_server_name")
    @classmethod
    def _with_https(cls, given: _T, info: ValidationInfo) -> _T:
        origin = info.data.get("origin", ("https://",))
        if given is not None and not any(url.startswith("https://") for url in origin):
            raise _broken("cannot be used without an https:// origin")
        return given

    @field_validator("origin_ca_file")
    @classmethod
    def _with_certificates(cls, origin_ca_file: Path | None) -> Path | None:
        if origin_ca_file is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            try:
                context.load_verify_locations(origin_ca_file)
            except ssl.SSLError:
                pass
            except OSError as error:
                raise _broken(f"must be a file that can be read: {error.strerror}") from None
            if not context.cert_store_stats()["x509"]:
                raise _broken("must hold at least one certificate in PEM form")
        return origin_ca_file

    @field_validator("rooms")
    @classmethod
    def _apart(cls, rooms: tuple[RoomSettings, ...]) -> tuple[RoomSettings, ...]:
        if not rooms:
            raise ValueError("no room")
        found = list(conflicts(dict(enumerate(rooms))))
        if found:
            text = "; ".join(
                f"rooms[{conflict.index}].{conflict.field}: {conflict.rule}" for conflict in found
            )
            raise PydanticCustomError(ROOM_CONFLICT, "{text}", {"text": text})
        return rooms

    @field_validator("admin_port")
    @classmethod
    def _other_port(cls, admin_port: int, info: ValidationInfo) -> int:
        hosts = {info.data.get("host"), info.data.get("admin_host")}
        overlap = len(hosts) == 1 or hosts & _EVERYWHERE
        if admin_port != 0 and overlap and admin_port == info.data.get("port"):
            raise _broken("must differ from port: the gateway and the console cannot listen on the same one")
        return admin_port


def _broken(rule: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{rule}", {"rule": rule})
