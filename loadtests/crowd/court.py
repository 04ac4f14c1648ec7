"""Gathers what was seen, asks the line for its rate, and at the end judges: the table, the report, the exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
from flask import Response
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner
from locust.stats import RequestStats, StatsEntry

from loadtests.crowd import judging, thresholds
from loadtests.crowd.journal import Journal
from loadtests.crowd.line import LineWatch
from loadtests.crowd.stay import End
from loadtests.crowd.thresholds import Verdict

JOURNAL = Journal()
"""What the visitors of this process saw; in the master, of all workers."""
WAITING_PAGE = "waiting page"
"""The row of the answers that held somebody."""
REFUSED_ROW = "refused"
"""The row of the answers that gave no place."""
WAIT, WEBSOCKET = "WAIT", "WS"
"""The types of the rows that are no answers over HTTP."""
_OWN = "/__waitroom/"
_MESSAGE = "waitroom"


class Court:
    """One for each process of a run; it judges in the one that has the report."""

    def __init__(self) -> None:
        self._line = LineWatch()
        self._verdicts: list[Verdict] = []

    def attend(self) -> None:
        """Listens to Locust's events from now on."""
        events.init.add_listener(self._init)
        events.test_start.add_listener(self._start)
        events.test_stop.add_listener(self._stop)
        events.report_to_master.add_listener(self._to_master)
        events.worker_report.add_listener(self._from_worker)
        events.quitting.add_listener(self._quitting)

    def _init(self, environment: Environment, **_: Any) -> None:
        # the loop still has the time of before the imports, and --run-time would be shorter by them
        gevent.get_hub().loop.update_now()
        ui = environment.web_ui
        if ui is None or ui.app is None:
            return

        @ui.app.route("/waitroom")
        @ui.auth_required_if_enabled  # type: ignore[untyped-decorator]
        def table() -> str:
            return _LIVE + thresholds.as_html(self._judge(environment))

        @ui.app.after_request
        def into_the_report(answer: Response) -> Response:
            # the report that the web view offers, with the verdict of now in it
            if answer.content_type.startswith("text/html") and b'"is_report": true' in (
                page := answer.get_data()
            ):
                answer.set_data(_with_verdicts(page.decode(), self._judge(environment)))
            return answer

    def _start(self, environment: Environment, **_: Any) -> None:
        JOURNAL.clear()
        self._line.forget()
        if not isinstance(environment.runner, WorkerRunner):
            gevent.spawn(self._watch, environment)

    def _watch(self, environment: Environment) -> None:
        runner = environment.runner
        while runner is not None and runner.state not in ("stopping", "stopped", "cleanup"):
            self._look(environment)
            self._line.pause()

    def _look(self, environment: Environment) -> None:
        options = environment.parsed_options
        room = (options.room if options is not None else "") or JOURNAL.room
        if room and environment.host:
            self._line.look(environment.host, room)

    def _stop(self, environment: Environment, **_: Any) -> None:
        if not isinstance(environment.runner, WorkerRunner):
            self._look(environment)

    def _to_master(self, data: dict[str, object], **_: Any) -> None:
        data[_MESSAGE] = JOURNAL.take()

    def _from_worker(self, data: Mapping[str, Any], **_: Any) -> None:
        if _MESSAGE in data:
            JOURNAL.add(data[_MESSAGE])

    def _quitting(self, environment: Environment, **_: Any) -> None:
        if isinstance(environment.runner, WorkerRunner) or environment.runner is None:
            return
        verdicts = self._judge(environment)
        print(f"\n{thresholds.as_text(verdicts)}\n", file=sys.stderr, flush=True)
        options = environment.parsed_options
        if options is not None and options.html_file:
            report = Path(options.html_file)
            report.write_text(_with_verdicts(report.read_text("utf-8"), verdicts), "utf-8")
        if options is not None and options.verdict:
            Path(options.verdict).write_text(json.dumps(_as_json(verdicts), indent=2) + "\n")
        broken = environment.runner.exceptions or not environment.runner.stats.total.num_requests
        lost = isinstance(environment.runner, MasterRunner) and not environment.runner.clients
        environment.process_exit_code = int(
            bool(broken) or any(verdict.failed for verdict in verdicts) or (lost and not JOURNAL.joined)
        )

    def _judge(self, environment: Environment) -> list[Verdict]:
        options = environment.parsed_options
        limits = [
            replace(each, limit=thresholds.option_limit(str(getattr(options, f"fail_{each.key}"))))
            for each in thresholds.ALL
        ]
        assert environment.runner is not None
        return thresholds.judge(limits, _figures(environment.runner.stats, self._line))


