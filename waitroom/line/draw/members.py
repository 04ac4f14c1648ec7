"""The members of what is published of a draw: their types, what each accepts in plain words, and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from waitroom.errors import WaitroomError
from waitroom.line.draw.permutation import LAST_NUMBER, MOST_DRAWN

VERSION = 1
MOST_BYTES = 1 << 20
"""Of a text that is read: a thousand times what the draws of a room need."""
LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999, beyond which Python's dates do not go."""
_SHOWN = 60


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
    int, Field(ge=0, le=LAST_MOMENT, description="whole milliseconds since 1970, before the year 10000")
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


class Published(BaseModel):
    """A JSON object that is published of a draw, with strict types and no members but these."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, value: object, where: str) -> Self:
        """What a JSON value holds; ``where`` names it in errors. Raises :class:`MalformedRecordError`."""
        if not isinstance(value, dict):
            raise MalformedRecordError(f"{where}: given {_short(value)}; allowed: a JSON object")
        version = value.get("version")
        if isinstance(version, int) and version > VERSION:
            raise MalformedRecordError(
                f"{where}: version {version} is not known; this waitroom knows {VERSION}"
            )
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            allowed = {name: str(field.description) for name, field in cls.model_fields.items()}
            raise MalformedRecordError("\n".join(_complaints(error, allowed, where))) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands twice in one object")
    return members


def _complaints(error: ValidationError, allowed: dict[str, str], where: str) -> Iterator[str]:
    for each in error.errors():
        name = ".".join(map(str, each["loc"]))
        match each["type"]:
            case "missing":
                yield f"{where}: {name} is missing; allowed: {allowed[name]}"
            case "extra_forbidden":
                yield f"{where}: {_short(name)} is no member of version {VERSION}"
            case _ if not name:
                yield f"{where}: {each['msg'].removeprefix('Value error, ')}"
            case _:
                yield f"{where}: {name}: given {_short(each['input'])}; allowed: {allowed[name]}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
