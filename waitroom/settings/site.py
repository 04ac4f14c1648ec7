"""What can be set for the gateway as a whole. The descriptions of the fields are the manual."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from waitroom.settings.approval import ApprovalSettings
from waitroom.settings.bypass import PassingSettings
from waitroom.settings.content import ContentSettings
from waitroom.settings.kinds import (
    Allowed,
    FilePath,
    ListenAddress,
    Number,
    OneOrMore,
    Port,
    Secret,
    WholeNumber,
    broken,
)
from waitroom.settings.notices import NoticeSettings
from waitroom.settings.origin import OriginSettings
from waitroom.settings.privacy import PrivacySettings
from waitroom.settings.redis import RedisSettings
from waitroom.settings.room import RoomSettings, conflicts
from waitroom.settings.shaping import ShapingSettings
from waitroom.settings.sign_in import SignInSettings
from waitroom.settings.theme import ThemeSettings, faults_of, merged
from waitroom.settings.tracing import TracingSettings
from waitroom.settings.visitors import VisitorSettings

ROOM_CONFLICT = "room_conflict"
"""The kind of pydantic error that says that rooms stand in each other's way."""

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


class SiteSettings(BaseModel):
    """Where the gateway itself is, and what it keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    secret: Annotated[
        tuple[Secret, ...],
        OneOrMore,
        Allowed("a text of at least 16 characters, or a list of such texts, newest first"),
    ] = Field(
        default=(),
        description="Signs tickets and passes. One text, or a list for rotation: the first signs, "
        "all are believed. Left out (and secret_file too): one is generated and kept in data_dir. "
        "With several machines it must be set.",
    )
    secret_file: Annotated[
        FilePath | None, Allowed("the path of a file with one secret per line, newest first")
    ] = Field(
        default=None,
        description="A file with one secret per line, newest first, instead of secret. "
        "Only its owner may be able to write to it. "
        "A relative path starts at the configuration file's folder.",
    )
    data_dir: Annotated[FilePath, Allowed("the path of a folder")] = Field(
        default=Path("data"),
        description="Where the embedded Redis keeps its data, and the generated secret. "
        "A relative path starts at the configuration file's folder.",
    )
    rooms: Annotated[
        tuple[RoomSettings, ...],
        Allowed("one or more rooms, each under a [[rooms]] heading"),
    ] = Field(
        default=(RoomSettings(name="main"),),
        description='The waiting rooms. Left out: one room named "main" that covers everything.',
    )
    theme: Annotated[ThemeSettings, Allowed("a table under a [theme] heading")] = Field(
        default=ThemeSettings(), description="How the visitors' pages look. See themes.md."
    )
    content: Annotated[ContentSettings, Allowed("a table under a [content] heading")] = Field(
        default=ContentSettings(), description="What there is to read and to look at while one waits."
    )
    common_rate: Annotated[
        Number, Field(ge=0, le=1_000_000), Allowed("a number from 0 to 1000000 (admissions per minute)")
    ] = Field(
        default=0.0,
        description="Admissions per minute of all rooms together, where they lead to one shop: divided among them by "
        "demand and by their common_weight. No room gets more than its own rate. 0: each has its own rate alone.",
    )
    host: ListenAddress = Field(default="127.0.0.1", description="The address on which the gateway listens.")
    port: Port = Field(default=8000, description="The port on which the gateway listens.")
    workers: Annotated[WholeNumber, Field(ge=1, le=256), Allowed("a whole number from 1 to 256")] = Field(
        default=1, description="Worker processes of the gateway. One per processor core is a good start."
    )
    shaping: ShapingSettings = Field(default=ShapingSettings(), description="The traffic of those inside.")
    tracing: TracingSettings = Field(
        default=TracingSettings(), description="Spans of the requests that go to the shop."
    )
    privacy: Annotated[PrivacySettings, Allowed("a table under a [privacy] heading")] = Field(
        default=PrivacySettings(), description="What is kept of people, and for how long."
    )
    console: Annotated[bool, Allowed("true or false")] = Field(
        default=True,
        description="Whether `waitroom serve` runs the operators' console too. Of several gateways at one Redis, one "
        "runs it: what it keeps itself (users, tokens, its audit log) is in its data_dir.",
    )
    admin_host: ListenAddress = Field(
        default="127.0.0.1",
        description="The address on which the operators' console listens. Never the one under which the shop is "
        "reached.",
    )
    admin_port: Port = Field(
        default=8001, description="The port on which the operators' console listens; 0: any that is free."
    )
    sign_in: SignInSettings = Field(default=SignInSettings(), description="Who may use the console, and how.")

    approval: Annotated[ApprovalSettings, Allowed("a table under an [approval] heading")] = Field(
        default=ApprovalSettings(), description="What one operator alone cannot do."
    )

    @field_validator("secret_file")
    @classmethod
    def _instead_of_secret(cls, secret_file: Path | None, info: ValidationInfo) -> Path | None:
        if secret_file is not None and info.data.get("secret"):
            raise broken("cannot be set together with secret: keep one of them")
        return secret_file

    @field_validator("rooms")
    @classmethod
    def _apart(cls, rooms: tuple[RoomSettings, ...]) -> tuple[RoomSettings, ...]:
        if not rooms:
            raise ValueError("no room")
        found = list(conflicts(dict(enumerate(rooms))))
        if found:
            text = "; ".join(
                f"rooms[{conflict.index}].{conflict.field}: {conflict.rule}" for conflict in found
            )
            raise PydanticCustomError(ROOM_CONFLICT, "{text}", {"text": text})
        return rooms

    @field_validator("theme")
    @classmethod
    def _can_be_read(cls, theme: ThemeSettings, info: ValidationInfo) -> ThemeSettings:
        rooms: tuple[RoomSettings, ...] = info.data.get("rooms", ())
        of_rooms = [(f' (room "{room.name}")', merged(theme, room.theme)) for room in rooms]
        for named, of_room in [("", theme), *of_rooms]:
            for fault in faults_of(of_room):
                raise broken(f"{fault}{named}")
        return theme

    @field_validator("shaping")
    @classmethod
    def _for_each_worker(cls, shaping: ShapingSettings, info: ValidationInfo) -> ShapingSettings:
        workers = info.data.get("workers", 1)
        if 0 < shaping.concurrency < workers:
            raise broken(f"concurrency must be at least 1 for each of the {workers} workers, or 0")
        return shaping

    @field_validator("admin_port")
    @classmethod
    def _other_port(cls, admin_port: int, info: ValidationInfo) -> int:
        hosts = {info.data.get("host"), info.data.get("admin_host")}
        overlap = len(hosts) == 1 or hosts & _EVERYWHERE
        if admin_port != 0 and overlap and admin_port == info.data.get("port"):
            raise broken("must differ from port: the gateway and the console cannot listen on the same one")
        return admin_port


class Settings(NoticeSettings, PassingSettings, VisitorSettings, OriginSettings, RedisSettings, SiteSettings):
    """Everything that can be set. An instance is whole and valid; ``load`` makes one."""

    @field_validator("origin_connections")
    @classmethod
    def _enough_for_all_slots(cls, connections: int, info: ValidationInfo) -> int:
        if {"shaping", "workers", "origin"} <= info.data.keys():
            slots = info.data["shaping"].concurrency // info.data["workers"]
            addresses = len(info.data["origin"])
            if slots > connections * addresses:
                raise broken(
                    f"must be at least {ceil(slots / addresses)} to each address: shaping.concurrency gives a worker "
                    f"{slots} slots"
                )
        return connections
