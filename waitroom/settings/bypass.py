"""What can be set about who never queues: rules, and webhooks by their signature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from waitroom.settings.kinds import (
    Allowed,
    AsDuration,
    AtLeastASecond,
    FilePath,
    Network,
    OneOrMore,
    PathPattern,
    Secret,
    Size,
    broken,
)
from waitroom.settings.room import RoomSettings
from waitroom.shaping.crawlers import CRAWLERS
from waitroom.shaping.signatures import SignatureError
from waitroom.shaping.signatures.coding import from_hex
from waitroom.shaping.signatures.generic import SLOTS, slots
from waitroom.shaping.signatures.standard import key_of

Engine = Literal["google", "bing", "apple", "yandex", "baidu"]
Style = Literal["stripe", "standard", "shopify", "adyen", "hmac"]

_RuleName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"),
    Allowed('1 to 40 of a-z, 0-9 and "-", not at either end'),
]
_Method = Annotated[str, Field(pattern=r"^[A-Z]{1,20}$")]
_FieldName = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")] | None,
    Allowed("the name of a header field"),
]
_Paths = Annotated[
    tuple[PathPattern, ...],
    Allowed('a list of decoded paths that start with "/", with "*" only at the end, such as ["/static/*"]'),
]
_CONDITIONS = ("paths", "networks", "crawlers")
_OF_HMAC = ("header", "encoding", "algorithm", "prefix", "signed", "timestamp_header", "secret_encoding")


class BypassSettings(BaseModel):
    """Requests that never queue. All conditions of a rule must hold; the first rule that matches counts.

    A path matches by what every shop reads in it, in its case: one with doubtful spellings (encoded slashes, dot
    segments, `;`) matches no rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: _RuleName = Field(description="The rule's name, for logs and explanations.")
    rooms: Annotated[tuple[str, ...], Allowed('a list of names of rooms, such as ["drop"]')] = Field(
        default=(), description="The rooms in which the rule holds. Left out: all."
    )
    paths: _Paths = Field(
        default=(),
        description='Paths, as those of a room: exactly one ("/health"), it and all below it ("/static/*"), '
        'or all that begin alike ("/static*"). Left out: any.',
    )
    methods: Annotated[
        tuple[_Method, ...], Allowed('a list of methods in capital letters, such as ["GET", "HEAD"]')
    ] = Field(default=(), description="Methods. Left out: any; in a rule with crawlers, GET and HEAD.")
    networks: Annotated[
        tuple[Network, ...],
        Allowed(
            'a list of addresses and networks, such as ["192.0.2.7", "2001:db8::/32"], '
            "no bits set beyond the prefix"
        ),
    ] = Field(
        default=(),
        description="The visitors' addresses, as trusted_proxies tell them. A proxy's own never count. Left out: any.",
    )
    crawlers: Annotated[
        tuple[Engine, ...], Allowed("a list of " + ", ".join(f'"{name}"' for name in CRAWLERS))
    ] = Field(
        default=(),
        description="Search engines whose crawlers pass, verified by forward-confirmed reverse DNS in the background: "
        "the first requests from an address wait like everyone's.",
    )

    @model_validator(mode="after")
    def _narrows(self) -> BypassSettings:
        anywhere = not self.paths or "/*" in self.paths
        anybody = not self.networks or any(network.endswith("/0") for network in self.networks)
        if anywhere and anybody and not self.crawlers:
            raise broken(
                f'a rule must have at least one of {", ".join(_CONDITIONS)} that leaves somebody out (not "/*", '
                f'"0.0.0.0/0" or "::/0"): else it opens the room to all'
            )
        return self


