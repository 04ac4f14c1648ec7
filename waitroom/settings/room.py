"""What can be set for a room: one waiting line and its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from waitroom.line.guard import SUSPECTS, Beyond
from waitroom.line.memory import GENERAL
from waitroom.line.rules import Mode, SoldOut
from waitroom.settings.abuse import ChallengeSettings, JoinLimitSettings, SharingSettings
from waitroom.settings.adaptive import AdaptiveSettings
from waitroom.settings.claims import ClaimSettings
from waitroom.settings.content import ContentSettings
from waitroom.settings.duration import format_duration
from waitroom.settings.events import EventSettings
from waitroom.settings.feedback import FeedbackSettings
from waitroom.settings.forms import FormSettings
from waitroom.settings.kinds import (
    Allowed,
    AnyDuration,
    AsDuration,
    AtLeastASecond,
    ByName,
    FromDigits,
    Frozen,
    Host,
    Number,
    PageAddress,
    PathPattern,
    WholeNumber,
    broken,
)
from waitroom.settings.lanes import LaneName, LaneSettings
from waitroom.settings.messages import MessageText
from waitroom.settings.reminders import ReminderSettings
from waitroom.settings.schedule import schedule_of
from waitroom.settings.theme import ThemeSettings
from waitroom.shaping.schedule import ScheduleError

RESERVED_NAMES = frozenset({"health", "keys", "static"})
"""Names that no room can have, because the gateway's own addresses use them."""

_DEFAULT_ENTRY_SECONDS = 60.0


def _timezone(given: str) -> str:
    try:
        ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no time zone") from None
    return given


def _entry_within_keep(before: Mapping[str, object]) -> float:
    keep = before.get("keep")
    return min(_DEFAULT_ENTRY_SECONDS, keep) if isinstance(keep, float) else _DEFAULT_ENTRY_SECONDS


MOST_TIMES = 1000
"""One visitor may ask for more time: as many as Redis counts for a place."""


