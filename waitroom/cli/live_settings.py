"""The live rules of a room as settings, and changes to them as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from waitroom.errors import SettingsError
from waitroom.line.guard import Guard
from waitroom.line.rules import Rules
from waitroom.settings import AdaptiveSettings, RoomSettings, allowed, format_duration
from waitroom.settings.abuse import guard_of, tables_of

_PLAIN = ("rate", "capacity", "mode", "message", "session", "keep", "presence", "burst", "entry")
_DURATIONS = ("session", "keep", "presence", "burst", "entry")
_GUARDING = tuple(f"{table}.{name}" for table, values in tables_of(Guard()).items() for name in values)
_ADAPTIVE = tuple(f"adaptive.{name}" for name in ("on", "least", "most", "latency", "errors"))
CHANGEABLE = _PLAIN + _GUARDING + _ADAPTIVE
"""Settings that change while a room runs; those of a table with its name before theirs, as ``challenge.when``."""
_SHOWN = 60


def field_of(name: str) -> str:
    """The field of the rules in which a setting is kept."""
    if name in _GUARDING:
        return "guard"
    if name in _ADAPTIVE:
        return "adaptive"
    return f"{name}_ms" if name in _DURATIONS else name


def as_settings(from_file: RoomSettings, rules: Rules) -> RoomSettings:
    """The live rules as settings; what cannot be changed live is as in the file."""
    values = rules.to_redis()
    given = {name: values[name] for name in _PLAIN if name not in _DURATIONS}
    durations = {name: int(values[f"{name}_ms"]) / 1000 for name in _DURATIONS}
    adaptive = AdaptiveSettings.from_text(rules.adaptive).model_dump()
    return _made(from_file, {**given, **durations}, {**tables_of(rules.guard), "adaptive": adaptive})


def changed(before: RoomSettings, wanted: Mapping[str, str]) -> RoomSettings:
    """The settings with those that are wanted. Raises :class:`~waitroom.errors.SettingsError` where one is wrong."""
    plain = {name: wanted.get(name, getattr(before, name)) for name in _PLAIN}
    guard = guard_of(before.join_limit, before.challenge, before.sharing)
    tables = {
        table: {name: wanted.get(f"{table}.{name}", value) for name, value in values.items()}
        for table, values in tables_of(guard).items()
    }
    tables["adaptive"] = before.adaptive.model_dump()
    for name in set(_ADAPTIVE) & set(wanted):
        # nothing is what a setting has that is left out of the file
        tables["adaptive"][name.partition(".")[2]] = wanted[name] or _described(name).default
    try:
        return _made(before, plain, tables)
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(map(str, problem["loc"]))
        if problem["type"] == "rule":
            now = f" ({shown(before, name).strip('()')} now)" if name in CHANGEABLE else ""
            raise SettingsError(f"{name}{now} {problem['msg']}") from error
        value = cut(wanted.get(name, ""))
        raise SettingsError(f"{name}: {value!r} was given, allowed is {allowed(_described(name))}") from error


def shown(room: RoomSettings, name: str) -> str:
    """The value of a setting, as it would be typed."""
    value = attrgetter(name)(room)
    if value is None:
        return "(none)"
    if "a duration" in allowed(_described(name)):
        return format_duration(value)
    return f"{value:g}" if isinstance(value, float) else cut(str(value)) or "(none)"


def cut(text: str) -> str:
    """A text that may be long, as it is shown."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _made(
    base: RoomSettings, plain: Mapping[str, object], tables: Mapping[str, Mapping[str, object]]
) -> RoomSettings:
    return RoomSettings.model_validate({"name": base.name, "lanes": base.lanes, **plain, **tables})


def _described(name: str) -> FieldInfo:
    table, _, inner = name.rpartition(".")
    model = type(getattr(_ANY, table)) if table else RoomSettings
    return model.model_fields[inner]


_ANY = RoomSettings(name="any")
