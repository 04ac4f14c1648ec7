"""The live rules of a room as settings, and changes to them as they are given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from operator import attrgetter
from typing import cast

from pydantic import JsonValue, ValidationError
from pydantic.fields import FieldInfo

from waitroom.assembly.line import rules_of, weights_of
from waitroom.errors import SettingsError
from waitroom.line.guard import Guard
from waitroom.line.memory import GENERAL
from waitroom.line.rules import Rules
from waitroom.settings import AdaptiveSettings, RoomSettings, allowed, format_duration
from waitroom.settings.abuse import guard_of, tables_of
from waitroom.settings.lanes import LaneSettings
from waitroom.shaping.aims import Aims
from waitroom.shaping.weights import weights_text

Value = str | int | float | bool | None
"""A setting as JSON has it; durations are in seconds."""

_PLAIN = ("rate", "capacity", "mode", "sold_out", "message", "session", "keep", "presence", "burst", "entry")
_DURATIONS = ("session", "keep", "presence", "burst", "entry")
_GUARDING = tuple(f"{table}.{name}" for table, values in tables_of(Guard()).items() for name in values)
_ADAPTIVE = tuple(f"adaptive.{name}" for name in ("on", "least", "most", "latency", "errors"))
CHANGEABLE = _PLAIN + _GUARDING + _ADAPTIVE
"""Settings that change while a room runs; those of a table with its name before theirs, as ``challenge.when``. Where a
room has several lanes, ``weight.LANE`` of each does too."""
WEIGHT = "weight."
_SHOWN = 60
_DEEPEST = 3


def names_of(room: RoomSettings) -> tuple[str, ...]:
    """What can be changed of this room."""
    lanes = tuple(weights_of(room))
    return CHANGEABLE + (tuple(WEIGHT + lane for lane in lanes) if len(lanes) > 1 else ())


def check_names(room: RoomSettings, names: Iterable[str]) -> None:
    """Raises :class:`~waitroom.errors.SettingsError` for a name that cannot be changed, with those that can."""
    changeable = names_of(room)
    if unknown := [name for name in names if name not in changeable]:
        raise SettingsError(
            f"{', '.join(map(_quoted, unknown))} cannot be changed while the room runs; "
            f"allowed: {', '.join(changeable)}"
        )


def field_of(name: str) -> str:
    """The field of the rules in which a setting is kept."""
    if name in _GUARDING:
        return "guard"
    if name in _ADAPTIVE:
        return "adaptive"
    if name.startswith(WEIGHT):
        return "weights"
    return f"{name}_ms" if name in _DURATIONS else name


def values_of(room: RoomSettings, rules: Rules) -> dict[str, Value]:
    """All that can be changed of a room, as it is by these rules. ``room`` is as the file has it."""
    values: dict[str, Value] = {name: getattr(rules, name) for name in _PLAIN if name not in _DURATIONS}
    values["mode"] = rules.mode.value
    values["sold_out"] = rules.sold_out.value
    values |= {name: getattr(rules, f"{name}_ms") / 1000 for name in _DURATIONS}
    for table, inner in tables_of(rules.guard).items():
        for name, value in inner.items():
            # a word, not a member of its enumeration
            values[f"{table}.{name}"] = str(value) if isinstance(value, str) else cast(Value, value)
    is_on, aims = Aims.from_text(rules.adaptive)
    values["adaptive.on"] = is_on
    values["adaptive.least"] = aims.least
    values["adaptive.most"] = None if aims.most == inf else aims.most
    values["adaptive.latency"] = aims.latency or None
    values["adaptive.errors"] = aims.errors
    for name in names_of(room)[len(CHANGEABLE) :]:
        values[name] = rules.weight_of(name.removeprefix(WEIGHT))
    return values


def nested(values: Mapping[str, Value]) -> dict[str, JsonValue]:
    """The same as the file has it: tables within, the weights of the lanes each in its own."""
    tables: dict[str, JsonValue] = {}
    for name, value in values.items():
        *path, last = (
            ("lanes", name.removeprefix(WEIGHT), "weight") if name.startswith(WEIGHT) else name.split(".")
        )
        table = tables
        for step in path:
            inner = table.setdefault(step, {})
            assert isinstance(inner, dict)
            table = inner
        table[last] = value
    return tables


def flat(given: Mapping[str, JsonValue]) -> dict[str, object]:
    """The other way round. Weights may stand as in the file, ``{"lanes": {"members": {"weight": 3}}}``, or under
    ``weight``. Raises :class:`~waitroom.errors.SettingsError` for what is given twice."""
    found: dict[str, object] = {}
    for path, value in _leaves((), given):
        is_weight = len(path) == 3 and path[0] == "lanes" and path[2] == "weight"
        name = WEIGHT + path[1] if is_weight else ".".join(path)
        if name in found:
            raise SettingsError(f"{_cut(name)} is given twice")
        found[name] = value
    return found


def _leaves(
    path: tuple[str, ...], given: Mapping[str, JsonValue]
) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    for name, value in given.items():
        if isinstance(value, dict) and value and len(path) < _DEEPEST:
            yield from _leaves((*path, name), value)
        else:
            yield (*path, name), value


def fields_for(room: RoomSettings, rules: Rules, wanted: Mapping[str, object]) -> dict[str, str]:
    """The fields of the ``rules`` hash that make ``wanted`` come true, each as it is to be stored.

    Values may be as in JSON or as they are typed. Raises :class:`~waitroom.errors.SettingsError` where one is wrong, by
    itself or next to the others.
    """
    check_names(room, wanted)
    heavier = {name: value for name, value in wanted.items() if name.startswith(WEIGHT)}
    plain = {name: value for name, value in wanted.items() if name not in heavier}
    stored = rules_of(_changed(as_settings(room, rules), plain)).to_redis()
    fields = {field: stored[field] for field in map(field_of, plain)}
    if heavier:
        fields["weights"] = weights_text(_weights(room, rules, heavier))
    return fields


def as_settings(room: RoomSettings, rules: Rules) -> RoomSettings:
    """The live rules as settings; what cannot be changed live is as in the file."""
    values = rules.to_redis()
    given = {name: values[name] for name in _PLAIN if name not in _DURATIONS}
    durations = {name: int(values[f"{name}_ms"]) / 1000 for name in _DURATIONS}
    adaptive = AdaptiveSettings.from_text(rules.adaptive).model_dump()
    return _made(room, {**given, **durations}, {**tables_of(rules.guard), "adaptive": adaptive})


def shown(name: str, value: Value) -> str:
    """The value of a setting, as it would be typed."""
    if value is None:
        return "(none)"
    if name in CHANGEABLE and "a duration" in allowed(described(name)) and not isinstance(value, str):
        return format_duration(value)
    return f"{value:g}" if isinstance(value, float) else _cut(str(value)) or "(none)"


def described(name: str) -> FieldInfo:
    """What the settings say of one of :data:`CHANGEABLE`."""
    table, _, inner = name.rpartition(".")
    model = type(getattr(_ANY, table)) if table else RoomSettings
    return model.model_fields[inner]


def _changed(before: RoomSettings, wanted: Mapping[str, object]) -> RoomSettings:
    plain = {name: wanted.get(name, getattr(before, name)) for name in _PLAIN}
    guard = guard_of(before.join_limit, before.challenge, before.sharing)
    tables = {
        table: {name: wanted.get(f"{table}.{name}", value) for name, value in values.items()}
        for table, values in tables_of(guard).items()
    }
    tables["adaptive"] = before.adaptive.model_dump()
    for name in set(_ADAPTIVE) & set(wanted):
        # nothing is what a setting has that is left out of the file
        value = wanted[name]
        tables["adaptive"][name.partition(".")[2]] = described(name).default if value in ("", None) else value
    try:
        return _made(before, plain, tables)
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(map(str, problem["loc"]))
        if problem["type"] == "rule":
            now = shown(name, attrgetter(name)(before)).strip("()") if name in CHANGEABLE else ""
            raise SettingsError(f"{name}{now and f' ({now} now)'} {problem['msg']}") from error
        raise _wrong(name, wanted.get(name), described(name)) from error


def _weights(room: RoomSettings, rules: Rules, wanted: Mapping[str, object]) -> dict[str, float]:
    """The weights of all lanes with those that are wanted."""
    weights = {lane: rules.weight_of(lane) for lane in weights_of(room)}
    for name, value in wanted.items():
        try:
            weights[name.removeprefix(WEIGHT)] = LaneSettings.model_validate({"weight": value}).weight
        except ValidationError:
            raise _wrong(name, value, LaneSettings.model_fields["weight"]) from None
    total = sum(weights.values())
    share = weights[GENERAL] / total if total else 0.0
    if share < room.general_share * (1 - 1e-6):
        raise SettingsError(
            f"the lane {GENERAL} would get {share:.3g} of the admissions, less than its general_share of "
            f"{room.general_share:g}"
        )
    return weights


def _made(
    base: RoomSettings, plain: Mapping[str, object], tables: Mapping[str, Mapping[str, object]]
) -> RoomSettings:
    return RoomSettings.model_validate({"name": base.name, "lanes": base.lanes, **plain, **tables})


def _wrong(name: str, value: object, setting: FieldInfo) -> SettingsError:
    return SettingsError(f"{name}: {_quoted(value)} was given, allowed is {allowed(setting)}")


def _quoted(value: object) -> str:
    return repr(_cut(value)) if isinstance(value, str) else _cut(json.dumps(value, default=str))


def _cut(text: str) -> str:
    """A text that may be long, as it is shown."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


_ANY = RoomSettings(name="any")
