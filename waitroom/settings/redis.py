"""What can be set about the Redis that keeps the lines."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from waitroom.redis.address import RedisAddress
from waitroom.settings.kinds import Allowed, FilePath, RedisUrl, Timeout, broken, with_certificates


class RedisSettings(BaseModel):
    """Where Redis is, and how much patience there is with it."""

    redis_url: Annotated[
        RedisUrl | None,
        Allowed(
            "a redis://, rediss:// or unix:// address, such as redis://127.0.0.1:6379/0; for Sentinel "
            "redis+sentinel://host:26379,host:26379/name-of-the-master/0; for a cluster "
            "redis+cluster://host:6379,host:6379; both with rediss for TLS"
        ),
    ] = Field(
        default=None,
        repr=False,  # it may hold a password
        description="The Redis (6.2 or later) or Valkey (7.2 or later) that keeps the lines. "
        "Left out: a Redis server of the gateway's own, with its data in data_dir. See [redis.md](redis.md).",
    )
    redis_timeout: Timeout = Field(
        default=2.0,
        description="How long Redis may take to answer. Beyond it whoever needs it is told that it is away, and all "
        "others at once, until it answers again. Those inside do not need it.",
    )
    redis_connect_timeout: Timeout = Field(
        default=2.0, description="How long a connection to Redis may take, TLS included."
    )
    redis_ca_file: Annotated[FilePath | None, Allowed("the path of a PEM file with certificates")] = Field(
        default=None,
        description="The authorities that may have signed the certificate of a rediss:// server. "
        "A relative path starts at the configuration file's folder. Left out: the system's.",
    )
    redis_cert_file: Annotated[FilePath | None, Allowed("the path of a PEM file with a certificate")] = Field(
        default=None,
        description="Set together with redis_key_file: what is shown to a rediss:// server that asks for a "
        "certificate.",
    )
    redis_key_file: Annotated[FilePath | None, Allowed("the path of a PEM file with a private key")] = Field(
        default=None, description="The private key of the certificate in redis_cert_file, without a password."
    )

    @field_validator("redis_ca_file", "redis_cert_file", "redis_key_file")
    @classmethod
    def _with_tls(cls, given: Path | None, info: ValidationInfo) -> Path | None:
        if given is not None and "redis_url" in info.data:
            url = info.data["redis_url"]
            if url is None or not RedisAddress.parse(url).uses_tls:
                raise broken("cannot be used without a rediss:// address in redis_url")
        return given

    @field_validator("redis_ca_file")
    @classmethod
    def _with_certificates(cls, redis_ca_file: Path | None) -> Path | None:
        return with_certificates(redis_ca_file)

    @field_validator("redis_key_file")
    @classmethod
    def _that_fits(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        certificate: Path | None = info.data.get("redis_cert_file")
        if "redis_cert_file" in info.data and (key is None) != (certificate is None):
            raise broken("must be set together with redis_cert_file")
        if key is not None and certificate is not None:
            try:
                # a password would be asked for on the terminal
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
            except ssl.SSLError as error:
                raise broken(
                    f"must fit the certificate in redis_cert_file: {error.reason or error}"
                ) from None
            except OSError as error:
                raise broken(
                    f"must be a file that can be read, as redis_cert_file must: {error.strerror}"
                ) from None
        return key
