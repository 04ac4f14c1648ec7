"""Visitors who are not there: one for each state of the waiting page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from waitroom.gate.views import PageState, PageView
from waitroom.messages.message import Said
from waitroom.settings import RoomSettings
from waitroom.shaping.reason import Reason

_OPENS_IN = 754
"""Seconds until the sample's doors open."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One state, in words for operators."""

    label: str
    state: PageState
    opens: bool = False
    drawn: bool = False
    reason: Reason | None = None


SAMPLES: Mapping[str, Sample] = {
    "waiting": Sample("Waiting", "waiting"),
    "slower": Sample("Slower now", "waiting", reason=Reason.RATE_LOWERED),
    "called": Sample("Called", "called"),
    "paused": Sample("Paused", "paused"),
    "countdown": Sample("Before the opening", "soon", opens=True),
    "draw": Sample("Before a draw", "soon", opens=True, drawn=True),
    "closed": Sample("Closed", "closed"),
    "closed-until": Sample("Closed until the opening", "closed", opens=True),
    "expired": Sample("Turn missed", "expired"),
    "restarted": Sample("Line restarted", "restarted"),
    "resting": Sample("Lets others pass", "resting"),
    "moved": Sample("On another device", "moved"),
    "left": Sample("Place given up", "left"),
    "soldout": Sample("Sold out", "soldout"),
    "unavailable": Sample("Redis away", "unavailable"),
}
_IN_LINE = ("waiting", "resting", "paused", "expired", "restarted")


def view_of(sample: Sample, room: RoomSettings, said: Said, now: datetime) -> PageView:
    """What the page of a sample visitor shows, of this room and with this message."""
    has_place = sample.state in _IN_LINE or (sample.state == "soon" and not sample.drawn)
    opens = now.astimezone(ZoneInfo(room.timezone)).replace(microsecond=0) + timedelta(seconds=_OPENS_IN)
    return PageView(
        room=room.name,
        state=sample.state,
        position=1284 if has_place else None,
        ahead=1283 if has_place else None,
        waiting=5310,
        eta_range=(1020, 1560) if sample.state in ("waiting", "expired", "restarted") else None,
        eta_reason=sample.reason,
        refresh_after=20,
        code="K7M-2QX",
        message=said.text,
        message_language=said.language,
        keep_seconds=round(room.keep),
        presence_seconds=round(room.presence),
        target=(room.paths[0].rstrip("*").rstrip("/") if room.paths else "") or "/",
        opens=opens if sample.opens else None,
        opens_in=float(_OPENS_IN) if sample.opens else None,
        drawn=sample.drawn,
        takes_codes=room.invite_only or room.claims is not None or len(room.lane_names) > 1,
        takes_along=room.take_along,
        not_yet_seconds=round(room.not_yet),
        gives_extra_time=room.extra_times > 0,
        rests_in=round(room.not_yet) if sample.state == "resting" else None,
        back=now.astimezone(ZoneInfo(room.timezone)) + timedelta(seconds=room.not_yet),
        undo_seconds=round(room.undo),
        still=True,
    )
