"""What can be set about forms that a room catches: which are kept, and for how long."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from waitroom.settings.kinds import Allowed, AnyDuration, AsDuration, PathPattern, Size, WholeNumber

_ContentType = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$")]


class FormSettings(BaseModel):
    """Forms that are kept while their sender waits, encrypted, and sent once after admission: see
    [kept forms](kept-forms.md). Left out: none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    paths: Annotated[
        tuple[PathPattern, ...],
        Allowed('a list of decoded paths that start with "/", with "*" only at the end, such as ["/cart/*"]'),
    ] = Field(
        default=(),
        description="Where the forms go, as paths of a bypass rule are written. Left out: none is kept. Leave out what "
        "must not be sent minutes later, such as a sign-in or the last step of a payment.",
    )
    content_types: Annotated[
        tuple[_ContentType, ...], Field(min_length=1), Allowed("a list of media types in small letters")
    ] = Field(
        default=("application/x-www-form-urlencoded", "multipart/form-data"),
        description="Of what kind they are.",
    )
    most_bytes: Annotated[
        Size, Field(ge=1024, le=1_048_576), Allowed('a size from "1KiB" to "1MiB", such as "64KiB"')
    ] = Field(
        default=65_536, description="Of one form, with its files. Larger ones are not kept, and that is said."
    )
    most: Annotated[WholeNumber, Field(ge=1, le=1_000_000), Allowed("a whole number from 1 to 1000000")] = (
        Field(
            default=1000,
            description="Forms that the room keeps at once, one for each place: so Redis never holds more of them than "
            "most times most_bytes. Beyond it none is kept, and that is said.",
        )
    )
    keep: Annotated[
        float, AsDuration, Field(ge=60, le=86_400), Allowed('a duration from "1m" to "1d", such as "4h"')
    ] = Field(default=14_400.0, description="For how long a form is kept at most.")
    fresh: AnyDuration = Field(
        default=120.0,
        description="A form that is no older is sent by itself after admission; of an older one its sender is asked. "
        "0 always asks.",
    )
