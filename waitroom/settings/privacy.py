"""What can be set about what is kept of people, and for how long."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from waitroom.settings.kinds import Allowed, AsDuration

_DAY = 86_400.0


class LoggedAddress(StrEnum):
    """What a log line says of a visitor's address."""

    OFF = "off"
    NETWORK = "network"
    HASH = "hash"


class PrivacySettings(BaseModel):
    """What is kept of people, and for how long: see [privacy](privacy.md).

    The page that tells visitors of it, and `waitroom privacy`, are made from these and all other settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    log_address: Annotated[LoggedAddress, Allowed('"off", "network" or "hash"')] = Field(
        default=LoggedAddress.OFF,
        description='What log lines say of a visitor\'s address: nothing ("off"), its network (/24 of IPv4, /48 of '
        "IPv6), or a keyed hash that is another one each day. Never the address, and never a query.",
    )
    record_keep: Annotated[
        float,
        AsDuration,
        Field(ge=_DAY, le=3650 * _DAY),
        Allowed('a duration from "1d" to "3650d", such as "400d"'),
    ] = Field(
        default=400 * _DAY,
        description="How long entries of the rooms' records are kept, of which there are 100000 at the most. An audit "
        "begins where the record does.",
    )
    console_keep: Annotated[
        float,
        AsDuration,
        Field(ge=_DAY, le=3650 * _DAY),
        Allowed('a duration from "1d" to "3650d", such as "90d"'),
    ] = Field(
        default=400 * _DAY,
        description="How long the console keeps what it told and to whom, what was approved of, and which batches of "
        "invitations were minted. Its audit log has sign_in.audit_keep.",
    )
