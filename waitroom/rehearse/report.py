"""The report of a rehearsal: ``report.json`` for machines, ``report.html`` for people, one file each."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import distribution
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from waitroom import __version__
from waitroom.rehearse.curves import Curves
from waitroom.rehearse.figures import Figures
from waitroom.rehearse.scenario import Scenario
from waitroom.rehearse.spoken import long
from waitroom.rehearse.words import verdicts
from waitroom.resources import templates_dir
from waitroom.settings import format_duration

Setting = str | int | float


def settings_of(scenario: Scenario) -> dict[str, Setting]:
    """What was rehearsed, as it would be written on the command line."""
    people, rules, curve = scenario.people, scenario.rules, scenario.curve
    told: dict[str, Setting] = {
        "visitors": curve.visitors,
        "arrivals": curve.name,
        "over": format_duration(len(curve.arrivals)),
        "opens_after": format_duration(curve.opens_at),
        "rate": _rate(scenario),
        "capacity": rules.capacity,
        "mode": rules.mode.value,
        "session": format_duration(rules.session_ms / 1000),
        "keep": format_duration(rules.keep_ms / 1000),
        "presence": format_duration(rules.presence_ms / 1000),
        "burst": format_duration(rules.burst_ms / 1000),
        "entry": format_duration(rules.entry_ms / 1000),
        "no_shows": people.no_shows,
        "patience": format_duration(people.patience),
        "sleepers": people.sleepers,
        "awake": format_duration(people.awake),
        "asleep": format_duration(people.asleep),
        "visit": format_duration(people.visit),
        "seed": scenario.seed,
    }
    if scenario.longest:
        told["until"] = format_duration(scenario.longest)
    if scenario.changes:
        told["at"] = "; ".join(change.words for change in scenario.changes)
    if len(scenario.lanes) > 1:
        told["lanes"] = " ".join(
            f"{share.lane}:{scenario.rules.weight_of(share.lane):g}:{share.visitors:g}"
            for share in scenario.lanes
        )
    return told


def to_json(scenario: Scenario, figures: Figures, curves: Curves, wall_seconds: float) -> str:
    """The report as JSON. The same scenario gives the same text but for ``wall_seconds``."""
    report = {
        "visitors": figures.visitors,
        "admitted": figures.entered,
        "fates": {
            "entered": figures.entered,
            "left": figures.left,
            "no_show": figures.no_shows,
            "missed": figures.missed,
            "waiting": figures.still_waiting,
        },
        "overtakes": figures.overtakes,
        "kendall_tau": round(figures.kendall_tau, 6),
        "rate_error": _rounded(figures.rate_error),
        "entry_error": _rounded(figures.entry_error),
        "held_seconds": round(figures.held_seconds, 3),
        "wasted_turns": figures.wasted_turns,
        "eta_coverage": _rounded(figures.eta_coverage),
        "estimates": figures.estimates,
        "wait_seconds": asdict(figures.waits),
        "lanes": [
            {
                "name": lane.name,
                "weight": lane.weight,
                "visitors": lane.visitors,
                "admitted": lane.fairness.entered,
                "overtakes": lane.fairness.overtakes,
                "kendall_tau": round(lane.fairness.kendall_tau, 6),
                "wait_seconds": asdict(lane.waits),
            }
            for lane in figures.lanes
        ],
        "peak_line": figures.peak_line,
        "peak_inside": figures.peak_inside,
        "simulated_seconds": figures.seconds,
        "wall_seconds": round(wall_seconds, 3),
        "settings": settings_of(scenario),
        "curves": asdict(curves),
        "version": __version__,
    }
    return json.dumps(report, indent=2, allow_nan=False) + "\n"


def to_html(scenario: Scenario, figures: Figures, curves: Curves) -> str:
    """The report as one HTML file that asks for no other."""
    folder = templates_dir() / "rehearsal"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["long"] = long

    def inline(name: str) -> Markup:
        # files of our own, which hold no end tag
        return Markup((folder / name).read_text(encoding="utf-8"))  # noqa: S704

    # "<" would let a text end the script element; in JSON it only ever stands in a string
    data = Markup(json.dumps(asdict(curves), allow_nan=False).replace("<", "\\u003c"))  # noqa: S704
    return environment.get_template("report.html").render(
        scenario=scenario,
        title=title_of(scenario),
        figures=figures,
        verdicts=verdicts(figures, scenario),
        settings=settings_of(scenario),
        data=data,
        inline=inline,
        chart_library=Markup(_chart_library()),  # noqa: S704 - a script, not a text
        version=__version__,
    )


def _chart_library() -> str:
    """The text of Chart.js, as the chartkick package carries it."""
    found = distribution("chartkick").locate_file("chartkick/django/static/chartkick/Chart.bundle.js")
    # a copy within a page ends at the first end tag, in a text of it too
    return Path(str(found)).read_text(encoding="utf-8").replace("</script", "<\\/script")


def write(folder: Path, *, html: str, text: str) -> tuple[Path, Path]:
    """Writes ``report.html`` and ``report.json`` into ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    page, figures = folder / "report.html", folder / "report.json"
    page.write_text(html, encoding="utf-8")
    figures.write_text(text, encoding="utf-8")
    return page, figures


def title_of(scenario: Scenario) -> str:
    """What a rehearsal is about, in a line."""
    least, most = scenario.rates
    rate = f"{least:,g}" if least == most else f"{least:,g} to {most:,g}"
    return f"{scenario.curve.visitors:,} visitors at {rate} a minute"


def _rate(scenario: Scenario) -> Setting:
    if scenario.ramp is None:
        return scenario.rules.rate
    (_, first), *others = scenario.ramp.steps
    return ", ".join([f"{first:g}", *(f"{rate:g} after {format_duration(at)}" for at, rate in others)])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
