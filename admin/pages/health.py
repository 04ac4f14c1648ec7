"""Whether a room is well, in one word and one sentence: what the list of rooms is sorted by. Pure."""

from __future__ import annotations

from pydantic import BaseModel, computed_field

from admin.api.rooms.state import RoomState
from admin.pages.looks import Tone
from admin.pages.words import number
from waitroom.line.rules import Mode
from waitroom.live.limits import Limit

FAILING = 0.05
"""The share of the shop's answers beyond which errors are trouble."""
UNDER = 0.7
"""Who lets in less than this share of the target, though people wait, is told of."""
_WORST_FIRST = [Tone.BAD, Tone.WARN, Tone.NOTE, Tone.GOOD, Tone.IDLE]


class Health(BaseModel):
    """How a room is."""

    tone: Tone
    says: str
    """In a few words."""

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way
    @property
    def rank(self) -> int:
        """The lower, the sooner somebody should look."""
        return _WORST_FIRST.index(self.tone)


def health_of(state: RoomState) -> Health:
    """The health of a room."""
    trouble = _trouble(state)
    if trouble is not None:
        return trouble
    if state.limited_by.by is Limit.OPENING:
        return Health(tone=Tone.NOTE, says="Waits for the opening")
    if state.mode is Mode.CLOSED:
        return Health(tone=Tone.IDLE, says="Closed")
    if state.mode is Mode.PASS:
        return Health(tone=Tone.NOTE, says="Lets everyone through")
    if state.waiting:
        return Health(tone=Tone.NOTE, says="The line moves" if state.mode is not Mode.PAUSE else "Paused")
    return Health(tone=Tone.GOOD, says="Well" if state.mode is not Mode.PAUSE else "Paused, nobody waits")


def _trouble(state: RoomState) -> Health | None:
    errors = state.shop.error_share if state.shop else None
    by, wanted, given = state.limited_by.by, state.admission_rate, state.admissions_per_minute
    if by is Limit.REDIS or state.stale_seconds is not None:
        return Health(tone=Tone.BAD, says="Redis does not answer")
    if state.fairness.overtakes:
        return Health(tone=Tone.BAD, says=f"{number(state.fairness.overtakes)} overtook others")
    if errors is not None and errors > FAILING:
        return Health(tone=Tone.BAD, says=f"The shop fails {errors:.0%}")
    if by is Limit.RECOVERING:
        return Health(tone=Tone.WARN, says="The line is coming back")
    if by is Limit.PAUSED and state.waiting:
        return Health(tone=Tone.WARN, says=f"Paused, {number(state.waiting)} wait")
    if by is Limit.ADAPTIVE:
        return Health(tone=Tone.WARN, says="The shop is slow")
    if by is Limit.RATE and given is not None and given < UNDER * wanted:
        return Health(tone=Tone.WARN, says=f"{number(round(given))} of {number(wanted)} a minute")
    return None
