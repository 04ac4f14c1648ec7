"""Loading the settings from the file, the environment and the command line: all checked at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from waitroom.errors import SettingsError
from waitroom.settings.environment import read_environment
from waitroom.settings.file import RELATIVE_PATHS, read_file
from waitroom.settings.gathered import Gathered, Kind, Source
from waitroom.settings.problems import find_problems
from waitroom.settings.site import Settings

_Site = TypeVar("_Site", bound=Settings)


def load(
    path: Path | None,
    *,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object | None] | None = None,
) -> Settings:
    """Return the settings that the file at ``path``, the environment and ``overrides`` give together.

    The environment wins over the file, and ``overrides`` (the options of the command line, by the name of
    the setting; ``None`` where not given) over both. Without ``path``, the file is the one that
    ``WAITROOM_CONFIG`` names, or none. Raises :class:`~waitroom.errors.SettingsError` with one line for
    each thing that is wrong.
    """
    return load_as(Settings, path, environ=environ, overrides=overrides or {})


def load_as(
    model: type[_Site],
    path: Path | None,
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, object | None],
) -> _Site:
    """Return what :func:`load` does as a ``model``, which may have more settings than are known here."""
    gathered = Gathered()
    if path is None and environ.get("WAITROOM_CONFIG"):
        path = Path(environ["WAITROOM_CONFIG"])
    if path is not None:
        read_file(path, gathered)
    lines = list(read_environment(model, environ, gathered))
    for name, value in overrides.items():
        if value is not None:
            gathered.put((name,), value, Source(Kind.OPTION, f"--{name.replace('_', '-')}"))
    try:
        settings = model.model_validate(gathered.values)
    except ValidationError as error:
        lines = [problem.text for problem in sorted(set(find_problems(model, error, gathered)))] + lines
    if lines:
        raise SettingsError("\n".join(lines))
    return settings.model_copy(
        update={
            name: Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
            for name in RELATIVE_PATHS
            if (path := getattr(settings, name)) is not None
        }
    )
