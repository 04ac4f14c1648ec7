"""What was probably meant by a setting that does not exist."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import BaseModel

from waitroom.settings.environment import PREFIX
from waitroom.settings.gathered import Kind, Source
from waitroom.settings.positions import Place
from waitroom.settings.tables import table_at, tables


def suggestion(model: type[BaseModel], place: Place, source: Source | None) -> str:
    """Say where the unknown setting at ``place`` belongs, which one was meant, or which there are.

    A setting of that name in a table around this one comes first, then one in another table, then a name
    that is nearly the same. What came from the environment is answered with the name of a variable.
    """
    *above, wrong = place
    by_variable = source is not None and source.kind is Kind.ENVIRONMENT
    home, sentence = _home(model, tuple(above), str(wrong))
    if home is not None:
        return f"did you mean {_variable((*home, wrong))}?" if by_variable else sentence
    table = table_at(model, above)
    known = list(table.model_fields) if table else []
    near = get_close_matches(str(wrong).lower(), known, n=1)
    if not near:
        return "known are " + ", ".join(known)
    return f"did you mean {_variable((*above, near[0]))}?" if by_variable else f'did you mean "{near[0]}"?'


def _home(model: type[BaseModel], place: Place, name: str) -> tuple[Place | None, str]:
    """The nearest table that knows ``name``, if any, and in words how to get there from ``place``."""
    every = list(tables(model))
    around = [table for table in every if _within(place, table.place)]
    for outer, inner in zip(around[-2::-1], around[:0:-1], strict=True):
        if name in outer.model.model_fields:
            first = "the first " if inner.heading.startswith("[[") else ""
            return place[: len(outer.place)], f"it belongs above {first}{inner.heading}"
    others = [table for table in every if name in table.model.model_fields and table.heading]
    if not others:
        return None, ""
    depth = min(len(table.place) for table in others)
    nearest = [table for table in others if len(table.place) == depth]
    return nearest[0].place, f"it belongs under {' or '.join(table.heading for table in nearest)}"


def _within(place: Place, table: Place) -> bool:
    """Whether ``place`` is that of the table, or in it."""
    return len(place) >= len(table) and all(
        step in ("NAME", given) or (step == 0 and isinstance(given, int))
        for step, given in zip(table, place, strict=False)
    )


def _variable(place: Place) -> str:
    return PREFIX + "__".join(str(step) for step in place).upper()
