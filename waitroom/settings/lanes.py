"""What can be set for a lane of a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from waitroom.settings.kinds import Allowed, Number

LaneName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$")]


class LaneSettings(BaseModel):
    """A lane: a line of its own within the room, such as ``[rooms.lanes.members]``.

    Each lane is first come, first served in itself. The lane ``general``, of everyone who was given no other, is
    always there. The shares of all lanes are public.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    weight: Annotated[Number, Field(ge=0, le=1000), Allowed("a number from 0 to 1000")] = Field(
        default=1.0,
        description="What the lane is given of the admissions, next to the other lanes in which somebody waits: "
        "a lane of weight 3 gets three for each one of a lane of weight 1. 0: it never moves.",
    )