class WebhookSettings(BaseModel):
    """A provider's call-backs, which pass by their verified signature, once, and never by their path alone.

    What is not verified, or was delivered before, waits in line like any request to that path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: _RuleName = Field(description="The webhook's name, for logs and for what is remembered of it.")
    paths: Annotated[_Paths, Field(min_length=1)] = Field(
        description="Where the provider sends them, by POST."
    )
    style: Annotated[Style, Allowed('one of "stripe", "standard", "shopify", "adyen", "hmac"')] = Field(
        description='How they are signed: "stripe", "shopify" and "adyen" as those do, "standard" as '
        'standardwebhooks.com says, "hmac" as the settings from header on say.'
    )
    secret: Annotated[
        tuple[Secret, ...], OneOrMore, Allowed("a text of at least 16 characters, or a list of such texts")
    ] = Field(
        default=(),
        description="As the provider shows it. Several while one is exchanged for another: all are believed.",
    )
    secret_file: Annotated[FilePath | None, Allowed("the path of a file with one secret per line")] = Field(
        default=None,
        description="A file with one secret per line, instead of secret. Only its owner may be able to write to it. "
        "A relative path starts at the configuration file's folder.",
    )
    tolerance: Annotated[
        float, AsDuration, Field(ge=1, le=86_400), Allowed('a duration from "1s" to "1d", such as "5m"')
    ] = Field(
        default=300.0,
        description="How far a signature's own time may be from the gateway's clock, where it has one: "
        "stripe, standard, and hmac with a timestamp_header.",
    )
    remember: AtLeastASecond = Field(
        default=259_200.0,
        description="How long a signature without a time of its own is remembered once the shop has taken the message "
        "(answered 2xx): for so long it does not pass again.",
    )
    max_body_bytes: Annotated[
        Size, Field(ge=1024, le=16_777_216), Allowed('a size from "1KiB" to "16MiB", such as "1MiB"')
    ] = Field(
        default=1_048_576,
        description="Of a message: it is read whole before it passes. Larger ones do not pass.",
    )
    header: _FieldName = Field(
        default=None, description="hmac: the field with the signature, such as X-Hub-Signature-256."
    )
    encoding: Annotated[Literal["hex", "base64"], Allowed('"hex" or "base64"')] = Field(
        default="hex", description="hmac: how the signature is written."
    )
    algorithm: Annotated[Literal["sha256", "sha384", "sha512"], Allowed('"sha256", "sha384" or "sha512"')] = (
        Field(default="sha256", description="hmac: the hash.")
    )
    prefix: Annotated[str, Field(max_length=40), Allowed("a text of at most 40 characters")] = Field(
        default="", description='hmac: what stands before the signature in its field, such as "sha256=".'
    )
    signed: Annotated[
        str,
        Field(max_length=200),
        Allowed(f"a text with {{body}} once, and any of {', '.join(sorted(SLOTS))} in braces"),
    ] = Field(
        default="{body}",
        description='hmac: what is signed, such as "v0:{timestamp}:{body}". target is path and query, url the whole '
        "address that the provider was given.",
    )
    timestamp_header: _FieldName = Field(
        default=None,
        description="hmac: the field with the time of signing, in seconds or milliseconds since 1970. It must be "
        "signed too.",
    )
    secret_encoding: Annotated[Literal["text", "hex", "base64"], Allowed('"text", "hex" or "base64"')] = (
        Field(default="text", description="hmac: how the key is written in secret.")
    )

    @field_validator("signed")
    @classmethod
    def _known_slots(cls, signed: str) -> str:
        found = slots(signed)
        if not SLOTS.issuperset(found) or found.count("body") != 1:
            raise ValueError("not such a template")
        return signed

    @model_validator(mode="after")
    def _fits(self) -> WebhookSettings:
        if bool(self.secret) == (self.secret_file is not None):
            raise broken("must have either secret or secret_file")
        if self.style != "hmac":
            odd = [name for name in _OF_HMAC if name in self.model_fields_set]
            if odd:
                raise broken(f'{", ".join(odd)}: only with style = "hmac"')
        elif self.header is None:
            raise broken('style = "hmac" needs header: the field with the signature')
        elif ("timestamp" in slots(self.signed)) != (self.timestamp_header is not None):
            raise broken(
                "timestamp_header and {timestamp} in signed go together: a time that is not signed proves nothing"
            )
        check_keys(self, (secret.get_secret_value() for secret in self.secret))
        return self


class PassingSettings(BaseModel):
    """Who never queues."""

    bypass: Annotated[tuple[BypassSettings, ...], Allowed("rules, each under a [[bypass]] heading")] = Field(
        default=(), description="Rules for requests that never queue."
    )
    webhooks: Annotated[
        tuple[WebhookSettings, ...], Allowed("webhooks, each under a [[webhooks]] heading")
    ] = Field(default=(), description="Providers' call-backs, which pass by their signature.")

    @field_validator("bypass")
    @classmethod
    def _rules(cls, rules: tuple[BypassSettings, ...], info: ValidationInfo) -> tuple[BypassSettings, ...]:
        _once("bypass", (rule.name for rule in rules))
        rooms: tuple[RoomSettings, ...] | None = info.data.get("rooms")
        known = {room.name for room in rooms or ()}
        for index, rule in enumerate(rules):
            for name in rule.rooms if rooms is not None else ():
                if name not in known:
                    raise broken(
                        f'bypass[{index}].rooms: there is no room "{name[:40]}"; known are {", ".join(sorted(known))}'
                    )
        return rules

    @field_validator("webhooks")
    @classmethod
    def _webhooks(cls, webhooks: tuple[WebhookSettings, ...]) -> tuple[WebhookSettings, ...]:
        _once("webhooks", (webhook.name for webhook in webhooks))
        return webhooks


def check_keys(webhook: WebhookSettings, secrets: Iterable[str]) -> None:
    """Raises a ``ValueError`` in words where a secret is not written as its style wants it."""
    for secret in secrets:
        try:
            key_bytes(webhook, secret)
        except SignatureError:
            wanted = "hexadecimal digits" if _written(webhook) == "hex" else "base 64"
            raise broken(
                f'a secret of style "{webhook.style}" must be {wanted}, as the provider shows it'
            ) from None


def key_bytes(webhook: WebhookSettings, secret: str) -> bytes:
    """The key in a secret. Raises ``SignatureError`` where it is not written as its style wants it."""
    match _written(webhook):
        case "hex":
            return from_hex(secret)
        case "base64":
            return key_of(secret)
        case _:
            return secret.encode()


def _written(webhook: WebhookSettings) -> str:
    return {"adyen": "hex", "standard": "base64", "hmac": webhook.secret_encoding}.get(webhook.style, "text")


def _once(table: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise broken(f'{table}: "{twice[0]}" is the name of several; each must have its own')
