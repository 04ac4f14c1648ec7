"""``waitroom set`` and ``waitroom reset``: a running room, from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from waitroom.assembly import rules_of, weights_of
from waitroom.cli.line import find_room, who_asks, with_store
from waitroom.errors import SettingsError
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings, allowed, format_duration
from waitroom.settings.lanes import LaneSettings
from waitroom.shaping.weights import weights_text

CHANGEABLE = ("rate", "capacity", "mode", "message", "session", "keep", "presence", "burst", "entry")
_DURATIONS = ("session", "keep", "presence", "burst", "entry")
_WEIGHT = "weight."
_SHOWN = 60


def change_live(settings: Settings, room: str, changes: Sequence[str], why: str) -> list[str]:
    """Sets ``name=value`` pairs for a running room, and returns a line for each."""
    lanes = weights_of(find_room(settings, room))
    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or (name not in CHANGEABLE and name.removeprefix(_WEIGHT) not in lanes):
            weights = [f"{_WEIGHT}{lane}" for lane in lanes] if len(lanes) > 1 else []
            raise SettingsError(
                f"{change!r} is not a change; write name=value with one of {', '.join([*CHANGEABLE, *weights])}"
            )
        if name in wanted:
            raise SettingsError(f"{name} is given twice")
        wanted[name] = value

    heavier = {name: wanted.pop(name) for name in list(wanted) if name.startswith(_WEIGHT)}

    async def apply(store: LineStore) -> list[str]:
        rules = await store.rules()
        before = _as_settings(room, rules)
        after = _checked(before, wanted)
        weights = _weights(rules, lanes, heavier)
        stored = rules_of(after).to_redis()
        fields = {name: f"{name}_ms" if name in _DURATIONS else name for name in wanted}
        changes = {field: stored[field] for field in fields.values()}
        if heavier:
            changes["weights"] = weights_text(weights)
        await store.configure(changes, source="live", who=who_asks(), why=why)
        lines = [f"{room}: {name} -> {weights[name.removeprefix(_WEIGHT)]:g}" for name in heavier]
        return lines + [f"{room}: {name} {_shown(before, name)} -> {_shown(after, name)}" for name in wanted]

    return with_store(settings, room, apply)


def reset_room(settings: Settings, room: str, why: str) -> list[str]:
    """Begins a room's line anew, and returns a line that says so."""
    find_room(settings, room)

    async def apply(store: LineStore) -> list[str]:
        head = await store.reset(who=who_asks(), why=why)
        return [f"{room}: the line begins anew (epoch {head.epoch}); those inside stay inside"]

    return with_store(settings, room, apply)


def _weights(rules: Rules, lanes: Iterable[str], wanted: Mapping[str, str]) -> dict[str, float]:
    """The weights of all lanes with those that are wanted."""
    weights = {lane: rules.weight_of(lane) for lane in lanes}
    for name, value in wanted.items():
        try:
            weights[name.removeprefix(_WEIGHT)] = LaneSettings.model_validate({"weight": value}).weight
        except ValidationError:
            meant = allowed(LaneSettings.model_fields["weight"])
            raise SettingsError(f"{name}: {_cut(value)!r} was given, allowed is {meant}") from None
    return weights


def _as_settings(room: str, rules: Rules) -> RoomSettings:
    """The live rules as settings."""
    values = rules.to_redis()
    given = {name: values[name] for name in CHANGEABLE if name not in _DURATIONS}
    durations = {name: int(values[f"{name}_ms"]) / 1000 for name in _DURATIONS}
    return RoomSettings.model_validate({"name": room, **given, **durations})


def _checked(before: RoomSettings, wanted: dict[str, str]) -> RoomSettings:
    given = {name: getattr(before, name) for name in ("name", *CHANGEABLE)}
    try:
        return RoomSettings.model_validate({**given, **wanted})
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "rule":
            raise SettingsError(f"{name} ({_shown(before, name)} now) {problem['msg']}") from error
        value = _cut(wanted.get(name, ""))
        meant = allowed(RoomSettings.model_fields[name])
        raise SettingsError(f"{name}: {value!r} was given, allowed is {meant}") from error


def _shown(room: RoomSettings, name: str) -> str:
    value = getattr(room, name)
    if name in _DURATIONS:
        return format_duration(value)
    return f"{value:g}" if isinstance(value, float) else _cut(str(value)) or "(none)"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
