"""When a simulated crowd arrives: presets of what sales look like, or a CSV file of what one looked like."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, pi, sin
from pathlib import Path

from waitroom.errors import WaitroomError

LONGEST_SECONDS = 7 * 86_400
"""No arrival curve is longer than a week."""
MOST_VISITORS = 10_000_000
_UNEVEN = 0.5
"""How much the arrivals of one second differ from the curve, to either side."""


class ArrivalsError(WaitroomError):
    """The arrival curve cannot be read: names the file and the line."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How many arrive in each second, and when the room opens."""

    name: str
    arrivals: tuple[int, ...]
    opens_at: int = 0
    """Seconds after the first second; until then a pre-queue gathers."""

    @property
    def visitors(self) -> int:
        """All of them."""
        return sum(self.arrivals)


def _flash_sale(at: float) -> float:
    """A third comes before the opening, ever more as it nears; the rest in a spike that fades."""
    opening = 0.25
    return 1.6 * exp((at - opening) / 0.1) if at < opening else 0.2 + 3 * exp((opening - at) / 0.05)


def _slow_build(at: float) -> float:
    """Word of mouth: ever more until two thirds of the time, then it ebbs away."""
    peak = 2 / 3
    return 0.05 + (at / peak) ** 2 if at < peak else 0.05 + ((1 - at) / (1 - peak)) ** 2


def _two_waves(at: float) -> float:
    """The opening, and later a television spot that brings a second wave."""
    return 0.1 + 2 * exp(-(((at - 0.15) / 0.07) ** 2)) + 1.4 * exp(-(((at - 0.65) / 0.08) ** 2))


def _steady(at: float) -> float:
    """An ordinary day, a little livelier in its middle."""
    return 1 + 0.2 * sin(pi * at)


PRESETS: dict[str, Callable[[float], float]] = {
    "flash-sale": _flash_sale,
    "slow-build": _slow_build,
    "steady": _steady,
    "two-waves": _two_waves,
}
"""Each is a curve over the time from 0 to 1; its height is what counts relative to the rest of it."""
_OPENS_AT = {"flash-sale": 0.25}


def preset(name: str, *, visitors: int, seconds: int, random_source: random.Random) -> Curve:
    """``visitors`` who arrive over ``seconds`` by one of :data:`PRESETS`, unevenly as people do."""
    shape = PRESETS[name]
    weights = [
        shape((second + 0.5) / seconds) * random_source.uniform(1 - _UNEVEN, 1 + _UNEVEN)
        for second in range(seconds)
    ]
    return Curve(name, _dealt(weights, visitors), int(_OPENS_AT.get(name, 0) * seconds))


def from_csv(path: Path, *, visitors: int | None = None) -> Curve:
    """A curve from rows of ``second,arrivals``, scaled to ``visitors`` where that is given.

    A row's arrivals are spread evenly until the second of the next row; the last row lasts as long as the one before
    it. A first row of words is taken for a heading. Raises :class:`ArrivalsError`.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = _rows(path, csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise ArrivalsError(f"{path}: cannot be read: {told}") from error
    if not rows:
        raise ArrivalsError(f"{path}: holds no arrivals; write rows of second,arrivals such as 0,120")
    starts = [second for second, _ in rows]
    length = starts[-1] - starts[-2] if len(starts) > 1 else 1
    if starts[-1] + length > LONGEST_SECONDS:
        raise ArrivalsError(f"{path}: is longer than a week ({LONGEST_SECONDS} seconds)")
    weights = [0.0] * (starts[-1] + length)
    for (second, arrivals), (until, _) in pairwise([*rows, (starts[-1] + length, 0)]):
        for each in range(second, until):
            weights[each] = arrivals / (until - second)
    total = sum(arrivals for _, arrivals in rows) if visitors is None else visitors
    if not any(weights) or not 0 < total <= MOST_VISITORS:
        raise ArrivalsError(
            f"{path}: from 1 to {MOST_VISITORS:,} arrivals in all are allowed, {total:,} are given"
        )
    return Curve(path.name, _dealt(weights, total))


def _rows(path: Path, reader: csv.reader) -> list[tuple[int, int]]:  # type: ignore[valid-type]
    rows: list[tuple[int, int]] = []
    for cells in reader:  # type: ignore[attr-defined]
        line: int = reader.line_num  # type: ignore[attr-defined]
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (line == 1 and not any(cell.isdecimal() for cell in cells)):
            continue
        if len(cells) != 2 or not all(cell.isascii() and cell.isdecimal() for cell in cells):
            raise ArrivalsError(
                f"{path}:{line}: given {','.join(cells)!r}; "
                "allowed: two whole numbers, second,arrivals, such as 60,1200"
            )
        second, arrivals = int(cells[0][:12]), int(cells[1][:12])
        if rows and second <= rows[-1][0]:
            raise ArrivalsError(f"{path}:{line}: second {second} must come after second {rows[-1][0]}")
        if second >= LONGEST_SECONDS:
            raise ArrivalsError(
                f"{path}:{line}: second {second} is beyond a week ({LONGEST_SECONDS} seconds)"
            )
        rows.append((second, arrivals))
    return rows


def _dealt(weights: list[float], visitors: int) -> tuple[int, ...]:
    """``visitors`` dealt out by weight in whole people, none lost by rounding."""
    total = sum(weights)
    reached = [0, *(round(visitors * part / total) for part in accumulate(weights))]
    reached[-1] = visitors
    return tuple(after - before for before, after in pairwise(reached))
