"""What can be set about those who come: whom to believe, and how much each may ask for."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from waitroom.messages.languages import tag
from waitroom.settings.kinds import Allowed, FilePath, Network, Size, Timeout, WebOrigin, WholeNumber, broken
from waitroom.words.offered import OFFERED

LanguageTag = Annotated[str, AfterValidator(tag)]
_Count = Annotated[WholeNumber, Field(ge=1, le=1_000_000), Allowed("a whole number from 1 to 1000000")]
_CountOrNone = Annotated[
    WholeNumber, Field(ge=0, le=1_000_000), Allowed("a whole number from 0 to 1000000 (0: no limit)")
]


class VisitorSettings(BaseModel):
    """TLS, proxies in front, and the limits of one visitor."""

    tls_cert_file: Annotated[FilePath | None, Allowed("the path of a PEM file with a certificate chain")] = (
        Field(
            default=None,
            description="Set together with tls_key_file: the gateway speaks HTTPS with this certificate. "
            "A relative path starts at the configuration file's folder. Read at the start. "
            "Left out: HTTP, as behind a load balancer that ends TLS.",
        )
    )
    tls_key_file: Annotated[FilePath | None, Allowed("the path of a PEM file with a private key")] = Field(
        default=None, description="The private key of the certificate in tls_cert_file, without a password."
    )
    languages: Annotated[
        tuple[LanguageTag, ...],
        Field(max_length=len(OFFERED)),
        Allowed('a list of language tags, such as ["en", "pt-BR"], each once, of those in docs/languages.md'),
    ] = Field(
        default=(),
        description="The languages of the pages that visitors see: each gets the one that they read best. The first is "
        "for who reads none of them. Left out: all that there are, English first.",
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
    cors_origins: Annotated[
        tuple[WebOrigin, ...],
        Allowed('a list of origins without path, such as ["https://www.shop.example"]; "*" is none'),
    ] = Field(
        default=(),
        description="Origins whose scripts may read the gateway's own answers, with cookies: those of the shop's pages "
        "on other hosts than this one, and of its apps. See apps.md. Left out: only pages of the same host can.",
    )
    max_header_bytes: Annotated[
        Size, Field(ge=1024, le=1_048_576), Allowed('a size from "1KiB" to "1MiB", such as "64KiB"')
    ] = Field(default=65_536, description="Of a request's line and header fields together. Beyond it: 431.")
    max_header_fields: _Count = Field(default=100, description="Header fields of a request. Beyond it: 431.")
    max_field_bytes: Annotated[
        Size, Field(ge=256, le=1_048_576), Allowed('a size from "256B" to "1MiB", such as "8KiB"')
    ] = Field(
        default=8190, description="Of one header field of a request, its cookies for one. Beyond it: 431."
    )
    max_target_bytes: Annotated[
        Size, Field(ge=256, le=65_536), Allowed('a size from "256B" to "64KiB", such as "8KiB"')
    ] = Field(default=8190, description="Of a request's path and query together. Beyond it: 414.")
    max_body_bytes: Annotated[
        Size, Field(ge=0, le=2**60), Allowed('a size, such as "100MiB" (0: no limit)')
    ] = Field(
        default=0,
        description="Of a request's body. Beyond it: 413. Bodies of any size are passed on piece by piece, "
        "so this protects the shop, not the gateway.",
    )
    header_timeout: Timeout = Field(
        default=15.0,
        description="How long a visitor may take to send the head of a request, from its first byte. "
        "Beyond it: 408.",
    )
    keep_alive_timeout: Timeout = Field(
        default=65.0,
        description="How long a connection is kept open for another request. Longer than the 60s of most load "
        "balancers in front, which must be the ones that close.",
    )
    stall_timeout: Timeout = Field(
        default=30.0,
        description="How long a visitor may pause within a request's body (then: 408), and take nothing of "
        "the answer (then the connection is closed).",
    )
    request_timeout: Timeout = Field(
        default=3600.0, description="How long the whole of a request may take to arrive. Beyond it: 408."
    )
    min_body_rate: Annotated[
        Size, Field(ge=0, le=2**30), Allowed('bytes a second, such as "500B" (0: no limit)')
    ] = Field(
        default=100,
        description="How fast a request's body must arrive, in bytes a second on the average, once it has been "
        "waited for 60s in all. Below it: 408. Bodies that trickle in would hold the shop's connections.",
    )
    min_answer_rate: Annotated[
        Size, Field(ge=0, le=2**30), Allowed('bytes a second, such as "500B" (0: no limit)')
    ] = Field(
        default=100,
        description="How fast a visitor must take an answer, in bytes a second on the average of the time in which "
        "the gateway waits for them to take more, once that is 60s in all. Below it the connection is closed. "
        "A shop that answers slowly, and silence on event streams and WebSockets, count for nothing.",
    )
    websocket_idle_timeout: Timeout = Field(
        default=600.0,
        description="How long a WebSocket may go without a byte in either direction before it is closed.",
    )
    max_requests_per_visitor: _CountOrNone = Field(
        default=100,
        description="Requests of one visit, or event streams of one ticket, that a worker has under way at once. "
        "Beyond it: 429. Whoever has neither counts by address alone.",
    )
    max_connections_per_address: _CountOrNone = Field(
        default=10_000,
        description="Connections from one IPv4 address or one IPv6 /64 that a worker has open at once. "
        "Connections of trusted proxies are not counted; of those that they pass on, the requests under way "
        "are. Beyond it: 429. Mobile networks put thousands of people behind one address.",
    )
    max_joins_at_once: _CountOrNone = Field(
        default=1000,
        description="Newcomers to whom a worker is giving a place at a time, or connections that wait for it (Linux). "
        "Beyond it four of five newcomers get a light page that asks again by itself, spread in time (503), so that "
        "nobody waits for long without a page, and those inside least of all. 1000 are about a second of a processor "
        "core. Rooms in mode pass send nobody away.",
    )

    @field_validator("languages")
    @classmethod
    def _there(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [each for each in languages if each not in OFFERED]:
            raise broken(f"must be of {', '.join(OFFERED)}: {unknown[0]} is not")
        if len(set(languages)) < len(languages):
            raise broken("must have each language once")
        return languages

    @field_validator("tls_key_file")
    @classmethod
    def _fits(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        certificate: Path | None = info.data.get("tls_cert_file")
        if "tls_cert_file" in info.data and (key is None) != (certificate is None):
            raise broken("must be set together with tls_cert_file")
        if key is not None and certificate is not None:
            try:
                # a password would be asked for on the terminal
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
            except ssl.SSLError as error:
                raise broken(f"must fit the certificate in tls_cert_file: {error.reason or error}") from None
            except OSError as error:
                raise broken(
                    f"must be a file that can be read, as tls_cert_file must: {error.strerror}"
                ) from None
        return key
