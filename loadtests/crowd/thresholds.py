"""What fails a run: figures, the most or least that each may be, and the table of it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["", "%", "ms", "s"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of one figure. ``limit`` None: it is told, and fails nothing."""

    key: str
    text: str
    unit: Unit
    limit: float | None
    at_least: bool = False
    """Whether less than the limit fails, and not more."""

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--fail-{self.key.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table. ``measured`` None: there was nothing to measure."""

    threshold: Threshold
    measured: float | None

    @property
    def failed(self) -> bool:
        """Whether it fails the run: nothing at all is less than any least."""
        limit, measured = self.threshold.limit, self.measured
        if limit is None or measured is None:
            return limit is not None and self.threshold.at_least
        return measured < limit if self.threshold.at_least else measured > limit

    @property
    def word(self) -> str:
        """``ok``, ``FAILED``, or a dash where nothing is judged."""
        if self.failed:
            return "FAILED"
        return "–" if self.threshold.limit is None or self.measured is None else "ok"

    def cells(self) -> tuple[str, str, str, str]:
        """What is judged, the limit, what was measured, and the verdict."""
        threshold = self.threshold
        kind = "at least" if threshold.at_least else "at most"
        limit = "–" if threshold.limit is None else f"{kind} {_number(threshold.limit, threshold.unit)}"
        measured = "nothing to judge" if self.measured is None else _number(self.measured, threshold.unit)
        return threshold.text, limit, measured, self.word


HEAD = ("figure", "threshold", "measured", "verdict")

ALL: Sequence[Threshold] = (
    Threshold("failures", "requests that failed", "%", 1.0),
    Threshold("overtaken", "visitors overtaken by a later one", "", 0),
    Threshold("lost", "places lost", "", 0),
    Threshold("rises", "positions that rose while one waited", "", 0),
    Threshold("positions", "positions told that were not true", "%", 2.0),
    Threshold("rate_over", "admissions in the busiest minute, of the room's rate", "%", 110.0),
    Threshold("rate_under", "admissions on average, of the room's rate", "%", None, at_least=True),
    Threshold("refused", "visitors refused a place (403, 429, a rush)", "%", 0.0),
    Threshold("bots", "admissions that went to bots", "%", None),
    Threshold("estimates", "first estimates that did not come true", "%", None),
    Threshold("wait", "95 in 100 waited up to", "s", None),
    Threshold("held_ms", "answer of the waiting room, 99 in 100 within", "ms", 2000.0),
    Threshold("shop_ms", "answer of the shop, 99 in 100 within", "ms", 5000.0),
    Threshold("admitted", "visitors admitted after a wait", "", 1, at_least=True),
    Threshold("served", "requests that the shop answered", "", 1, at_least=True),
)
"""What every scenario judges: where nobody was admitted, or the shop answered nobody, nothing was tried. A scenario has
its own limits for some, and the command line for all."""


def judge(thresholds: Sequence[Threshold], figures: Mapping[str, float | None]) -> list[Verdict]:
    """The verdicts, in the order of the thresholds."""
    return [Verdict(threshold, figures.get(threshold.key)) for threshold in thresholds]


def as_text(verdicts: Sequence[Verdict]) -> str:
    """The table for a terminal."""
    rows = [HEAD, *(verdict.cells() for verdict in verdicts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def as_html(verdicts: Sequence[Verdict]) -> str:
    """The table as a section for Locust's report."""
    head = "".join(f"<th>{cell}</th>" for cell in HEAD)
    rows = "".join(
        f'<tr class="{"failed" if verdict.failed else "kept"}">'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in verdict.cells())
        + "</tr>"
        for verdict in verdicts
    )
    return f'{_STYLE}<section id="waitroom"><h2>The waiting room</h2><table><tr>{head}</tr>{rows}</table></section>'


def option_limit(text: str) -> float | None:
    """Reads a limit as it is given on the command line: a number, or ``off``. Raises ``ValueError``."""
    return None if text.strip().lower() in ("off", "none", "") else float(text)


def _number(value: float, unit: str) -> str:
    number = (
        f"{value:,.0f}"
        if unit in ("", "ms") or abs(value) >= 1000
        else f"{value:,.2f}".rstrip("0").rstrip(".")
    )
    return f"{number} {unit}".strip()


_STYLE = """<style>
#waitroom { font: 16px/1.4 Roboto, Helvetica, Arial, sans-serif; max-width: 75rem; margin: 2rem auto;
  padding: .1rem 1rem 1rem;
  overflow-x: auto; background: #fff; color: #1f2937; border-radius: 4px; }
#waitroom table { border-collapse: collapse; width: 100%; }
#waitroom th, #waitroom td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8885; }
#waitroom .failed td:last-child { color: #dc2626; font-weight: bold; }
</style>"""
