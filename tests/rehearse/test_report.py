"""The report: one HTML file that asks for no other, and JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from tests.rehearse.conftest import VISITORS
from waitroom.line.rules import Rules
from waitroom.rehearse.curves import Curves, curves_of
from waitroom.rehearse.figures import Figures, figures_of
from waitroom.rehearse.report import to_html, to_json
from waitroom.rehearse.run import Played
from waitroom.rehearse.scenario import Scenario
from waitroom.rehearse.spoken import long, share
from waitroom.rehearse.words import Tone, verdicts


class Fetched(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the tag and its addresses."""
        self.tags.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("src", "href", "data", "action", "srcset")
        ]


def parts(played: Played) -> tuple[Scenario, Figures, Curves]:
    return played.scenario, figures_of(played), curves_of(played)


def test_the_page_fetches_nothing(wild: Played) -> None:
    """No address in a tag, none in a style sheet, and no request by a script."""
    html = to_html(*parts(wild))
    page = Fetched()
    page.feed(html)
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))

    assert [] == page.addresses
    assert "url(" not in styles
    assert "@import" not in styles
    code = re.sub(r"/\*.*?\*/", "", html, flags=re.DOTALL)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\(|sendBeacon|new WebSocket", code)
    assert not {"link", "iframe", "img", "base"} & set(page.tags)
    assert {"noscript", "script", "table", "figure"} <= set(page.tags)


def test_the_page_tells_every_figure(wild: Played) -> None:
    """Each verdict, and what was rehearsed."""
    scenario, figures, curves = parts(wild)
    html = to_html(scenario, figures, curves)

    for verdict in verdicts(figures, scenario):
        assert verdict.title in html
        assert verdict.figure in html
    assert "2,000 visitors at 300 a minute" in html
    assert "no-shows" in html


def test_a_name_cannot_break_out_of_the_page(calm: Played) -> None:
    """A CSV file may be named as it likes."""
    scenario, figures, curves = parts(calm)
    name = "</script><script>alert(1)</script>.csv"
    html = to_html(replace(scenario, curve=replace(scenario.curve, name=name)), figures, curves)

    assert "<script>alert" not in html


def test_the_json_has_what_others_rely_on(calm: Played) -> None:
    """The members that the interface promises, and their kinds."""
    report = json.loads(to_json(*parts(calm), wall_seconds=1.5))
    numbers = ("kendall_tau", "rate_error", "eta_coverage", "wall_seconds")

    assert (VISITORS, VISITORS, 0, 0) == (
        report["visitors"], report["admitted"], report["overtakes"], report["wasted_turns"],
    )  # fmt: skip
    assert all(isinstance(report[name], float) for name in numbers)
    assert {"p50", "p95", "max"} <= set(report["wait_seconds"])
    assert report["visitors"] == sum(report["fates"].values())
    assert 3 == report["settings"]["seed"]


def test_the_curves_agree_with_the_figures(wild: Played) -> None:
    """As many enter in the chart as in the table, and no point of a curve is missing."""
    _, figures, curves = parts(wild)
    over = curves.over_time
    lengths = [after - before for before, after in zip([0.0, *over.time], over.time, strict=False)]
    entered = sum(rate * seconds / 60 for rate, seconds in zip(over.entries, lengths, strict=True))

    assert abs(entered - figures.entered) < 0.01 * figures.entered
    assert figures.peak_line == max(over.line)
    assert figures.peak_inside == max(over.inside)
    assert len(over.time) == len(over.rate) == len(over.capacity) <= 301
    assert len(curves.by_joining.time) == len(curves.by_joining.p90) <= 101
    assert figures.waits.max == curves.within.wait[-1]


def test_a_verdict_tells_good_from_bad(calm: Played, capped: Played) -> None:
    """A broken cap, an overtaken visitor, an estimate that did not hold."""
    scenario, figures, _ = parts(calm)
    good = {verdict.title: verdict for verdict in verdicts(figures, scenario)}
    worse = replace(figures, overtakes=2, eta_coverage=0.5, rate_error=-0.2, still_waiting=7)
    bad = {verdict.title: verdict for verdict in verdicts(worse, scenario)}
    over = verdicts(figures, replace(scenario, rules=Rules(capacity=10)))

    assert Tone.GOOD is good["Overtaken"].tone is good["Off the rate"].tone is good["Entered"].tone
    for title in ("Overtaken", "Off the rate", "Entered", "Estimates that held"):
        assert bad[title].tone is Tone.BAD
    assert over[-1].tone is Tone.BAD
    assert verdicts(figures_of(capped), capped.scenario)[-1].tone is Tone.GOOD


def test_times_and_shares_are_said_as_people_say_them() -> None:
    """Seconds, minutes, hours."""
    times = [0, 48.4, 99, 120, 5_940, 7_500, None]
    assert ["0 s", "48 s", "99 s", "2 min", "99 min", "2 h 05 min", "never"] == list(map(long, times))
    assert ["0 %", "0.4 %", "9.6 %", "80 %", "100 %"] == list(map(share, [0, 0.004, 0.096, 0.8, 1]))


def test_the_drawing_library_is_the_installed_one(wild: Played) -> None:
    """Chart.js stands whole in the page, with its licence, and no text of it ends the script."""
    html = to_html(*parts(wild))
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)

    assert 2 == len(scripts)
    assert "Chart.js v4" in scripts[0][:400]
    assert "MIT License" in scripts[0][:1000]
