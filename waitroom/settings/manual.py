"""The manual of the settings, from their own descriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from waitroom.settings.bypass import PassingSettings
from waitroom.settings.duration import format_duration
from waitroom.settings.kinds import allowed
from waitroom.settings.notices import NoticeSettings
from waitroom.settings.origin import OriginSettings
from waitroom.settings.positions import Place
from waitroom.settings.redis import RedisSettings
from waitroom.settings.room import RoomSettings
from waitroom.settings.site import SiteSettings
from waitroom.settings.tables import tables
from waitroom.settings.visitors import VisitorSettings

_HEAD = """\
# Settings

Settings come from a TOML file (`--config`, or the environment variable `WAITROOM_CONFIG`) and from the environment,
which wins: `WAITROOM_PORT` is `port`, `WAITROOM_ROOMS__0__RATE` the `rate` of the first room. Two underscores lead
into a table, by a name or by a number (the next number adds one); lists are written with commas or as JSON, whole
tables as JSON. Durations are written `"90s"`, `"10m"`, `"1h30m"`, `"500ms"`, `"1d"`, or as a plain number of seconds.
All is checked at the start: `waitroom check` tells every mistake at once, with its line.

This page is what `waitroom settings` prints.
"""


def manual() -> str:
    """All settings as Markdown."""
    return (
        "\n".join(
            [
                _HEAD,
                "## The gateway\n",
                *describe(SiteSettings, skip=("rooms",)),
                "\n## Redis\n",
                "See [redis.md](redis.md).\n",
                *describe(RedisSettings),
                "\n## The shop\n",
                *describe(OriginSettings),
                "\n## Visitors, and what one may ask for\n",
                'Sizes are written `"64KiB"`, `"100MiB"`, or as a plain number of bytes. Limits of counts are kept by '
                "each worker for itself.\n",
                *describe(VisitorSettings),
                "\n## A room\n",
                "Each room stands under a `[[rooms]]` heading of its own. Left out altogether: one room named `main`",
                "that covers everything. While it runs, `waitroom set` changes `rate`, `capacity`, `mode`, `sold_out`,",
                "`message`, `session`, `keep`, `presence`, `burst`, `entry`, a lane's weight (`weight.members`), and",
                "all of `join_limit`, `challenge`, `sharing` and `adaptive` (`challenge.when`) but `adaptive.ignore`;",
                "`waitroom schedule --apply` changes `events`. All else of a room takes a restart.\n",
                *describe(RoomSettings, ("rooms", 0), "[[rooms]]"),
                "\n## Who never queues\n",
                "See [bypass.md](bypass.md).\n",
                *describe(PassingSettings),
                "\n## Who is told\n",
                "The operators' console watches and tells; see [alerts.md](alerts.md).\n",
                *describe(NoticeSettings),
            ]
        )
        + "\n"
    )


def describe(
    model: type[BaseModel], place: Place = (), heading: str = "", skip: tuple[str, ...] = ()
) -> Iterator[str]:
    """All settings of ``model`` as lines of Markdown: a table of its own, and one for each table within it.

    ``place`` and ``heading`` are where the model itself stands, ``skip`` names settings to leave out.
    """
    for table in tables(model, place, heading):
        inner = table.place[len(place) :]
        if inner and inner[0] in skip:
            continue
        if inner:
            yield f"\n### `{table.heading}`\n"
            yield f"{_prose(table.model.__doc__ or '')}\n"
        yield from _table(table.model, () if inner else skip)


def _prose(docstring: str) -> str:
    """A docstring as Markdown: code in single backticks, every paragraph on one line."""
    paragraphs = cleandoc(docstring).replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _table(model: type[BaseModel], skip: tuple[str, ...]) -> Iterator[str]:
    yield "| setting | default | allowed | |"
    yield "| --- | --- | --- | --- |"
    for name, field in model.model_fields.items():
        if name not in skip:
            yield f"| `{name}` | {_default(field)} | {_cell(allowed(field))} | {_cell(field.description or '')} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    value = field.get_default(call_default_factory=False)
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if value in (None, (), {}) or isinstance(value, BaseModel | Mapping) or field.default_factory is not None:
        return ""
    if isinstance(value, bool | tuple):
        return f"`{json.dumps(value, default=str)}`"
    if isinstance(value, int) and "a size" in allowed(field) and value % 1024 == 0 and value:
        return f'`"{value // 1024}KiB"`'
    if isinstance(value, float) and _is_duration(field):
        return f'`"{format_duration(value)}"`'
    if isinstance(value, str | Path):
        return f'`"{value}"`'
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _is_duration(field: FieldInfo) -> bool:
    return "duration" in allowed(field)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
