"""What a change of a room looks like."""

from __future__ import annotations

from enum import Enum
from types import NoneType
from typing import Annotated, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen
from pydantic import JsonValue
from pydantic.fields import FieldInfo

from admin.api.bodies import MOST_REASON, nothing_else, taken_reason
from admin.documented import Documented
from admin.problems import Problem
from waitroom.live.settings import CHANGEABLE, check_names, described, flat, names_of
from waitroom.settings import RoomSettings, allowed
from waitroom.settings.lanes import LaneSettings

_TYPES = {float: "number", int: "integer", str: "string", bool: "boolean"}
_BOUNDS = (
    (Ge, "ge", "minimum"),
    (Gt, "gt", "exclusiveMinimum"),
    (Le, "le", "maximum"),
    (MaxLen, "max_length", "maxLength"),
)
_REASON: Documented = {
    "type": "string",
    "maxLength": MOST_REASON,
    "description": "Why: the record and the audit log have it.",
}


def wanted(body: dict[str, JsonValue], room: RoomSettings) -> dict[str, object]:
    """The values that a body wants, by their names. ``room`` is as the file has it.

    Raises a :class:`~admin.problems.Problem` with status 422 where it wants nothing, and
    :class:`~waitroom.errors.SettingsError` for what cannot be changed.
    """
    values = flat(body)
    if not values:
        raise Problem(422, "wrong-request", f"It changes nothing; allowed: {', '.join(names_of(room))}.")
    check_names(room, values)
    return values


def only_reason(body: dict[str, JsonValue]) -> str:
    """The reason in a body that says nothing else."""
    reason = taken_reason(body)
    nothing_else(body)
    return reason


def change_schema() -> Documented:
    """The JSON schema of a change, from the settings themselves."""
    members: Documented = {}
    for name in CHANGEABLE:
        table, _, inner = name.rpartition(".")
        if not table:
            members[name] = _schema_of(RoomSettings.model_fields[name])
            continue
        of_table = members.setdefault(
            table, {"type": "object", "properties": {}, "additionalProperties": False, "minProperties": 1}
        )
        of_table["properties"][inner] = _schema_of(described(name))
    lane = {"type": "object", "properties": {"weight": _schema_of(LaneSettings.model_fields["weight"])}}
    members["lanes"] = {
        "type": "object",
        "additionalProperties": lane | {"additionalProperties": False, "minProperties": 1},
        "description": "By the lanes' names.",
    }
    return {"type": "object", "properties": members | {"reason": _REASON}, "additionalProperties": False}


def body_of(schema: Documented, *, required: bool = False) -> Documented:
    """A request's body, as the document describes it."""
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


REASON_ALONE: Documented = {
    "type": "object",
    "properties": {"reason": _REASON},
    "additionalProperties": False,
}


def _schema_of(field: FieldInfo) -> Documented:
    may = allowed(field)
    kind = next(each for each in get_args(field.annotation) or (field.annotation,) if each is not NoneType)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if "a duration" in may:
        schema: Documented = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
    elif isinstance(kind, type) and issubclass(kind, Enum):
        schema = {"type": "string", "enum": [each.value for each in kind]}
    else:
        schema = {"type": _TYPES[kind]}
        for mark in field.metadata:
            schema |= {word: getattr(mark, name) for bound, name, word in _BOUNDS if isinstance(mark, bound)}
    if NoneType in get_args(field.annotation):
        schema = {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
    return schema | {"description": f"{field.description} Allowed: {may}."}
