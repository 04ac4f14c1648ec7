"""What would happen to a request? Nothing is sent, and nothing is changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.audit.trail import no_action
from admin.auth.access import Viewer
from admin.console import console_of
from waitroom.shaping.bypass import Miss
from waitroom.shaping.crawlers import CRAWLERS
from waitroom.trial.court import Court
from waitroom.trial.imagined import LONGEST, MOST_FIELDS, PAGE, Holds, Imagined
from waitroom.trial.verdict import By, Fate, Outcome

router = APIRouter(prefix="/api/trial", tags=["bypass"])
ENGINES = tuple(sorted(CRAWLERS))


class ImaginedRequest(BaseModel):
    """A request as somebody imagines it."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[
        str, Field(max_length=LONGEST, description="An address of the shop; or a path, with `host`.")
    ]
    method: str = "GET"
    host: str = Field(default="", description="Left out: that of the address.")
    headers: Annotated[list[tuple[str, str]], Field(max_length=MOST_FIELDS)] = Field(
        default=list(PAGE),
        description="Pairs of name and value. Left out: those of a browser that opens a page.",
    )
    address: str = Field(
        default="203.0.113.1", description="The peer: the visitor, or a proxy before the gateway."
    )
    holds: Holds = Field(default=Holds.NOTHING, description="What the visitor has of the room already.")
    crawler: str = Field(
        default="", description=f"A search engine that the address is to be of: {', '.join(ENGINES)}."
    )
    websocket: bool = Field(default=False, description="Whether it would open a WebSocket.")


class RuleVerdict(BaseModel):
    """What one bypass rule says."""

    rule: str
    miss: Miss | None = Field(description="Why it does not match; null: it does.")


class TrialOutcome(BaseModel):
    """What would happen."""

    fate: Fate
    by: By = Field(description="What decided.")
    text: str
    room: str = Field(description="Empty: none covers it.")
    rule: str = Field(description="The bypass rule that decided; empty: none.")
    kind: str = Field(description="For what the gateway takes it.")
    address: str | None = Field(description="The visitor's, as rules know it; null: a proxy's, or nobody's.")
    answer: str = Field(description="What the visitor would get; empty: the shop's answer.")
    verdicts: list[RuleVerdict]
    notes: list[str]

    @classmethod
    def of(cls, outcome: Outcome) -> TrialOutcome:
        """The outcome of a trial."""
        return cls(
            fate=outcome.fate,
            by=outcome.by,
            text=outcome.text,
            room=outcome.room,
            rule=outcome.rule,
            kind=outcome.kind,
            address=outcome.address,
            answer=outcome.answer,
            verdicts=[RuleVerdict(rule=each.rule, miss=each.miss) for each in outcome.verdicts],
            notes=list(outcome.notes),
        )


@router.post("", operation_id="tryRequest")
async def try_request(request: Request, _: Viewer, asked: ImaginedRequest) -> TrialOutcome:
    """Says what the gateway would do with a request as its rooms are now, by the gateway's own decision, and why. The
    work that a challenge asks for, limits of joins, and what only a body tells (a webhook's signature) are named, not
    tried."""
    no_action(request)
    console = console_of(request)
    court = Court(console.settings, console.live.rooms, console.secrets)
    imagined = Imagined(
        url=asked.url,
        method=asked.method,
        host=asked.host,
        fields=asked.headers,
        address=asked.address,
        holds=asked.holds,
        crawler=asked.crawler,
        is_websocket=asked.websocket,
    )
    return TrialOutcome.of(court.try_(imagined))
