"""The members of what is published of a draw: their types, what each accepts in plain words, and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from waitroom.errors import WaitroomError
from waitroom.line.draw.permutation import LAST_NUMBER, MOST_DRAWN

VERSION = 1
MOST_BYTES = 1 << 20
"""Of a text that is read: a thousand times what the draws of a room need."""
_SHOWN = 60

STRICT = ConfigDict(strict=True, extra="forbid")

T = TypeVar("T")


class MalformedRecordError(WaitroomError):
    """The text is no record of a draw: one line for each thing that is wrong, with what was given and is allowed."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("not printable")
    return text


def _hex(digits: int) -> object:
    words = f"{digits} hexadecimal digits in small letters"
    return Field(pattern=f"^[0-9a-f]{{{digits}}}$", description=words)


Version = Annotated[Literal[1], Field(description="1")]
Word = Annotated[
    str,
    Field(min_length=1, max_length=200, description="1 to 200 printable characters"),
    AfterValidator(_printable),
]
Sha256 = Annotated[str, _hex(64)]
Sha1 = Annotated[str, _hex(40)]
Milliseconds = Annotated[
    int, Field(ge=0, le=LAST_NUMBER, description="a whole number of milliseconds since 1970")
]
Number = Annotated[int, Field(ge=1, le=LAST_NUMBER, description=f"a whole number from 1 to {LAST_NUMBER}")]
Issued = Annotated[int, Field(ge=0, le=LAST_NUMBER, description=f"a whole number from 0 to {LAST_NUMBER}")]
Count = Annotated[int, Field(ge=0, le=MOST_DRAWN, description=f"a whole number from 0 to {MOST_DRAWN}")]


def read_json(text: str | bytes) -> object:
    """The value of a JSON text in which no member stands twice, so that all readers see the same.

    Raises :class:`MalformedRecordError`.
    """
    if len(text) > MOST_BYTES:
        raise MalformedRecordError(f"no record of a draw: longer than {MOST_BYTES} bytes")
    try:
        value: object = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise MalformedRecordError("no record of a draw: nested too deeply") from None
    except ValueError as error:
        raise MalformedRecordError(f"no record of a draw: {error}") from None
    return value


def read_members(kind: TypeAdapter[T], value: object, where: str) -> T:
    """``value`` as one of ``kind``, with strict types. ``where`` names it in what is complained of.

    Raises :class:`MalformedRecordError`.
    """
    if not isinstance(value, dict):
        raise MalformedRecordError(f"{where}: given {_short(value)}; allowed: a JSON object")
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        raise MalformedRecordError(f"{where}: version {version} is not known; this waitroom knows {VERSION}")
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        lines = _complaints(error, _descriptions(kind), where)
        raise MalformedRecordError("\n".join(lines)) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands twice in one object")
    return members


def _complaints(error: ValidationError, descriptions: dict[str, str], where: str) -> Iterator[str]:
    for each in error.errors():
        name = ".".join(map(str, each["loc"]))
        match each["type"]:
            case "missing":
                yield f"{where}: {name} is missing; allowed: {descriptions[name]}"
            case "unexpected_keyword_argument":
                yield f"{where}: {name} is no member of version {VERSION}"
            case "value_error" if not name:
                yield f"{where}: {each['msg'].removeprefix('Value error, ')}"
            case _:
                yield f"{where}: {name}: given {_short(each['input'])}; allowed: {descriptions[name]}"


def _descriptions(kind: TypeAdapter[T]) -> dict[str, str]:
    members = kind.json_schema()["properties"]
    return {name: str(member["description"]) for name, member in members.items()}


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
