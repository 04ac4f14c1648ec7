"""What can be set about a channel: who is told of alerts and of what happens in the rooms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from waitroom.settings.alerts import Severity
from waitroom.settings.kinds import (
    Allowed,
    AnyDuration,
    AsDuration,
    FilePath,
    Frozen,
    OneOrMore,
    Secret,
    broken,
)
from waitroom.shaping.signatures import SignatureError
from waitroom.shaping.signatures.standard import key_of

SLOTS = frozenset(
    {
        "title", "text", "type", "id", "time", "room", "severity", "state", "alert", "value", "threshold", "who", "why",
        "data", "event",
    }
)  # fmt: skip
"""What can stand in braces in ``body``."""

SLOT = re.compile(r"\{([a-z_]+)\}")
"""A name in braces."""

_RESERVED = frozenset(
    {
        "host", "content-length", "content-type", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp",
        "webhook-signature",
    }
)  # fmt: skip
_OF_WEBHOOKS = ("secret", "secret_file", "headers", "user", "password", "body")
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")]
EVENT_TYPES = frozenset(
    {
        "alert.firing", "alert.resolved", "room.began", "room.capacity_changed", "room.clock_agrees",
        "room.clock_astray", "room.closed", "room.codes_minted", "room.drawn", "room.event_begun",
        "room.feedback",
        "room.invitations_revoked", "room.limit_changed", "room.mode_changed", "room.opened",
        "room.opening_moved", "room.place_brought_forward", "room.place_given_back", "room.rate_changed",
        "room.redis_restarted", "room.reset", "room.restored", "room.schedule_changed", "room.seed_revealed",
        "room.settings_changed", "room.sold_out_changed", "room.visit_ended",
    }
)  # fmt: skip
"""The types of events, as ``events`` names them."""


def _pattern(given: str) -> str:
    pattern = given.replace("org.waitroom.", "", 1)
    bare = pattern.removeprefix("!")
    if bare not in ("*", "alert.*", "room.*") and bare not in EVENT_TYPES:
        raise ValueError("no such type")
    return pattern


_Pattern = Annotated[str, AfterValidator(_pattern)]


class NotifySettings(BaseModel):
    """A channel: where alerts and events go. See [alerts](alerts.md).

    A webhook gets CloudEvents, signed as Standard Webhooks, or the JSON that you write in ``body``. An ``apprise``
    channel is anything that [Apprise](https://appriseit.com/services/) speaks: mail, Slack, WhatsApp, a text message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"),
        Allowed('1 to 40 of a-z, 0-9 and "-", not at either end'),
    ] = Field(
        description="The channel's name, for pages and logs. What waits for it is kept under this name."
    )
    kind: Annotated[Literal["webhook", "apprise"], Allowed('"webhook" or "apprise"')] = Field(
        default="webhook", description='"webhook": an HTTP POST. "apprise": by the Apprise library.'
    )
    url: Annotated[
        SecretStr | None,
        Allowed('an http:// or https:// address; of an apprise channel its address, such as "mailtos://…"'),
    ] = Field(default=None, description="Where it goes. Never shown: such addresses hold tokens.")
    url_file: Annotated[FilePath | None, Allowed("the path of a file with the address")] = Field(
        default=None,
        description="A file with the address, instead of url. Only its owner may be able to write to it. "
        "A relative path starts at the configuration file's folder.",
    )
    events: Annotated[
        tuple[_Pattern, ...],
        Allowed(
            'a list of "*", "alert.*", "room.*" and types of events, such as ["room.*", "!room.limit_changed"]; see '
            "alerts.md"
        ),
    ] = Field(
        default=("alert.*",),
        description='What is sent: exactly one type, all of rooms or of alerts, or everything ("*"), but none '
        'that follows a "!".',
    )
    rooms: Annotated[tuple[str, ...], Allowed('a list of names of rooms, such as ["drop"]')] = Field(
        default=(), description="The rooms of which is told; of the site as a whole always. Left out: all."
    )
    severity: Annotated[Severity, Allowed("one of " + ", ".join(f'"{word}"' for word in Severity))] = Field(
        default=Severity.WARNING, description="Alerts that are less bad are not sent."
    )
    secret: Annotated[
        tuple[Secret, ...],
        OneOrMore,
        Allowed('a text as "whsec_…", 24 to 64 bytes in base 64, or a list of such texts'),
    ] = Field(
        default=(),
        description="webhook: signs each message. Several while one is exchanged for another: each signs.",
    )
    secret_file: Annotated[FilePath | None, Allowed("the path of a file with one secret per line")] = Field(
        default=None,
        description="webhook: a file with one secret per line, instead of secret. Only its owner may be able to write "
        "to it. A relative path starts at the configuration file's folder.",
    )
    user: Annotated[str, Field(max_length=200), Allowed("a text of at most 200 characters")] = Field(
        default="", description="webhook: with password, for HTTP Basic authentication."
    )
    password: Annotated[SecretStr | None, Allowed("a text")] = Field(
        default=None, description="webhook: see user."
    )
    headers: Annotated[
        Mapping[_HeaderName, SecretStr],
        Frozen,
        Allowed('a table of header fields, such as {"X-API-TOKEN" = "…"}'),
    ] = Field(
        default_factory=dict,
        description="webhook: sent along, with `{id}` filled in, the event's own id. Not those that a message has "
        "anyway, such as Content-Type.",
    )
    body: Annotated[SecretStr | None, Allowed("a text that is JSON, with names in braces")] = Field(
        default=None,
        description="webhook: JSON that is sent instead of a CloudEvent. In its texts, "
        + ", ".join(f"`{{{slot}}}`" for slot in sorted(SLOTS))
        + " are filled in. A text that is nothing but `{data}` or `{event}` becomes the object itself.",
    )
    source: Annotated[
        str,
        Field(pattern=r"^([!-~]{1,200})?$"),
        Allowed("a text of at most 200 visible ASCII characters, such as https://shop.example"),
    ] = Field(
        default="",
        description="Which site speaks, where several speak to one receiver: the `source` of CloudEvents, and put "
        "before titles. Left out: an id that was made once for this console, and plain titles.",
    )
    timeout: Annotated[
        float, AsDuration, Field(ge=0.1, le=60), Allowed('a duration from "100ms" to "1m", such as "10s"')
    ] = Field(default=10.0, description="How long one try may take.")
    retry_for: AnyDuration = Field(
        default=86_400.0,
        description="What could not be delivered is tried again for this long, at longer and longer intervals of up to "
        "ten minutes. Later messages wait behind it, so that they arrive in order.",
    )

    @model_validator(mode="after")
    def _fits(self) -> NotifySettings:
        if (self.url is None) == (self.url_file is None):
            raise broken("must have either url or url_file")
        if self.kind == "apprise":
            odd = [name for name in _OF_WEBHOOKS if name in self.model_fields_set]
            if odd:
                raise broken(f'{", ".join(odd)}: only with kind = "webhook"')
        if self.secret and self.secret_file is not None:
            raise broken("cannot have both secret and secret_file: keep one of them")
        if bool(self.user) != (self.password is not None):
            raise broken("user and password go together")
        check_channel(self)
        return self

    @field_validator("events")
    @classmethod
    def _some(cls, events: tuple[str, ...]) -> tuple[str, ...]:
        if not events:
            raise ValueError("nothing")
        return events

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, value in headers.items():
            if name.lower() in _RESERVED:
                raise broken(f"{name} is set by the message itself")
            if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", value.get_secret_value()):
                raise broken(f"{name} must be a text of visible ASCII characters, on one line")
        return headers

    @field_validator("body")
    @classmethod
    def _known_slots(cls, body: SecretStr | None) -> SecretStr | None:
        if body is None:
            return None
        try:
            parsed = json.loads(body.get_secret_value())
        except (ValueError, RecursionError):
            raise broken("must be JSON, with names in braces only inside its texts") from None
        unknown = sorted({slot for text in texts(parsed) for slot in SLOT.findall(text)} - SLOTS)
        if unknown:
            raise broken(
                f"there is no {{{unknown[0]}}}; there are "
                + ", ".join(f"{{{slot}}}" for slot in sorted(SLOTS))
            )
        return body


def check_channel(channel: NotifySettings) -> None:
    """Raises a ``ValueError`` in words where address or secrets are not what the channel needs. Files must have been
    read; what is in a file that has not been is not looked at."""
    if channel.url is not None:
        url = channel.url.get_secret_value()
        if channel.kind == "webhook" and not _is_web_address(url):
            raise broken('url must be an http:// or https:// address without "#" and spaces')
        if channel.kind == "apprise" and not re.match(r"[a-z][a-z0-9+.-]*://\S", url, re.IGNORECASE):
            raise broken(
                "url must be an address as Apprise has them, such as mailtos://user:password@mail.example"
            )
    for secret in channel.secret:
        try:
            size = len(key_of(secret.get_secret_value()))
        except SignatureError:
            size = 0
        if not 24 <= size <= 64:
            raise broken("a secret must be 24 to 64 bytes in base 64, behind whsec_")


def texts(parsed: object) -> Iterator[str]:
    """All texts within a JSON value; the names of members are none."""
    if isinstance(parsed, str):
        yield parsed
    elif isinstance(parsed, list | dict):
        for each in parsed.values() if isinstance(parsed, dict) else parsed:
            yield from texts(each)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and named and not re.search(r"[\s#\x00-\x1f\x7f]", url)
