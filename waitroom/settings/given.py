"""Settings that are given while all runs, not read from a file: checked by the same models, told in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from waitroom.errors import SettingsError
from waitroom.settings.gathered import Gathered
from waitroom.settings.problems import find_problems

T = TypeVar("T", bound=BaseModel)


def checked(model: type[T], given: Mapping[str, object]) -> T:
    """What was ``given``, as a ``model``. Raises :class:`~waitroom.errors.SettingsError`, a line for each mistake."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = find_problems(model, error, Gathered(dict(given)))
        # the message of one mistake in several languages comes several times
        raise SettingsError("\n".join(dict.fromkeys(problem.text for problem in problems))) from error