def _figures(stats: RequestStats, line: LineWatch) -> dict[str, float | None]:
    """The figures by the keys of the thresholds."""
    stays = JOURNAL.stays
    ordered = judging.within(stays, line.drawn)
    admissions = judging.rate(stays)
    room_rate = line.rate
    checked, wrong = judging.positions_off(ordered, room_rate or 0.0)
    judged, missed = judging.estimates_missed(stays, time.time())
    came = sum((JOURNAL.joined + JOURNAL.straight_in).values())
    refused = JOURNAL.refused.total() - JOURNAL.refused[BOT]
    honest = came - JOURNAL.joined[BOT] - JOURNAL.straight_in[BOT]
    admitted = [stay for stay in stays if stay.end is End.ADMITTED]
    bots = sum(stay.kind == BOT for stay in admitted)
    answers = [entry for entry in stats.entries.values() if entry.method != WAIT]
    asked, failed = (
        (sum(counts) for counts in zip(*map(_counts, answers), strict=True)) if answers else (0, 0)
    )
    held = [entry for entry in answers if entry.name == WAITING_PAGE]
    shop = [
        entry
        for entry in answers
        if entry.name not in (WAITING_PAGE, REFUSED_ROW) and not entry.name.startswith(_OWN)
    ]
    return {
        "failures": 100 * failed / asked if asked else None,
        "overtaken": judging.overtaken(ordered) if ordered else None,
        "lost": sum(stay.places_lost for stay in stays) if stays else None,
        "rises": sum(stay.rises for stay in stays) if stays else None,
        "positions": 100 * len(wrong) / checked if checked else None,
        "rate_over": 100 * admissions.most / room_rate if admissions and room_rate else None,
        "rate_under": 100 * admissions.mean / room_rate if admissions and room_rate else None,
        "bots": 100 * bots / max(len(admitted), 1) if came > honest else None,
        "refused": 100 * refused / (honest + refused) if honest + refused else None,
        "estimates": 100 * missed / judged if judged else None,
        "wait": judging.wait_seconds(stays, 95),
        "held_ms": _percentile(held, 0.99),
        "shop_ms": _percentile(shop, 0.99),
        "admitted": len(admitted),
        "served": sum(entry.num_requests - entry.num_failures for entry in shop),
    }


BOT = "bot"
"""The kind of visitor that may well be refused."""


def _counts(entry: StatsEntry) -> tuple[int, int]:
    return entry.num_requests, entry.num_failures


def _percentile(entries: Sequence[StatsEntry], percent: float) -> float | None:
    """Of all these rows together, in milliseconds."""
    if not any(entry.num_requests for entry in entries):
        return None
    together = StatsEntry(RequestStats(), "together", "")
    for entry in entries:
        together.extend(entry)
    return float(together.get_response_time_percentile(percent))


def _as_json(verdicts: Sequence[Verdict]) -> dict[str, object]:
    return {
        "passed": not any(verdict.failed for verdict in verdicts),
        "joined": dict(JOURNAL.joined),
        "straight_in": dict(JOURNAL.straight_in),
        "refused": dict(JOURNAL.refused),
        "figures": {
            verdict.threshold.key: {
                "measured": verdict.measured,
                "limit": verdict.threshold.limit,
                "failed": verdict.failed,
            }
            for verdict in verdicts
        },
    }


def _with_verdicts(page: str, verdicts: Sequence[Verdict]) -> str:
    """Locust's report with the table above all else."""
    section, place = thresholds.as_html(verdicts), page.rfind(_ROOT)
    return page[:place] + section + page[place:] if place >= 0 else section + page


_LIVE = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>waiting room</title>'
)
_ROOT = '<div id="root">'
"""Where Locust's report begins; the same words may stand in its scripts before."""
