"""Alerts, the channels that are told, and what became of each message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field, JsonValue

from admin.alerts.events import PREFIX
from admin.alerts.rules import Phase
from admin.alerts.runner import ChannelState, TooSoonError
from admin.alerts.tables import Delivery
from admin.alerts.watch import Watched
from admin.alerts.words import limit, told
from admin.audit.trail import record
from admin.auth.access import Operator, Viewer
from admin.console import console_of
from admin.documented import refusals
from admin.problems import Problem
from waitroom.settings import Condition, Severity

router = APIRouter(prefix="/api", tags=["alerts"])


class AlertState(BaseModel):
    """One alert of one room, or of the site."""

    alert: str
    condition: Condition
    severity: Severity
    room: str | None = Field(description="null: the site as a whole.")
    state: Phase = Field(
        description="`pending`: it holds, and not for long enough yet; `firing`; `resolved`: it has fired, and is over."
    )
    since: datetime | None = Field(
        description="When it began to hold; of a resolved one, when it was over; null: it never held."
    )
    told_at: datetime | None = Field(description="When channels were last told that it fires.")
    value: float | None = Field(
        description="What was measured last: a share of 1, seconds, or a number; null: not known."
    )
    threshold: float
    clear: float
    lasting: float = Field(description="Seconds for which it must hold before it fires.")
    text: str = Field(description="What was measured, in words.")
    limit: str = Field(description="The threshold in words; empty where there is none.")

    @classmethod
    def of(cls, watched: Watched) -> AlertState:
        """The alert as it stands."""
        rule, standing = watched.rule, watched.standing
        return cls(
            alert=rule.name,
            condition=rule.condition,
            severity=rule.severity,
            room=watched.room or None,
            state=standing.phase,
            since=_moment(standing.since or None),
            told_at=_moment(standing.told_at),
            value=standing.value,
            threshold=rule.threshold,
            clear=rule.clear,
            lasting=rule.lasting,
            text=told(rule, standing.value, is_over=not standing.value),
            limit=limit(rule),
        )


class Channel(BaseModel):
    """A channel, and how it does. Its address and secrets are told nowhere."""

    channel: str
    kind: str
    address: str = Field(description="Its host or scheme: the rest may be secret.")
    events: list[str]
    rooms: list[str] = Field(description="Empty: all.")
    severity: Severity = Field(description="Alerts that are less bad are not sent.")
    is_signed: bool
    fault: str = Field(description="Why it can never work as it is set; empty: nothing is known to be wrong.")
    gone: str = Field(
        description="What the receiver said (410) when it wanted nothing any more; empty: it is there. A test that "
        "arrives, or another address, turns the channel on."
    )
    gone_at: datetime | None
    waiting: int = Field(description="Messages that are still to be delivered.")
    tries: int = Field(description="Of the message that is first in line.")
    dropped: int = Field(
        description="Messages for which there was no room, or whose channel was gone; all so far."
    )
    note: str = Field(description="What was wrong with the last try; empty: nothing.")
    delivered_at: datetime | None

    @classmethod
    def of(cls, state: ChannelState) -> Channel:
        """The channel as it is."""
        settings, standing = state.settings, state.standing
        return cls(
            channel=settings.name,
            kind=settings.kind,
            address=state.address,
            events=list(settings.events),
            rooms=list(settings.rooms),
            severity=settings.severity,
            is_signed=bool(settings.secret),
            fault=state.fault,
            gone=standing.gone,
            gone_at=_moment(standing.gone_at),
            waiting=standing.waiting,
            tries=standing.tries,
            dropped=standing.dropped,
            note=standing.note,
            delivered_at=_moment(standing.delivered_at),
        )


class Message(BaseModel):
    """One event on its way to one channel."""

    seq: int = Field(description="The higher the newer; goes on with `before`.")
    channel: str
    id: str = Field(description="Of the event: the same for all channels and tries.")
    type: str
    room: str | None
    title: str
    text: str
    data: dict[str, JsonValue]
    at: datetime = Field(description="When it happened.")
    fate: str = Field(
        description="`waiting`, `delivered`, `given up`, or `dropped` since the channel was gone."
    )
    tries: int
    tried_at: datetime | None
    next_at: datetime | None = Field(description="Of one that waits: not before then is it tried again.")
    note: str = Field(description="What was wrong with the last try; empty: nothing.")

    @classmethod
    def of(cls, delivery: Delivery) -> Message:
        """The delivery as it is."""
        event = delivery.event
        is_waiting = delivery.fate == "waiting"
        return cls(
            seq=delivery.seq,
            channel=delivery.channel,
            id=event.id,
            type=PREFIX + event.type,
            room=event.room or None,
            title=event.title,
            text=event.text,
            data=dict(event.data),
            at=event.moment,
            fate=delivery.fate,
            tries=delivery.tries,
            tried_at=_moment(delivery.tried_at),
            next_at=_moment(delivery.next_at) if is_waiting and delivery.tries else None,
            note=delivery.note,
        )


ChannelName = Annotated[str, Path(description="The channel's name.")]


@router.get("/alerts", operation_id="listAlerts")
async def list_alerts(request: Request, _: Viewer) -> list[AlertState]:
    """All alerts that are looked at, those first that fire."""
    return [AlertState.of(each) for each in by_urgency(console_of(request).alerts.watch.now())]


@router.get("/channels", operation_id="listChannels")
async def list_channels(request: Request, _: Viewer) -> list[Channel]:
    """Who is told of alerts and events, as the file has them, and how each does."""
    return [Channel.of(each) for each in await console_of(request).alerts.channels()]


@router.post("/channels/{name}/test", operation_id="testChannel", responses=refusals(429))
async def test_channel(request: Request, actor: Operator, name: ChannelName) -> Message:
    """Sends a test, at once and past all that waits, and says what came of it: `fate` is `delivered` or `given up`,
    and `note` why. It is tried once."""
    try:
        delivery = await console_of(request).alerts.test(name, who=actor.name)
    except KeyError:
        raise Problem(404, "no-channel", f"There is no channel {name[:60]!r}.") from None
    except TooSoonError as error:
        raise Problem(429, "too-soon", f"{error}.", {"retry-after": "3"}) from None
    record(request, about=name, after={"fate": delivery.fate, "note": delivery.note})
    return Message.of(delivery)


@router.get("/deliveries", operation_id="listDeliveries")
async def list_deliveries(
    request: Request,
    _: Viewer,
    channel: Annotated[str, Query(max_length=40, description="Of this channel; left out: of all.")] = "",
    before: Annotated[
        int | None, Query(ge=1, le=2**53, description="Those before the one of this `seq`.")
    ] = None,
    most: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[Message]:
    """What waits and what was sent, newest first. Of each channel the last 500 that are done are kept."""
    found = await console_of(request).alerts.ledger.recent(most=most, channel=channel, before=before)
    return [Message.of(each) for each in found]


_URGENCY = (Phase.FIRING, Phase.PENDING, Phase.RESOLVED, Phase.INACTIVE)


def by_urgency(watched: list[Watched]) -> list[Watched]:
    """What fires and is worst first, then what is pending; of alike ones the newest first."""
    return sorted(
        watched,
        key=lambda each: (
            _URGENCY.index(each.standing.phase),
            -each.rule.severity.rank,
            -each.standing.since,
            each.room,
        ),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
