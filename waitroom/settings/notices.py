"""What can be set about alerts and channels together: each has its own name, and names rooms that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from waitroom.settings.alerts import AlertSettings
from waitroom.settings.kinds import Allowed, broken
from waitroom.settings.notify import NotifySettings
from waitroom.settings.room import RoomSettings


class NoticeSettings(BaseModel):
    """Alerts, and who is told."""

    alerts: Annotated[tuple[AlertSettings, ...], Allowed("alerts, each under an [[alerts]] heading")] = Field(
        default=(), description="Changes to the alerts that are always there, and others."
    )
    notify: Annotated[tuple[NotifySettings, ...], Allowed("channels, each under a [[notify]] heading")] = (
        Field(
            default=(),
            description="Who is told of alerts and events. Left out: the console alone shows them.",
        )
    )

    @field_validator("alerts")
    @classmethod
    def _alerts(cls, alerts: tuple[AlertSettings, ...], info: ValidationInfo) -> tuple[AlertSettings, ...]:
        _once("alerts", (alert.name for alert in alerts))
        _known("alerts", [alert.rooms for alert in alerts], info)
        return alerts

    @field_validator("notify")
    @classmethod
    def _channels(
        cls, channels: tuple[NotifySettings, ...], info: ValidationInfo
    ) -> tuple[NotifySettings, ...]:
        _once("notify", (channel.name for channel in channels))
        _known("notify", [channel.rooms for channel in channels], info)
        return channels


def _once(table: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise broken(f'{table}: "{twice[0]}" is the name of several; each must have its own')


def _known(table: str, named: Iterable[tuple[str, ...]], info: ValidationInfo) -> None:
    rooms: tuple[RoomSettings, ...] | None = info.data.get("rooms")
    known = {room.name for room in rooms or ()}
    for index, names in enumerate(named):
        for name in names if rooms is not None else ():
            if name not in known:
                raise broken(
                    f'{table}[{index}].rooms: there is no room "{name[:40]}"; known are {", ".join(sorted(known))}'
                )
