"""The manual, the dashboard and the rules for alerts speak of metrics that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parse

from admin.metrics.exposition import exposition
from admin.metrics.gauges import GAUGES, STATES
from admin.metrics.manual import manual
from admin.metrics.site import Site
from tests.admin.metrics.conftest import Promtool
from waitroom.line.rules import Mode
from waitroom.line.ticket import Outcome
from waitroom.live.limits import Limit
from waitroom.telemetry.families import CLAIMS, FAMILIES

pytestmark = pytest.mark.anyio
DOCS = Path(__file__).parents[3] / "docs"
DASHBOARD, ALERTS = DOCS / "grafana" / "dashboard.json", DOCS / "grafana" / "alerts.yml"
SELECTED = re.compile(r"\b(waitroom_\w+)\b(?![=!])(?:\{([^}]*)\})?")
"""A metric and its matchers. What is followed by ``=`` at once is a label."""
MATCHER = re.compile(r'(\w+)(?:=~|!=|!~|=)"([^"]*)"')
OPEN_LABELS = {"room", "lane", "worker", "host", "pid", "version", "le"}
"""Those whose values nobody knows beforehand."""


def panels() -> list[dict[str, Any]]:
    """Of the dashboard, rows left out."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def shown() -> Iterator[str]:
    """The expressions of the dashboard, with Grafana's variables filled in."""
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "1m").replace("$room", ".+")


def rules() -> list[dict[str, Any]]:
    """The rules for alerts."""
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def known_values() -> dict[str, set[str]]:
    """The values of each label, where they are known."""
    values: dict[str, set[str]] = {"bound": {"low", "likely", "high"}, "state": {"alive", "silent"}}
    for family in FAMILIES:
        if family.values:
            values.setdefault(family.labels[-1], set()).update(family.values)
    for states in STATES:
        values[states.name] = set(states.states)
    return values


def test_the_manual_is_what_the_metrics_say() -> None:
    """docs/metrics.md is up to date: `python -m admin.metrics > docs/metrics.md` makes it."""
    assert manual() == (DOCS / "metrics.md").read_text()


async def test_the_manual_has_every_metric(site: Site) -> None:
    """Each that is told, and none besides."""
    told = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in parse((await exposition(site)).body.decode())
        if family.name.startswith("waitroom_")
    }
    described = set(re.findall(r"^\| `(waitroom_\w+)` \|", manual(), re.MULTILINE))
    assert told == described


def test_every_state_is_explained() -> None:
    """A mode, a limit or an outcome that is new needs its word."""
    assert [set(Mode), set(Limit)] == [set(states.states) for states in STATES]
    assert set(Outcome) - {Outcome.LEFT} == set(CLAIMS.values)


async def test_the_dashboard_and_the_alerts_name_what_there_is(site: Site) -> None:
    """Each metric, each label of it, and each value where the values are known."""
    labels = {
        sample.name: set(sample.labels)
        for family in parse((await exposition(site)).body.decode())
        for sample in family.samples
    }
    values = known_values()
    expressions = [*shown(), *(rule["expr"] for rule in rules())]
    assert len(expressions) > 30
    for expression in expressions:
        selected = SELECTED.findall(expression)
        assert selected, expression
        for name, matchers in selected:
            assert name in labels, (name, expression)
            for label, value in MATCHER.findall(matchers):
                assert label in labels[name], (label, expression)
                if label not in OPEN_LABELS:
                    assert set(value.split("|")) <= values[label], (value, expression)


def test_the_dashboard_can_be_imported() -> None:
    """Each panel has a title, a word of what it shows, a place of its own, and data of the chosen source."""
    dashboard = json.loads(DASHBOARD.read_text())
    assert ["datasource", "room"] == [variable["name"] for variable in dashboard["templating"]["list"]]
    found = panels()
    assert len(found) == len({panel["id"] for panel in dashboard["panels"]} - {
        panel["id"] for panel in dashboard["panels"] if panel["type"] == "row"
    })  # fmt: skip
    taken: set[tuple[int, int]] = set()
    for panel in found:
        assert panel["title"] and panel["description"]
        assert {"${datasource}"} == {target["datasource"]["uid"] for target in panel["targets"]}
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24 and not cells & taken, panel["title"]
        taken |= cells


def test_most_gauges_are_on_the_dashboard() -> None:
    """What is worth telling is worth showing, but for the numbers of tickets."""
    text = DASHBOARD.read_text()
    hidden = {gauge.name for gauge in GAUGES if gauge.name not in text}
    assert hidden <= {
        "waitroom_line_late", "waitroom_line_issued", "waitroom_line_called", "waitroom_capacity_set",
        "waitroom_rate_set_per_second", "waitroom_worker_start_time_seconds",
    }  # fmt: skip


def test_prometheus_reads_the_expressions(promtool: Promtool, tmp_path: Path) -> None:
    """Those of the alerts, and those of the dashboard."""
    checked = promtool("check", "rules", str(ALERTS))
    assert 0 == checked.returncode, checked.stderr
    recorded = [
        {"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(shown())
    ]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    checked = promtool("check", "rules", str(file))
    assert 0 == checked.returncode, checked.stderr


def test_alerts_go_off_when_they_should(promtool: Promtool, tmp_path: Path) -> None:
    """Worked out by Prometheus itself over a story: a shop that fails, a worker that is gone, a room that lets in fewer
    than it may; and none of them in a quiet sale."""
    failing = {
        'waitroom_shop_answers_total{room="drop",outcome="2xx"}': "0+540x60",
        'waitroom_shop_answers_total{room="drop",outcome="timeout"}': "0+60x60",
        'waitroom_workers{state="silent"}': "0x9 1x50",
        'waitroom_admissions_total{room="drop",lane="general"}': "0+60x60",
        'waitroom_rate_in_force_per_second{room="drop"}': "5x60",
        'waitroom_limited_by{room="drop",waitroom_limited_by="rate"}': "1x60",
        "waitroom_redis_up": "1x60",
    }
    quiet = failing | {
        'waitroom_shop_answers_total{room="drop",outcome="timeout"}': "0+3x60",
        'waitroom_workers{state="silent"}': "0x60",
        'waitroom_admissions_total{room="drop",lane="general"}': "0+299x60",
    }
    stories = []
    for series, alerts in ((failing, ["BelowTarget", "ShopFails", "WorkerSilent"]), (quiet, [])):
        asked = [
            {
                "eval_time": "20m",
                "alertname": rule["alert"],
                "exp_alerts": [{"exp_labels": _labels_of(rule)}] if rule["alert"][8:] in alerts else [],
            }
            for rule in rules()
        ]
        stories.append(
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": asked,
            }
        )
    # what is said of it is none of this test's business
    plain = yaml.safe_load(ALERTS.read_text())
    for rule in plain["groups"][0]["rules"]:
        del rule["annotations"]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(plain))
    (tmp_path / "story.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": stories}))
    checked = promtool("test", "rules", str(tmp_path / "story.yml"))
    assert 0 == checked.returncode, checked.stderr.decode() + checked.stdout.decode()


def _labels_of(rule: dict[str, Any]) -> dict[str, str]:
    of_room = {"room": "drop"} if rule["alert"] != "WaitroomWorkerSilent" else {"state": "silent"}
    return {"severity": rule["labels"]["severity"], **of_room}


def test_every_alert_says_what_to_do() -> None:
    """How bad it is, what it is, and what comes next."""
    for rule in rules():
        assert rule["alert"].startswith("Waitroom")
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert {"summary", "description"} == set(rule["annotations"])
