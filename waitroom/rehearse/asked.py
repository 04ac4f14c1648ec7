"""From what was asked for on the command line to a scenario; every mistake is told in the words of the settings."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from waitroom.assembly import rules_of, weights_of
from waitroom.errors import SettingsError
from waitroom.line.memory import GENERAL
from waitroom.rehearse.arrivals import PRESETS, Curve, from_csv, preset
from waitroom.rehearse.scenario import Change, People, Scenario, Share
from waitroom.settings import RoomSettings, allowed, parse_duration
from waitroom.settings.lanes import LaneSettings
from waitroom.shaping.ramp import Ramp, RampError

DEFAULT_VISITORS = 10_000
CHANGEABLE = ("rate", "capacity", "mode", "keep", "presence", "burst", "entry")
"""What can be turned while a rehearsal runs."""
MODES = ("auto", "queue", "pause")
"""In the others nobody stands in line, so that there is nothing to rehearse."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rehearsal as it was asked for."""

    room: RoomSettings
    """The room as it is, without what is asked for here."""
    rules: Mapping[str, str]
    """Settings of the room, as they were written."""
    people: People
    visitors: int | None
    arrivals: str
    """The name of a preset, or the path of a CSV file."""
    over: float
    lanes: Sequence[str]
    changes: Sequence[str]
    is_drawn: bool
    seed: int
    longest: float


def scenario_of(asked: Asked) -> Scenario:
    """What to rehearse. Raises :class:`~waitroom.errors.WaitroomError` for what cannot be."""
    rate = asked.rules.get("rate")
    ramp = _ramp(rate) if rate is not None else None
    first = {} if ramp is None else {"rate": f"{ramp.steps[0][1]:g}"}
    shares, lanes = _lanes(asked.lanes)
    room = _changed(asked.room, {**asked.rules, **first}, {**asked.room.lanes, **lanes})
    if room.mode.value not in MODES:
        raise SettingsError(
            f"mode: {room.mode.value!r} was given, allowed in a rehearsal is one of {', '.join(MODES)}"
        )
    names = list(weights_of(room)) if room.lanes else [GENERAL]
    return Scenario(
        curve=_curve(asked),
        rules=replace(rules_of(room), message=""),
        ramp=ramp if ramp and len(ramp.steps) > 1 else None,
        people=asked.people,
        changes=tuple(_changes(room, asked.changes)),
        lanes=(
            Share(GENERAL, 1 - sum(shares.values())),
            *(Share(name, shares.get(name, 0.0)) for name in names if name != GENERAL),
        ),
        is_drawn=asked.is_drawn,
        seed=asked.seed,
        longest=round(asked.longest),
    )


def _ramp(text: str) -> Ramp:
    try:
        return Ramp.parse(text)
    except RampError as error:
        raise SettingsError(f"rate: {error}; allowed: {Ramp.HELP}") from error


def _curve(asked: Asked) -> Curve:
    if asked.arrivals in PRESETS:
        return preset(
            asked.arrivals,
            visitors=DEFAULT_VISITORS if asked.visitors is None else asked.visitors,
            seconds=max(round(asked.over), 1),
            random_source=random.Random(asked.seed),  # noqa: S311 - a simulation is repeatable
        )
    if not asked.arrivals.endswith(".csv"):
        raise SettingsError(
            f"arrivals: {asked.arrivals!r} was given, allowed is one of {', '.join(PRESETS)}, "
            "or the path of a .csv file"
        )
    return from_csv(Path(asked.arrivals), visitors=asked.visitors)


def _lanes(texts: Sequence[str]) -> tuple[dict[str, float], dict[str, LaneSettings]]:
    """The shares of the visitors, and the weights, of ``name:weight:share``."""
    shares: dict[str, float] = {}
    lanes: dict[str, LaneSettings] = {}
    for text in texts:
        name, *numbers = text.split(":")
        try:
            weight, share = (float(number) for number in numbers)
            lanes[name] = LaneSettings(weight=weight)
        except ValueError:
            raise SettingsError(
                f"lane: {text!r} was given, allowed is name:weight:share of the visitors, such as members:3:0.2"
            ) from None
        if not 0 <= share <= 1 or name == GENERAL or name in shares:
            raise SettingsError(
                f"lane: {text!r} was given; a share is from 0 to 1, each lane is named once, "
                f"and the rest comes to {GENERAL}"
            )
        shares[name] = share
    if sum(shares.values()) > 1:
        raise SettingsError(
            f"lane: the shares of the visitors add up to {sum(shares.values()):g}, which is more than 1"
        )
    return shares, lanes


def _changed(
    room: RoomSettings, wanted: Mapping[str, str], lanes: Mapping[str, LaneSettings]
) -> RoomSettings:
    given = {
        name: getattr(room, name) for name in RoomSettings.model_fields if name not in ("entry", "lanes")
    }
    # where it was not set, it follows keep
    entry = {"entry": room.entry} if "entry" in room.model_fields_set else {}
    try:
        return RoomSettings.model_validate({**given, **entry, "lanes": lanes, **wanted})
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "rule":
            raise SettingsError(f"{name}: {problem['msg']}") from error
        value = wanted.get(name, ", ".join(lanes) if name == "lanes" else "")
        raise SettingsError(
            f"{name}: {value!r} was given, allowed is {allowed(RoomSettings.model_fields[name])}"
        ) from error


def _changes(room: RoomSettings, texts: Sequence[str]) -> list[Change]:
    """Live changes, as ``20m rate=600 capacity=900``, each checked on top of those before it."""
    changes = []
    for text in texts:
        when, *settings = text.split()
        pairs = dict(setting.partition("=")[::2] for setting in settings)
        try:
            at = round(parse_duration(when))
        except ValueError:
            at = -1
        if at < 0 or not pairs or not set(pairs) <= set(CHANGEABLE):
            raise SettingsError(
                f"at: {text!r} was given, allowed is a time and changes of {', '.join(CHANGEABLE)}, "
                "such as '20m rate=600'"
            )
        if pairs.get("mode", "auto") not in MODES:
            raise SettingsError(
                f"at: {text!r} was given, allowed in a rehearsal are the modes {', '.join(MODES)}"
            )
        changes.append((at, text, pairs))
    made = []
    for at, text, pairs in sorted(changes, key=lambda change: change[0]):
        room = _changed(room, pairs, room.lanes)
        stored = rules_of(room).to_redis()
        fields = {field: stored[field] for field in (_FIELDS.get(name, name) for name in pairs)}
        made.append(Change(at, text, fields))
    return made


_FIELDS = {name: f"{name}_ms" for name in ("keep", "presence", "burst", "entry")}
