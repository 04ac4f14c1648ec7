"""What can be set about adaptive admission: how far it may go, and what the shop may look like."""

from __future__ import annotations

from math import inf
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from waitroom.settings.kinds import Allowed, Number, PathPattern, Timeout, broken
from waitroom.shaping.aims import Aims

_Rate = Annotated[
    Number, Field(ge=0, le=1_000_000), Allowed("a number from 0 to 1000000 (admissions per minute)")
]


class AdaptiveSettings(BaseModel):
    """Keeps the shop at the edge of what it can carry, by what the gateway sees of it and what it says itself. The
    room's ``rate`` is then only the upper bound. See [adaptive admission](adaptive.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    on: Annotated[bool, Allowed("true or false")] = Field(
        default=False, description="Whether admissions follow the shop."
    )
    least: _Rate = Field(
        default=6.0,
        description="Admissions per minute, however bad the shop looks. 0 would let nobody in any more while nobody "
        "inside shows how the shop does.",
    )
    most: Annotated[_Rate | None, Allowed("a number from 0 to 1000000 (admissions per minute)")] = Field(
        default=None,
        description="Admissions per minute, however well the shop looks. Never more than rate. Left out: rate.",
    )
    latency: Annotated[Timeout | None, Allowed('a duration from "1ms" to "365d", such as "800ms"')] = Field(
        default=None,
        description="The time within which nine of ten answers of the shop should begin. Left out: four times what "
        "they take when it is not busy, but at most one second more than that.",
    )
    errors: Annotated[Number, Field(gt=0, le=0.5), Allowed("a number above 0, up to 0.5")] = Field(
        default=0.01, description="The share of the shop's answers that may be errors. 0.01 is 1 %."
    )
    ignore: Annotated[
        tuple[PathPattern, ...],
        Allowed('a list of decoded paths that start with "/", with "*" only at the end, such as ["/poll/*"]'),
    ] = Field(
        default=(),
        description="Paths whose answers take long for reasons of their own, long polls for one: their times are "
        "not looked at. Those of WebSockets, event streams and uploads never are.",
    )

    @field_validator("most")
    @classmethod
    def _above_least(cls, most: float | None, info: ValidationInfo) -> float | None:
        least = info.data.get("least")
        if most is not None and least is not None and most < least:
            raise broken(f"must not be below least ({least:g})")
        return most

    def to_text(self) -> str:
        """What changes live of these, as the rules of the room keep it."""
        most = inf if self.most is None else self.most
        return Aims(self.least, most, self.latency or 0.0, self.errors).to_text(on=self.on)

    @classmethod
    def from_text(cls, text: str) -> AdaptiveSettings:
        """The settings in such a text."""
        is_on, aims = Aims.from_text(text)
        return cls(
            on=is_on,
            least=aims.least,
            most=None if aims.most == inf else aims.most,
            latency=aims.latency or None,
            errors=aims.errors,
        )
