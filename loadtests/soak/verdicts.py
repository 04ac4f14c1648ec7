"""Is it flat? Pure: samples in, verdicts out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import linear_regression, median

from loadtests.soak.samples import Series

MOST_GROWTH = 0.05
"""Of memory, by either measure."""
MOST_KEPT_BYTES = 256
"""By Redis, for each who joined."""
MOST_SLOWER = 0.25
"""Of latencies, of which the machine's own share is taken out."""
SPARE_MS = 1.0
"""What a latency may rise by in any case: where it is below that, the scheduler decides."""
SPARE_DESCRIPTORS = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table."""

    what: str
    begin: str
    end: str
    change: str
    passed: bool


def memory(name: str, found: Series) -> Verdict:
    """Flat: the median of the last quarter is at most 5 % above that of the first, and so is where the line leads
    that fits best (least squares) from its beginning to its end."""
    first, last = quarters(found)
    jump, drift = growth(first, last), trend(found)
    return Verdict(
        f"memory of {name}, MB",
        f"{first:.1f}",
        f"{last:.1f}",
        f"{jump:+.1%}, slope {drift:+.1%}",
        max(jump, drift) <= MOST_GROWTH,
    )


def kept(found: Series, joins: Series) -> Verdict:
    """What Redis keeps may grow with the record and the counts of each minute, both of which are cut at a length:
    by so many bytes for each who joined, and no more."""
    (before, after), (first, last) = quarters(found), quarters(joins)
    each = (after - before) * 1e6 / max(last - first, 1)
    text = f"{each:+.0f} bytes for each who joined"
    return Verdict("what Redis keeps, MB", f"{before:.2f}", f"{after:.2f}", text, each <= MOST_KEPT_BYTES)


def steady(what: str, found: Series, *, spare: float = SPARE_DESCRIPTORS) -> Verdict:
    """Counts under steady load: no more at the end than at the beginning, but for a few."""
    first, last = quarters(found)
    allowed = first * (1 + MOST_GROWTH) + spare
    return Verdict(what, f"{first:.0f}", f"{last:.0f}", f"{last - first:+.0f}", last <= allowed)


def emptied(what: str, before: float, after: float, *, spare: float = 0) -> Verdict:
    """When all have left there is no more than before they came."""
    return Verdict(what, f"{before:.0f}", f"{after:.0f}", f"{after - before:+.0f}", after <= before + spare)


def latency(what: str, found: Series, direct: Series) -> Verdict:
    """Flat beside what the shop itself takes to answer at the same time: a busy machine slows both."""
    ratios = Series(found.times, [mine / its for mine, its in zip(found.values, direct.values, strict=True)])
    first, last = quarters(ratios)
    (before, after), change = quarters(found), growth(first, last)
    text = f"{change:+.0%} beside the shop"
    passed = change <= MOST_SLOWER or after <= before + SPARE_MS
    return Verdict(f"{what}, ms", f"{before:.1f}", f"{after:.1f}", text, passed)


def none(what: str, count: float) -> Verdict:
    """There was none."""
    return Verdict(what, "", f"{count:.0f}", "", count == 0)


def quarters(found: Series) -> tuple[float, float]:
    """The medians of the first and of the last quarter of the time."""
    start, end = found.times[0], found.times[-1]
    quarter = (end - start) / 4
    pairs = list(zip(found.times, found.values, strict=True))
    first = [value for at, value in pairs if at <= start + quarter]
    last = [value for at, value in pairs if at >= end - quarter]
    return median(first), median(last)


def growth(before: float, after: float) -> float:
    """As a share of what was before."""
    return after / before - 1 if before else 0.0 if not after else float("inf")


def trend(found: Series) -> float:
    """How far the line that fits best rises over the whole time, as a share of where it begins."""
    if len(set(found.times)) < 2:
        return 0.0
    slope, intercept = linear_regression(found.times, found.values)
    begin = intercept + slope * found.times[0]
    return slope * (found.times[-1] - found.times[0]) / begin if begin else 0.0


def table(verdicts: list[Verdict]) -> str:
    """In Markdown."""
    lines = ["| what | first quarter | last quarter | change | flat |", "| --- | ---: | ---: | --- | --- |"]
    lines += [
        f"| {each.what} | {each.begin} | {each.end} | {each.change} | {'yes' if each.passed else '**NO**'} |"
        for each in verdicts
    ]
    return "\n".join(lines)
