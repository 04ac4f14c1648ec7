"""Alerts in words: what is told of one, and what helps."""

from __future__ import annotations

from datetime import UTC, datetime

from admin.alerts.events import Event
from admin.alerts.rules import Notice, Standing
from waitroom.settings import AlertRule, Condition, format_duration

TOLD = {
    Condition.ERRORS: "{value} of the shop's answers are errors",
    Condition.LATENCY: "95 of 100 answers of the shop begin within {value}",
    Condition.LINE: "{value} are waiting",
    Condition.WAIT: "a newcomer would wait {value}",
    Condition.OUTFLOW: "{value} of the admissions that should be are made",
    Condition.WORKERS: "{value} workers of the gateway are alive",
    Condition.REDIS: "Redis does not answer",
    Condition.STALE: "what the console knows is {value} old",
}
"""What was measured."""
GOOD = {Condition.REDIS: "Redis answers"}
"""The same of an alert that is over, where the other would be wrong then."""
LOOKS_AT = {
    Condition.ERRORS: "The shop's answers that are errors",
    Condition.LATENCY: "The shop's answers: when 95 of 100 begin",
    Condition.LINE: "Those who wait",
    Condition.WAIT: "What a newcomer would wait",
    Condition.OUTFLOW: "Admissions, of those that should be",
    Condition.WORKERS: "Workers of the gateway that are alive",
    Condition.REDIS: "Redis",
    Condition.STALE: "The age of what the console knows",
}
"""What is measured."""
ADVICE = {
    Condition.ERRORS: "Lower the rate, or pause the room, until the shop has recovered.",
    Condition.LATENCY: "Lower the rate until the shop is faster, or see what slows it down.",
    Condition.LINE: "If the shop can carry more, raise the rate; else tell those who wait.",
    Condition.WAIT: "If the shop can carry more, raise the rate; else tell those who wait.",
    Condition.OUTFLOW: "See what limits admission: the capacity, the shop, or those who are called and do not come.",
    Condition.WORKERS: "Visitors cannot reach the shop. See the gateway's process and its log.",
    Condition.REDIS: "Those inside stay inside, but nobody is let in. See the Redis server.",
    Condition.STALE: "The figures in the console are old. See the console's log.",
}
"""What helps."""


def written(condition: Condition, value: float) -> str:
    """A measured value with its unit."""
    if condition.is_share:
        return f"{value * 100:.3g} %"
    if condition.is_time:
        return format_duration(round(value, 1) if value < 10 else round(value))
    return f"{value:,.0f}"


def told(rule: AlertRule, value: float | None, *, is_over: bool = False) -> str:
    """What was measured, in words."""
    good = GOOD.get(rule.condition, TOLD[rule.condition]) if is_over else TOLD[rule.condition]
    return good.format(value="?" if value is None else written(rule.condition, value))


def limit(rule: AlertRule) -> str:
    """The threshold in words; empty where there is none."""
    if rule.condition is Condition.REDIS:
        return ""
    return f"{'at least' if rule.is_below else 'at most'} {written(rule.condition, rule.threshold)}"


def fires(rule: AlertRule) -> str:
    """When it fires, in words."""
    if rule.condition is Condition.REDIS:
        return "no answer"
    return f"{'below' if rule.is_below else 'above'} {written(rule.condition, rule.threshold)}"


def event_of(
    rule: AlertRule, room: str, standing: Standing, notice: Notice, now: float, *, console: str = ""
) -> Event:
    """What channels are told of an alert. ``standing`` is as it is after the step that gave the notice; of a resolved
    alert ``since`` is when it was over. ``console`` is the console's address, where that is known."""
    is_over = notice is Notice.RESOLVED
    measured = told(rule, standing.value, is_over=is_over)
    where = room or "site"
    state = "resolved" if is_over else "firing"
    since = f"{datetime.fromtimestamp(standing.since, UTC):%Y-%m-%d %H:%M:%S} UTC"
    link = console and f"{console}{f'/rooms/{room}' if room else '/alerts'}"
    lines = [
        f"{where}: {measured}.",
        (f"Limit: {limit(rule)}. " if limit(rule) else "") + f"{_SINCE[notice]} {since}.",
        *([] if is_over else [ADVICE[rule.condition]]),
        *([link] if link else []),
    ]
    return Event(
        id=f"alert:{rule.name}:{room or '-'}:{state}:{round(now * 1000)}",
        type=f"alert.{state}",
        at=now,
        title=f"{_TITLE[notice]} ({rule.severity}): {where}: {measured}",
        text="\n".join(lines),
        room=room,
        severity=rule.severity,
        data={
            "alert": rule.name,
            "condition": rule.condition.value,
            "state": state,
            "repeated": notice is Notice.REPEATED,
            "severity": rule.severity.value,
            "room": room or None,
            "value": standing.value,
            "threshold": rule.threshold,
            "console": link or None,
            "since": datetime.fromtimestamp(standing.since, UTC).isoformat(timespec="seconds"),
        },
    )


_TITLE = {Notice.FIRING: "Alert", Notice.REPEATED: "Still", Notice.RESOLVED: "Over"}
_SINCE = {Notice.FIRING: "Since", Notice.REPEATED: "Since", Notice.RESOLVED: "Over since"}
