"""What can be set against those who would take more of the line than is theirs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from waitroom.line.guard import Beyond, Guard, When, WithoutScript
from waitroom.settings.kinds import Allowed, AsDuration, WholeNumber, broken

_Joins = Annotated[
    WholeNumber, Field(ge=0, le=1_000_000), Allowed("a whole number from 0 to 1000000 (0: no limit)")
]
_Bits = Annotated[WholeNumber, Field(ge=8, le=26), Allowed("a whole number from 8 to 26")]


def _one_of(words: type[Beyond | When | WithoutScript]) -> Allowed:
    return Allowed("one of " + ", ".join(f'"{word}"' for word in words))


class JoinLimitSettings(BaseModel):
    """How many places in line one address and one network may take."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    per_address: _Joins = Field(
        default=0,
        description="Places in line that one IPv4 address or one IPv6 /64 may take at once; after that one more each "
        "window / per_address. 0: no limit. Mobile networks put thousands of people behind one address.",
    )
    per_network: _Joins = Field(
        default=0,
        description="The same of one IPv4 /24 or one IPv6 /48. At least per_address. 0: no limit.",
    )
    window: Annotated[
        float, AsDuration, Field(ge=1, le=86_400), Allowed('a duration from "1s" to "1d", such as "10m"')
    ] = Field(default=600.0, description="The time in which a limit that is used up is whole again.")
    beyond: Annotated[Beyond, _one_of(Beyond)] = Field(
        default=Beyond.REFUSE,
        description='What becomes of newcomers beyond a limit: "refuse" answers 429 and tells when to come again; '
        '"challenge" wants a challenge solved that is eight times as hard; "suspects" gives them a place in the '
        "lane of that name, which may be one that never moves.",
    )

    @field_validator("per_network")
    @classmethod
    def _at_least_that_of_an_address(cls, most: int, info: ValidationInfo) -> int:
        if 0 < most < info.data.get("per_address", 0):
            raise broken(f"must not be less than per_address ({info.data['per_address']}), or be 0")
        return most


class ChallengeSettings(BaseModel):
    """The proof of work at the join."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    when: Annotated[When, _one_of(When)] = Field(
        default=When.OFF,
        description='"off" asks for none; "auto" asks newcomers while there is a line and it grows; "always" asks '
        "every newcomer.",
    )
    bits: _Bits = Field(
        default=18,
        description="The least difficulty: a solution takes up to 2^bits hashes, half of them on the average.",
    )
    most_bits: _Bits = Field(
        default=21,
        description="The greatest: the difficulty doubles each time that joins a minute are twice as many as the "
        "rate lets in, up to this. At least bits.",
    )
    without_script: Annotated[WithoutScript, _one_of(WithoutScript)] = Field(
        default=WithoutScript.WAIT,
        description='Browsers without JavaScript: "wait" takes ten seconds or more of waiting instead of work, from '
        'one newcomer of an address at a time; "refuse" tells them that JavaScript is needed.',
    )

    @field_validator("most_bits")
    @classmethod
    def _at_least_bits(cls, most: int, info: ValidationInfo) -> int:
        if most < info.data.get("bits", most):
            raise broken(f"must not be less than bits ({info.data['bits']})")
        return most


class SharingSettings(BaseModel):
    """How widely one pass may be used."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    networks: Annotated[
        WholeNumber,
        Field(ge=0, le=1000),
        Allowed("a whole number from 2 to 1000 (2 or 3: only where nobody moves about), or 0 (no limit)"),
    ] = Field(
        default=0,
        description="A visit whose pass is used from more networks (IPv4 /24, IPv6 /48) than this within the window is "
        "ended, and the record says why. 12 is a good value: a phone on a train needs 4. 0: no limit.",
    )
    window: Annotated[
        float, AsDuration, Field(ge=5, le=3600), Allowed('a duration from "5s" to "1h", such as "1m"')
    ] = Field(default=60.0, description="Networks seen within this time count as used at once.")

    @field_validator("networks")
    @classmethod
    def _several(cls, networks: int) -> int:
        if networks == 1:
            raise ValueError("IPv4 and IPv6 in turns are two")
        return networks


def guard_of(limit: JoinLimitSettings, challenge: ChallengeSettings, sharing: SharingSettings) -> Guard:
    """The live settings that these tables stand for."""
    return Guard(
        per_address=limit.per_address,
        per_network=limit.per_network,
        window_ms=round(limit.window * 1000),
        beyond=limit.beyond,
        when=challenge.when,
        bits=challenge.bits,
        most_bits=challenge.most_bits,
        without_script=challenge.without_script,
        networks=sharing.networks,
        at_once_ms=round(sharing.window * 1000),
    )


def tables_of(guard: Guard) -> dict[str, dict[str, object]]:
    """The tables that stand for these live settings, by name: what :func:`guard_of` was given."""
    return {
        "join_limit": {
            "per_address": guard.per_address,
            "per_network": guard.per_network,
            "window": guard.window_ms / 1000,
            "beyond": guard.beyond,
        },
        "challenge": {
            "when": guard.when,
            "bits": guard.bits,
            "most_bits": guard.most_bits,
            "without_script": guard.without_script,
        },
        "sharing": {"networks": guard.networks, "window": guard.at_once_ms / 1000},
    }
