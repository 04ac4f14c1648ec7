"""Figures in plain words: what a rehearsal means to whoever runs the sale."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waitroom.rehearse.figures import Figures
from waitroom.rehearse.scenario import Scenario
from waitroom.rehearse.spoken import long, share

STATED_COVERAGE = 0.8
_NEAR_RATE = 0.02
_OFF_RATE = 0.05
_NEAR_COVERAGE = 0.05
_MANY_LEFT = 0.2
_MANY_WASTED = 0.1


class Tone(StrEnum):
    """How a figure is to be taken."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure, and what it says."""

    title: str
    figure: str
    says: str
    tone: Tone = Tone.NOTE


def verdicts(figures: Figures, scenario: Scenario) -> list[Verdict]:
    """The headline figures, the ones that matter most first."""
    return [
        _waits(figures),
        _fate(figures),
        Verdict(
            "Longest line",
            f"{figures.peak_line:,}",
            "Visitors waited at once, those included whose phones slept.",
        ),
        _order(figures),
        _rate(figures),
        _estimate(figures),
        _wasted(figures),
        _inside(figures, scenario),
    ]


def _waits(figures: Figures) -> Verdict:
    waits = figures.waits
    if waits.p50 is None:
        return Verdict("Wait of half", "none", "Nobody entered.", Tone.BAD)
    return Verdict(
        "Wait of half",
        long(waits.p50),
        f"Half of those who entered waited no longer; 95 % no longer than {long(waits.p95)}, and nobody longer than "
        f"{long(waits.max)}.",
    )


def _fate(figures: Figures) -> Verdict:
    lost = figures.left + figures.missed
    others = [
        f"{count:,} {words}"
        for count, words in (
            (figures.left, "gave up"),
            (figures.no_shows, "did not come when called"),
            (figures.missed, "came back too late"),
            (figures.still_waiting, "still wait"),
        )
        if count
    ]
    says = f"{', '.join(others)}." if others else "Everyone who came got in."
    tone = Tone.BAD if figures.still_waiting or lost > _MANY_LEFT * figures.visitors else Tone.NOTE
    return Verdict(
        "Entered",
        f"{figures.entered:,}",
        f"Of {figures.visitors:,} visitors. {says}",
        tone if others else Tone.GOOD,
    )


def _order(figures: Figures) -> Verdict:
    tau = (
        f"Kendall's tau between the order of the line and that of entering is {figures.kendall_tau:.3f} "
        "(1 is the very same)."
    )
    if figures.overtakes:
        return Verdict(
            "Overtaken",
            f"{figures.overtakes:,}",
            f"Visitors who were there saw later ones enter before. {tau}",
            Tone.BAD,
        )
    return Verdict("Overtaken", "nobody", f"First come, first served, to the ticket. {tau}", Tone.GOOD)


def _rate(figures: Figures) -> Verdict:
    error, entered = figures.rate_error, figures.entry_error
    if error is None or entered is None:
        return Verdict(
            "Off the rate", "–", "The rate never held anybody for long, so it could not be measured."
        )
    size = abs(error)
    tone = Tone.GOOD if size <= _NEAR_RATE else Tone.NOTE if size <= _OFF_RATE else Tone.BAD
    if size <= _NEAR_RATE:
        says = "While people waited, as many were let in as the rate asks for."
    else:
        says = f"While people waited, {'fewer' if error < 0 else 'more'} were let in than the rate asks for."
    if entered < -_NEAR_RATE:
        says += f" {share(-entered)} fewer came in: a turn that nobody takes goes to the next in line a little later."
    elif entered > _NEAR_RATE:
        says += f" {share(entered)} more came in: some had their turn before."
    return Verdict("Off the rate", f"{100 * error:+.1f} %" if size >= 0.0005 else "0 %", says, tone)


def _estimate(figures: Figures) -> Verdict:
    if figures.eta_coverage is None:
        return Verdict("Estimates that held", "–", "Nobody was told a wait.")
    off = figures.eta_coverage - STATED_COVERAGE
    tone = Tone.GOOD if off >= -_NEAR_COVERAGE else Tone.BAD
    if abs(off) <= _NEAR_COVERAGE:
        says = "As often as promised (80 %), the turn came within the range that the newcomer was told."
    elif off > 0:
        says = "More often than promised (80 %): the ranges that newcomers are told could be narrower."
    else:
        says = "Less often than promised (80 %), the turn came within the range that the newcomer was told."
    return Verdict("Estimates that held", share(figures.eta_coverage), says, tone)


def _wasted(figures: Figures) -> Verdict:
    turns = figures.wasted_turns + figures.entered
    part = figures.wasted_turns / turns if turns else 0.0
    tone = Tone.NOTE if part <= _MANY_WASTED else Tone.BAD
    if not figures.wasted_turns:
        return Verdict("Wasted turns", "0", "Whoever was given a turn took it.", Tone.GOOD)
    return Verdict(
        "Wasted turns",
        f"{figures.wasted_turns:,}",
        f"{share(part)} of all turns went to visitors who had closed the page, or did not come.",
        tone,
    )


def _inside(figures: Figures, scenario: Scenario) -> Verdict:
    capacity = max(
        [scenario.rules.capacity, *(int(change.fields.get("capacity", 0)) for change in scenario.changes)]
    )
    if not capacity:
        return Verdict(
            "Most inside at once",
            f"{figures.peak_inside:,}",
            "No cap is set. The shop must bear this many visitors, those included who only have the page open.",
        )
    kept = figures.peak_inside <= capacity
    return Verdict(
        "Most inside at once",
        f"{figures.peak_inside:,}",
        f"The cap is {capacity:,}." if kept else f"The cap is {capacity:,}: more were inside.",
        Tone.GOOD if kept else Tone.BAD,
    )
