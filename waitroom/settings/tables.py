"""Tables within tables: which setting stands at a place, found from the models' own fields.

A field that is a model is a table (``[rooms.adaptive]``), a tuple of models an array of tables
(``[[rooms.events]]``), a mapping to models a table of tables by name (``[rooms.lanes.members]``).
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from waitroom.settings.positions import Place


class Shape(Enum):
    """What a setting is made of."""

    VALUE = auto()
    TABLE = auto()
    LIST = auto()
    NAMED = auto()
    """A table whose keys are names that the user chose."""


@dataclass(frozen=True)
class Setting:
    """The setting that a place belongs to: the field ``name`` of ``table``, and the known part of the place."""

    table: type[BaseModel]
    name: str
    place: Place

    @property
    def field(self) -> FieldInfo:
        """What the table says about it."""
        return self.table.model_fields[self.name]


@dataclass(frozen=True)
class Table:
    """A table that can be written: ``place`` with 0 for each number and ``NAME`` for each name."""

    model: type[BaseModel]
    place: Place
    heading: str
    """As in the file: ``[rooms.adaptive]``; empty for what stands above all headings."""


def shape(annotation: object) -> Shape:
    """Return what a setting of that type is made of."""
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return Shape.TABLE
    origin = get_origin(bare)
    if origin in (tuple, list):
        return Shape.LIST
    return Shape.NAMED if origin in (dict, Mapping) else Shape.VALUE


def within(annotation: object, step: str | int) -> object | None:
    """Return the type of what stands at ``step`` within a setting of that type; ``None`` where nothing can."""
    bare = _bare(annotation)
    inner: object | None = None
    match shape(bare):
        case Shape.TABLE:
            field = field_at(bare, step)
            inner = None if field is None else field.annotation
        case Shape.LIST if isinstance(step, int):
            inner = get_args(bare)[0]
        case Shape.NAMED if isinstance(step, str):
            inner = get_args(bare)[1]
    return inner


def field_at(annotation: object, step: str | int) -> FieldInfo | None:
    """Return the field that is named ``step`` in a table of that type; ``None`` where there is none."""
    table = _bare(annotation)
    if isinstance(table, type) and issubclass(table, BaseModel):
        return table.model_fields.get(str(step))
    return None


def setting_at(model: type[BaseModel], place: Sequence[str | int]) -> Setting:
    """Return the setting that ``place`` is, or is part of. Its first step must be a field of ``model``."""
    annotation: object = model
    found: tuple[type[BaseModel], str] = (model, str(place[0]))
    known: Place = ()
    for step in place:
        table = _bare(annotation)
        inner = within(table, step)
        if inner is None:
            break
        if isinstance(table, type) and issubclass(table, BaseModel):
            found = (table, str(step))
        known, annotation = (*known, step), inner
    return Setting(*found, known)


def table_at(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the model of the table at ``place``; ``None`` where there can be none."""
    annotation: object | None = model
    for step in place:
        annotation = within(annotation, step)
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def tables(model: type[BaseModel], place: Place = (), heading: str = "") -> Iterator[Table]:
    """Return ``model`` as a table and all tables within it, each after the one that it stands in."""
    yield Table(model, place, heading)
    for name, field in model.model_fields.items():
        annotation: object = field.annotation
        inner: Place = (*place, name)
        while (made := shape(annotation)) in (Shape.LIST, Shape.NAMED):
            step: str | int = 0 if made is Shape.LIST else "NAME"
            annotation, inner = within(annotation, step), (*inner, step)
        bare = _bare(annotation)
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            path = ".".join(step for step in inner if isinstance(step, str))
            yield from tables(bare, inner, f"[[{path}]]" if inner[-1] == 0 else f"[{path}]")


def is_secret(annotation: object) -> bool:
    """Return whether a setting of that type, or a part of it that is no table, must never be shown."""
    return annotation is SecretStr or any(is_secret(part) for part in get_args(annotation))


def _bare(annotation: object) -> object:
    """The type without its marks, and without the ``None`` of one that may be left out."""
    while True:
        parts = get_args(annotation)
        if get_origin(annotation) is Annotated:
            annotation = parts[0]
            continue
        if get_origin(annotation) in (Union, types.UnionType):
            some = [part for part in parts if part is not type(None)]
            if len(some) == 1:
                annotation = some[0]
                continue
        return annotation
