"""What can be set about traces of the requests that go to the shop."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from waitroom.settings.kinds import Allowed, Number, broken

_PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


class TracingSettings(BaseModel):
    """Tells an OpenTelemetry collector of the requests that go to the shop, one span each. See [tracing](tracing.md).

    Needs `pip install "waitroom[otel]"`. Off as it comes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    endpoint: Annotated[
        str, Allowed('an http:// or https:// address, such as "http://127.0.0.1:4318/v1/traces"')
    ] = Field(
        default="",
        description="Where spans are sent to, by OTLP over HTTP. Left out: nothing is traced.",
    )
    sample: Annotated[Number, Field(ge=0, le=1), Allowed("a number from 0 to 1")] = Field(
        default=0.01,
        description="The part of the requests that is traced. Where a trusted proxy sends a traceparent, what it has "
        "decided counts.",
    )
    service: Annotated[str, Field(min_length=1, max_length=100), Allowed("1 to 100 characters")] = Field(
        default="waitroom", description="The name under which the spans appear (`service.name`)."
    )

    @field_validator("endpoint")
    @classmethod
    def _is_address(cls, endpoint: str) -> str:
        if not endpoint:
            return endpoint
        url = urlsplit(endpoint)
        # `port` raises ValueError by itself where it is no number or too large
        if (
            url.scheme not in ("http", "https")
            or not url.hostname
            or url.port == 0
            or set(endpoint) & set(" #\t\n")
        ):
            raise ValueError("not such an address")
        if not all(_is_installed(name) for name in _PACKAGES):
            raise broken('needs packages that are not installed: pip install "waitroom[otel]"')
        return endpoint


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
