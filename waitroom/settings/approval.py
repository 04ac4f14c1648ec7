"""What can be set about actions that need two people."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from waitroom.settings.kinds import Allowed, AsDuration, Number


class ApprovalSettings(BaseModel):
    """What one operator alone cannot do in the console and its API: it is kept until somebody else approves of it, see
    [the API](api.md#two-people). All of it is off as it comes.

    It holds for the console and its API. Whoever may run commands next to the configuration file needs no approval.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    reset: Annotated[bool, Allowed("true or false")] = Field(
        default=False, description="Whether beginning a room's line anew needs two people."
    )
    rate_above: Annotated[
        Number | None,
        Field(ge=0, le=1_000_000),
        Allowed("a number from 0 to 1000000 (admissions per minute)"),
    ] = Field(
        default=None,
        description="Raising a room's rate above this needs two people, by the dial or by a plan, and so does letting "
        "everyone through with mode pass. Left out: nobody needs another for that.",
    )
    expires: Annotated[
        float, AsDuration, Field(ge=60, le=604_800), Allowed('a duration from "1m" to "7d", such as "15m"')
    ] = Field(default=900.0, description="For so long it can be approved of.")