class RoomSettings(BaseModel):
    """The rules of one room. All durations are in seconds once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"),
        Allowed('1 to 40 of a-z, 0-9 and "-", not at either end; not "health", "keys" or "static"'),
    ] = Field(
        description="The room's name, as it stands in addresses and cookies. "
        "Renaming a room starts a new line."
    )
    hosts: Annotated[
        tuple[Host, ...],
        Allowed('a list of host names without scheme, port or path, such as ["shop.example"]'),
    ] = Field(
        default=(),
        description="The host names that the room covers, in any case. Left out: all. Requests for other hosts "
        "are in no room and go straight to the shop: where it answers to any host, leave this out.",
    )
    paths: Annotated[
        tuple[PathPattern, ...],
        Allowed('a list of decoded paths that start with "/", with "*" only at the end, such as ["/drop/*"]'),
    ] = Field(
        default=(),
        description='The paths that the room covers: exactly one ("/drop"), it and all below it ("/drop/*"), '
        'or all that begin alike ("/drop*"). Left out: all. '
        "Where several rooms cover a request, the most specific has it.",
    )
    rate: Annotated[
        Number, Field(ge=0, le=1_000_000), Allowed("a number from 0 to 1000000 (admissions per minute)")
    ] = Field(default=300.0, description="Admissions per minute. 0 admits nobody.")
    capacity: Annotated[
        WholeNumber, Field(ge=0, le=10_000_000), Allowed("a whole number from 0 to 10000000 (0: no cap)")
    ] = Field(default=0, description="Visitors inside at once. 0: no cap.")
    mode: Annotated[Mode, Allowed("one of " + ", ".join(f'"{mode}"' for mode in Mode))] = Field(
        default=Mode.AUTO,
        description='"auto" holds only when there is more demand than rate and capacity allow; "queue" holds '
        'every newcomer and admits at the rate; "pass" lets everyone through; "pause" admits nobody new; '
        '"closed" answers newcomers with the closed page. Those inside stay inside in every mode.',
    )
    session: AtLeastASecond = Field(
        default=600.0, description="A pass lives this long after its visitor's last request."
    )
    keep: AtLeastASecond = Field(
        default=600.0, description="A visitor who was absent when called may still enter for this long."
    )
    presence: AtLeastASecond = Field(
        default=60.0, description="A waiting visitor counts as absent when not seen for this long."
    )
    burst: AnyDuration = Field(
        default=5.0,
        description="How much of its rate an idle room saves up, to be spent at once: rate times burst.",
    )
    entry: AtLeastASecond = Field(
        default_factory=_entry_within_keep,
        description="A granted place that is not taken within this time gives its capacity back. "
        "At most keep. Left out: one minute, or keep where that is shorter.",
    )
    hold_status: Annotated[Literal[503, 429, 202, 200], FromDigits, Allowed("503, 429, 202 or 200")] = Field(
        default=503,
        description="The HTTP status of an answer to those who wait. "
        "Some CDNs replace a 503 with a page of their own.",
    )
    cached_line: Annotated[bool, Allowed("true or false")] = Field(
        default=False,
        description="Whether a CDN or web server in front keeps /__waitroom/{room}/line. Waiting pages that are far "
        "from the door then follow that, and hold no event stream. See cdn.md.",
    )
    without_redis: Annotated[Literal["hold", "pass"], Allowed('"hold" or "pass"')] = Field(
        default="hold",
        description='What becomes of newcomers and of those in line while Redis is away: "hold" lets nobody in until '
        'it is back; "pass" goes on, in the order of the line, at without_redis_rate. Those inside stay inside '
        "either way.",
    )
    without_redis_rate: Annotated[
        Number, Field(ge=0, le=1_000_000), Allowed("a number from 0 to 1000000 (admissions per minute)")
    ] = Field(
        default=60.0,
        description="Admissions per minute through each gateway while Redis is away, where without_redis is "
        '"pass"; its workers share it evenly, and it is never more than the rate. The capacity is not known then.',
    )
    cloudflare_json: Annotated[bool, Allowed("true or false")] = Field(
        default=False,
        description="Apps that send exactly `Accept: application/json` and have to wait get the cfWaitingRoom document "
        "of Cloudflare's waiting rooms in place of a problem. See apps.md.",
    )
    message: MessageText = Field(default="", description="A text shown to those who wait.")
    sold_out: Annotated[SoldOut, Allowed("one of " + ", ".join(f'"{word}"' for word in SoldOut))] = Field(
        default=SoldOut.NO,
        description='"yes": newcomers are told so and get no place, and the line stands still. "returns": the line '
        "goes on for those who want to wait for what comes back. Either way nobody in line loses the place. Usually "
        "turned live: by the console, `waitroom set`, or the shop's own header. See being-told.md.",
    )
    sold_out_link: Annotated[
        PageAddress, Allowed('an address with https:// or http://, or a path such as "/more"')
    ] = Field(
        default="",
        description="Where those who are told so can go instead: a page of the shop outside of the room. Left out: "
        "none is shown.",
    )
    take_along: Annotated[bool, Allowed("true or false")] = Field(
        default=True,
        description="Whether a place can go to another device, by a QR code, a link, or a code to type.",
    )
    undo: AnyDuration = Field(
        default=120.0,
        description="For so long whoever gave a place up can have it back. 0 offers no undo. Never longer than keep "
        "after the turn.",
    )
    not_yet: Annotated[
        float, AsDuration, Field(ge=0, le=86_400), Allowed('a duration from "0s" to "1d", such as "15m"')
    ] = Field(
        default=900.0,
        description="For how long somebody may let others pass and keep the place, once. 0 offers it to nobody.",
    )
    extra_time: Annotated[
        float, AsDuration, Field(ge=0, le=864_000), Allowed('a duration from "0s" to "10d", such as "2h30m"')
    ] = Field(
        default=9000.0,
        description="How much more time somebody may ask for in all, whose turn has come or who lets others pass: each "
        "press gives not_yet once more. Left at ten times not_yet it is what WCAG 2.2.1 asks for. 0 gives none.",
    )
    common_weight: Annotated[Number, Field(gt=0, le=1000), Allowed("a number above 0, at most 1000")] = Field(
        default=1.0,
        description="What the room is given of the common_rate, next to the other rooms that want more.",
    )
    lanes: Annotated[
        Mapping[LaneName, LaneSettings],
        Frozen,
        Allowed('tables by the lanes\' names: 1 to 20 of a-z, 0-9 and "-", such as [rooms.lanes.members]'),
    ] = Field(
        default=ByName(),
        description="Lines within the room, each with its own weight. Left out: only the lane general.",
    )
    general_share: Annotated[Number, Field(ge=0, le=1), Allowed("a number from 0 to 1")] = Field(
        default=0.1,
        description="The least share of the admissions that the lane general gets while somebody waits in it, "
        "whatever the other lanes weigh.",
    )
    invite_only: Annotated[bool, Allowed("true or false")] = Field(
        default=False,
        description="Newcomers need an invitation, a code or a claim: all others are answered with 403 and get no "
        'place. Those who have one already keep it; "pass" lets everyone through.',
    )
    claims: Annotated[ClaimSettings | None, Allowed("a table")] = Field(
        default=None, description="What the shop signs about its members; see below."
    )
    forms: Annotated[FormSettings, Allowed("a table under a [rooms.forms] heading")] = Field(
        default=FormSettings(), description="Which forms are kept while their senders wait. Left out: none."
    )
    timezone: Annotated[
        str, AfterValidator(_timezone), Allowed('a time zone of the IANA database, such as "Europe/Riga"')
    ] = Field(default="UTC", description="The time zone of the room's events.")
    events: Annotated[tuple[EventSettings, ...], Allowed("tables, each under a [[rooms.events]] heading")] = (
        Field(default=(), description="The sales that open, and may close, at set times.")
    )

    join_limit: Annotated[JoinLimitSettings, Allowed("a table")] = Field(
        default=JoinLimitSettings(), description="How many places one address and one network may take."
    )
    challenge: Annotated[ChallengeSettings, Allowed("a table")] = Field(
        default=ChallengeSettings(), description="The proof of work at the join."
    )
    sharing: Annotated[SharingSettings, Allowed("a table")] = Field(
        default=SharingSettings(), description="From how many networks one pass may be used at once."
    )
    adaptive: Annotated[AdaptiveSettings, Allowed("a table under a [rooms.adaptive] heading")] = Field(
        default=AdaptiveSettings(),
        description="Whether and how far admissions follow the shop. Left out: off.",
    )
    feedback: Annotated[FeedbackSettings, Allowed("a table under a [rooms.feedback] heading")] = Field(
        default=FeedbackSettings(), description="What shoppers are asked of their wait. Left out: nothing."
    )

    reminders: Annotated[ReminderSettings, Allowed("a table under a [rooms.reminders] heading")] = Field(
        default=ReminderSettings(),
        description="Whether and how one is told away from the page. Left out: off.",
    )
    theme: Annotated[ThemeSettings, Allowed("a table under a [rooms.theme] heading")] = Field(
        default=ThemeSettings(), description="How the room's pages look. Left out: as those of the others."
    )

    content: Annotated[ContentSettings, Allowed("a table under a [rooms.content] heading")] = Field(
        default=ContentSettings(),
        description="What there is to read and to look at while one waits in the room. Left out: as in the others.",
    )

    @field_validator("events")
    @classmethod
    def _one_after_the_other(
        cls, events: tuple[EventSettings, ...], info: ValidationInfo
    ) -> tuple[EventSettings, ...]:
        if "timezone" in info.data:
            try:
                schedule_of(events, info.data["timezone"])
            except ScheduleError as error:
                raise broken(str(error)) from error
        return events

    @field_validator("join_limit")
    @classmethod
    def _has_the_lane(cls, limit: JoinLimitSettings, info: ValidationInfo) -> JoinLimitSettings:
        if limit.beyond is Beyond.SUSPECTS and SUSPECTS not in info.data.get("lanes", {SUSPECTS}):
            raise broken(
                f'must not be beyond = "{SUSPECTS}" without [rooms.lanes.{SUSPECTS}]; weight = 0 never moves'
            )
        return limit

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in RESERVED_NAMES:
            raise ValueError("reserved")
        return name

    @field_validator("entry")
    @classmethod
    def _at_most_keep(cls, entry: float, info: ValidationInfo) -> float:
        keep: float = info.data.get("keep", entry)
        if entry > keep:
            rule = f"must not be longer than keep ({format_duration(keep)})"
            raise PydanticCustomError("rule", "{rule}", {"rule": rule})
        return entry

    @property
    def lane_names(self) -> tuple[str, ...]:
        """Every lane, the general one first."""
        return tuple(dict.fromkeys((GENERAL, *self.lanes)))

    @property
    def extra_times(self) -> int:
        """How often one visitor may ask for more time."""
        return min(int(self.extra_time / self.not_yet), MOST_TIMES) if self.not_yet else 0

    def covers(self) -> frozenset[tuple[str, str]]:
        """Return every host and path pattern that the room covers; ``"*"`` is any host, ``"/*"`` any path."""
        paths = [path.lower() for path in self.paths] or ["/*"]
        return frozenset(
            (host, "/*" if path == "/*" else path) for host in self.hosts or ("*",) for path in paths
        )


@dataclass(frozen=True)
class Conflict:
    """A rule that the room at ``index`` breaks together with one before it. ``field`` is its setting."""

    index: int
    field: str
    rule: str


def conflicts(rooms: Mapping[int, RoomSettings]) -> Iterator[Conflict]:
    """Find rooms of the same name, and rooms that cover the same host and path: none could be chosen."""
    names: dict[str, int] = {}
    covered: dict[tuple[str, str], RoomSettings] = {}
    for index, room in rooms.items():
        if names.setdefault(room.name, index) != index:
            yield Conflict(index, "name", f"another room has that name already (rooms[{names[room.name]}])")
            continue
        for host, path in sorted(room.covers()):
            other = covered.setdefault((host, path), room)
            if other is not room:
                where = f"{'any host' if host == '*' else host}, {'any path' if path == '/*' else path}"
                yield Conflict(index, "paths", f'room "{other.name}" covers the same already ({where})')
                break
