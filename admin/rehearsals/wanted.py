"""A rehearsal as it is asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from waitroom.rehearse.arrivals import LONGEST_SECONDS
from waitroom.rehearse.asked import Asked, scenario_of
from waitroom.rehearse.scenario import CROWDS, Scenario
from waitroom.settings import RoomSettings
from waitroom.settings.kinds import AsDuration

MOST_VISITORS = 200_000
"""From the console; more are for the command line, on a machine that has nothing else to do."""
LARGEST_SEED = 2**32 - 1
Arrivals = Literal["flash-sale", "slow-build", "steady", "two-waves"]
CrowdName = Literal["calm", "phones", "restless"]
Duration = Annotated[float, AsDuration, Field(gt=0, le=LONGEST_SECONDS)]
AnyDuration = Annotated[float, AsDuration, Field(ge=0, le=LONGEST_SECONDS)]
Share = Annotated[float, Field(ge=0, le=1)]
_Words = Annotated[str, Field(max_length=200)]
_RULES = ("rate", "capacity", "mode", "session", "keep", "presence", "burst", "entry")
_PEOPLE = ("no_shows", "patience", "sleepers", "awake", "asleep", "visit")


class WantedRehearsal(BaseModel):
    """What is to be rehearsed. What is left out is as in the room, or as the crowd behaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    room: str = Field(
        default="", max_length=40, description="Start from a room as the file has it; empty: none."
    )
    visitors: int = Field(default=10_000, ge=1, le=MOST_VISITORS)
    arrivals: Arrivals = "flash-sale"
    over: Duration = Field(default=2400.0, description="How long they keep coming.")
    until: AnyDuration = Field(
        default=0.0, description="End then, whoever still waits; 0: when all is settled."
    )
    draw: bool = Field(default=True, description="Whether those who come before the opening are drawn.")
    crowd: CrowdName = "phones"
    no_shows: Share | None = Field(default=None, description="The share of those called who never enter.")
    patience: AnyDuration | None = Field(default=None, description="Half give up within it; 0: nobody does.")
    sleepers: Share | None = Field(default=None, description="The share whose phones sleep now and then.")
    awake: Duration | None = None
    asleep: Duration | None = None
    visit: Duration | None = Field(default=None, description="Mean time inside.")
    rate: _Words | None = Field(default=None, description='"300", or "100, then +50 every 5m to 600".')
    capacity: _Words | None = None
    mode: Literal["auto", "queue", "pause"] | None = None
    session: _Words | None = None
    keep: _Words | None = None
    presence: _Words | None = None
    burst: _Words | None = None
    entry: _Words | None = None
    changes: list[_Words] = Field(
        default=[], max_length=50, description="The dial is turned meanwhile: `20m rate=600`."
    )
    seed: int | None = Field(
        default=None, ge=0, le=LARGEST_SEED, description="The same seed, the same report."
    )

    def scenario(self, rooms: Sequence[RoomSettings]) -> Scenario:
        """What to play. Raises :class:`~waitroom.errors.WaitroomError` for what cannot be."""
        rules = {name: value for name in _RULES if (value := getattr(self, name)) is not None}
        people = {name: value for name in _PEOPLE if (value := getattr(self, name)) is not None}
        room = next((each for each in rooms if each.name == self.room), None)
        return scenario_of(
            Asked(
                room=room or RoomSettings(name="rehearsal"),
                rules=rules,
                people=replace(CROWDS[self.crowd], **people),
                visitors=self.visitors,
                arrivals=self.arrivals,
                over=self.over,
                lanes=(),
                changes=self.changes,
                is_drawn=self.draw,
                seed=random.SystemRandom().randrange(LARGEST_SEED) if self.seed is None else self.seed,
                longest=self.until,
            )
        )


ARRIVALS: dict[str, str] = dict(
    zip(
        get_args(Arrivals),
        (
            "A third before the opening, the rest in a spike that fades",
            "Ever more for two thirds of the time",
            "An ordinary day",
            "The opening, and later a television spot",
        ),
        strict=True,
    )
)
"""The presets in words."""
CROWD_WORDS: dict[str, str] = dict(
    zip(
        get_args(CrowdName),
        ("Everyone waits and enters", "A few do not come, some phones sleep", "The same, much worse"),
        strict=True,
    )
)
