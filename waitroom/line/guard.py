"""The live settings against those who would take more of a line than is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

SUSPECTS = "suspects"
"""The lane of those beyond a limit, where ``beyond`` says so."""


class When(StrEnum):
    """When newcomers are challenged."""

    OFF = "off"
    """Never."""
    AUTO = "auto"
    """While there is a line, and it grows."""
    ALWAYS = "always"
    """Every one of them."""


class Beyond(StrEnum):
    """What becomes of newcomers whose address or network has used its limit up."""

    REFUSE = "refuse"
    """They are told when to come again."""
    CHALLENGE = "challenge"
    """They work for their place."""
    SUSPECTS = "suspects"
    """They get a place in the lane of suspects."""


class WithoutScript(StrEnum):
    """What becomes of challenged browsers without JavaScript."""

    WAIT = "wait"
    """They wait instead of working, one of an address at a time."""
    REFUSE = "refuse"
    """They are told that JavaScript is needed."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a room has against abuse. Durations are in milliseconds."""

    per_address: int = 0
    """Places in line that one address may take at once; 0: no limit."""
    per_network: int = 0
    """The same of one network."""
    window_ms: int = 600_000
    """The time in which a limit that is used up is whole again."""
    beyond: Beyond = Beyond.REFUSE
    when: When = When.OFF
    bits: int = 18
    """The least difficulty of a challenge."""
    most_bits: int = 21
    """The greatest."""
    without_script: WithoutScript = WithoutScript.WAIT
    networks: int = 0
    """From more networks than this one pass may not be used at once; 0: no limit."""
    at_once_ms: int = 60_000
    """Networks seen within this time count as used at once."""

    @property
    def screens(self) -> bool:
        """Whether newcomers are looked at at all."""
        return self.when is not When.OFF or self.limits

    @property
    def limits(self) -> bool:
        """Whether an address or a network has a limit."""
        return self.per_address > 0 or self.per_network > 0

    def to_text(self) -> str:
        """As the ``rules`` hash keeps it."""
        return _STORED.dump_json(self).decode()

    @classmethod
    def from_text(cls, text: str) -> Guard:
        """The guard of a ``rules`` hash; what is missing has its default, what is not known is left out."""
        return _STORED.validate_json(text)


_STORED = TypeAdapter(Guard)
