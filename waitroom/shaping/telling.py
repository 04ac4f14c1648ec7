"""What one worker tells of the shop, in words that add up, and how those of all workers become one window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from waitroom.shaping.window import Window

MOST_NAMES = 100
"""Visitors that one telling names: where more of them met errors, no single one matters."""
_COUNTS = ("asked", "served", "well", "failed", "load_count", "load_sum", "retry_after")
_NAMED = "by:"
_SPAN = "ms:"
_SHORTEST_SECONDS = 0.05
_DIGITS = 4
"""Of a vote that is told."""


def words(seen: Window) -> Iterator[str | int | float]:
    """Pairs of field and number, which add up over workers; of ``retry_after`` the most counts."""
    for name in _COUNTS:
        if value := getattr(seen, name):
            yield from (name, round(value, _DIGITS))
    for at, count in seen.times.items():
        yield from (at, round(count, _DIGITS))
    for who, part in seen.failing.items():
        yield from (_NAMED + who, round(part, _DIGITS))


def together(told: Mapping[str, float], *, usual_seconds: float) -> Window:
    """The window of all workers, from the sums of their words and ``ms:<worker>``, how much each tells of.

    Where no worker says how much it tells of, it is ``usual_seconds``.
    """
    # Workers do not tell at the same moment: the sums are of as many seconds as they tell of on the average.
    spans = [value for name, value in told.items() if name.startswith(_SPAN)]
    return Window(
        seconds=max(sum(spans) / len(spans) / 1000, _SHORTEST_SECONDS) if spans else usual_seconds,
        asked=int(told.get("asked", 0)),
        served=int(told.get("served", 0)),
        well=told.get("well", 0.0),
        failed=told.get("failed", 0.0),
        failing={name[len(_NAMED) :]: value for name, value in told.items() if name.startswith(_NAMED)},
        times={int(name): count for name, count in told.items() if name.isdigit()},
        retry_after=told.get("retry_after", 0.0),
        load_sum=told.get("load_sum", 0.0),
        load_count=int(told.get("load_count", 0)),
    )
