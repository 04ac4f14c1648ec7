"""What can be set about what shoppers are asked of their wait."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from waitroom.feedback.question import Kind, Where
from waitroom.settings.kinds import Allowed, AsDuration, WholeNumber


class FeedbackSettings(BaseModel):
    """One question about the wait, answered by one tap, and the curve of those who leave. Only counts are kept, of each
    hour; see [feedback](feedback.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    ask: Annotated[Literal["off", "csat", "nps"], Allowed('"off", "csat" or "nps"')] = Field(
        default="off",
        description='"csat": how the wait was, from 1 to 5. "nps": how likely one is to recommend the shop, from 0 to '
        '10. "off" asks nobody.',
    )
    where: Annotated[tuple[Where, ...], Field(min_length=1), Allowed('a list of "left" and "inside"')] = (
        Field(
            default=(Where.LEFT, Where.INSIDE),
            description='"left": on the page of those who give their place up. "inside": after admission, at '
            "`/__waitroom/{room}/feedback`, to which the shop links, and where its script shows it.",
        )
    )
    keep: Annotated[
        float,
        AsDuration,
        Field(ge=86_400, le=31_536_000),
        Allowed('a duration from "1d" to "365d", such as "90d"'),
    ] = Field(default=7_776_000.0, description="For so long the counts of an hour are kept.")
    least: Annotated[WholeNumber, Field(ge=3, le=1000), Allowed("a whole number from 3 to 1000")] = Field(
        default=5,
        description="No figure is shown of fewer answers: hours and waits with fewer are shown together.",
    )
    curve: Annotated[bool, Allowed("true or false")] = Field(
        default=True, description="Whether it is counted after how long people leave the line."
    )

    @property
    def kind(self) -> Kind | None:
        """The question; None: nobody is asked."""
        return None if self.ask == "off" else Kind(self.ask)
