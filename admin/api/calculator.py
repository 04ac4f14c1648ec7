"""What a rate means, before it is set: the same sums as ``waitroom plan``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.audit.trail import no_action
from admin.auth.access import Viewer
from waitroom.line.rules import Rules
from waitroom.rehearse.answer import Answer
from waitroom.settings.kinds import AsDuration
from waitroom.shaping.plan import Situation, capacity_for, effect_of, rate_to_finish

router = APIRouter(prefix="/api/calculator", tags=["rehearsals"])
_Duration = Annotated[float, AsDuration, Field(ge=0, le=604_800)]


class Sum(BaseModel):
    """What is known of a line."""

    model_config = ConfigDict(extra="forbid")

    waiting: int = Field(ge=0, le=1_000_000_000, description="How many wait.")
    rate: float = Field(ge=0, le=1_000_000, description="Admissions a minute.")
    within: _Duration = Field(
        default=0.0, description="What rate lets them all in within this time? 0: not asked."
    )
    no_shows: float = Field(
        default=0.0, ge=0, le=0.99, description="The share of those called who do not come."
    )
    capacity: int = Field(default=0, ge=0, le=10_000_000, description="Visitors inside at once; 0: no cap.")
    visit: _Duration = Field(default=0.0, description="How long a visitor counts as inside.")
    inside: int = Field(default=0, ge=0, le=10_000_000)
    inflow: float = Field(default=0.0, ge=0, le=1_000_000, description="Newcomers a minute.")


class Result(BaseModel):
    """What comes out. null: never, or nobody can say."""

    words: list[str] = Field(description="In sentences.")
    outflow: float = Field(description="Visitors who enter a minute.")
    last_wait_seconds: float | None
    newcomer_wait_seconds: float | None
    ends_seconds: float | None = Field(description="Until nobody waits any more, newcomers included.")
    load: float | None = Field(description="Visitors inside once it has settled.")
    rate_to_finish: float | None = Field(
        description="The rate that ends the line `within` the time asked for."
    )
    capacity_for_rate: float | None = Field(
        description="So many are inside at once at this rate: Little's law."
    )


@router.post("", operation_id="calculate")
async def calculate(request: Request, _: Viewer, asked: Sum) -> Result:
    """How long the last one waits, and what rate is enough."""
    no_action(request)
    now = Situation(
        waiting=asked.waiting,
        rules=Rules(rate=asked.rate, capacity=asked.capacity),
        no_shows=asked.no_shows,
        visit_seconds=asked.visit,
        inside=asked.inside,
        inflow=asked.inflow,
    )
    effect = effect_of(now, now.rules)
    enough = None
    if asked.within:
        enough = rate_to_finish(
            asked.waiting,
            asked.within,
            no_shows=asked.no_shows,
            capacity=asked.capacity,
            visit_seconds=asked.visit,
        )
    answer = Answer(now, effect, (), asked.within or None, enough)
    outlook = effect.before
    return Result(
        words=list(answer.in_words()),
        outflow=outlook.outflow,
        last_wait_seconds=outlook.last_seconds,
        newcomer_wait_seconds=outlook.newcomer_seconds,
        ends_seconds=outlook.ends_seconds,
        load=outlook.load,
        rate_to_finish=enough,
        capacity_for_rate=capacity_for(asked.rate, asked.visit) if asked.visit else None,
    )
