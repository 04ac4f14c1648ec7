"""What can be set about alerts: on which conditions ops staff are told, and how patient each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waitroom.settings.kinds import Allowed, AnyDuration, AsDuration, broken


class Condition(StrEnum):
    """What an alert looks at."""

    ERRORS = "errors"
    """The share of the shop's answers that are errors."""
    LATENCY = "latency"
    """The time within which 95 of 100 answers of the shop begin, in seconds."""
    LINE = "line"
    """Those who wait and are present."""
    WAIT = "wait"
    """What a newcomer would wait, in seconds."""
    OUTFLOW = "outflow"
    """Admissions as a share of what they should be, while somebody waits."""
    WORKERS = "workers"
    """Workers of the gateway that are alive."""
    REDIS = "redis"
    """Redis does not answer."""
    STALE = "stale"
    """The age of what the console knows, in seconds."""

    @property
    def is_of_site(self) -> bool:
        """Whether it is the same in every room, so that one alert stands for all."""
        return self in (Condition.WORKERS, Condition.REDIS, Condition.STALE)

    @property
    def is_time(self) -> bool:
        """Whether it is measured in seconds."""
        return self in (Condition.LATENCY, Condition.WAIT, Condition.STALE)

    @property
    def is_share(self) -> bool:
        """Whether it is measured as a share of 1."""
        return self in (Condition.ERRORS, Condition.OUTFLOW)


class Severity(StrEnum):
    """How bad it is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The higher the worse."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert, whole. Times are seconds. Where ``is_below``, it fires below the threshold, else above it."""

    name: str
    condition: Condition
    threshold: float
    clear: float
    lasting: float
    keep: float
    severity: Severity
    repeat: float
    quiet: float
    is_below: bool
    rooms: tuple[str, ...] = ()
    """Empty: all."""
    is_on: bool = True

    def covers(self, room: str) -> bool:
        """Whether it looks at this room."""
        return not self.rooms or room in self.rooms


def _usual(
    condition: Condition, threshold: float, clear: float, lasting: float, severity: Severity
) -> AlertRule:
    return AlertRule(
        name=condition.value,
        condition=condition,
        threshold=threshold,
        clear=clear,
        lasting=lasting,
        keep=30.0,
        severity=severity,
        repeat=14_400.0,
        quiet=300.0,
        is_below=condition in (Condition.OUTFLOW, Condition.WORKERS),
    )


USUAL: Mapping[Condition, AlertRule] = {
    rule.condition: rule
    for rule in (
        _usual(Condition.ERRORS, 0.05, 0.02, 60, Severity.CRITICAL),
        _usual(Condition.LATENCY, 3, 2, 120, Severity.WARNING),
        _usual(Condition.LINE, 10_000, 8_000, 60, Severity.INFO),
        _usual(Condition.WAIT, 3_600, 2_700, 300, Severity.WARNING),
        _usual(Condition.OUTFLOW, 0.7, 0.85, 180, Severity.WARNING),
        _usual(Condition.WORKERS, 1, 1, 15, Severity.CRITICAL),
        _usual(Condition.REDIS, 0, 0, 10, Severity.CRITICAL),
        _usual(Condition.STALE, 15, 5, 15, Severity.WARNING),
    )
}
"""The alerts that are on without a word in the file; each has the name of its condition."""

_EVERY = ", ".join(f'"{condition}"' for condition in Condition)
_LEVEL = Allowed('a number from 0 to 1000000000; of wait, latency and stale a duration too, such as "30m"')
_Level = Annotated[float, AsDuration, Field(ge=0, le=1e9)]
_DURATION = Allowed('a duration from "0s" to "365d", such as "5s"')


class AlertSettings(BaseModel):
    """An alert. Those that are always there have the names of their conditions: a table with such a name changes that
    one, any other name adds one. See [alerts](alerts.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"),
        Allowed('1 to 40 of a-z, 0-9 and "-", not at either end'),
    ] = Field(
        description="The alert's name: that of a condition, to change the alert that is there, or another."
    )
    on: Annotated[bool, Allowed("true or false")] = Field(
        default=True, description="Whether it is looked at at all."
    )
    condition: Annotated[Condition | None, Allowed(f"one of {_EVERY}")] = Field(
        default=None,
        description="What it looks at. `errors`: the share of the shop's answers that are errors. `latency`: the time "
        "in which 95 of 100 of them begin. `line`: who waits and is present. `wait`: what a newcomer would wait. "
        "`outflow`: admissions as a share of what they should be, while somebody waits. `workers`: those alive. "
        "`redis`: it does not answer. `stale`: the age of what the console knows. Left out: by the name.",
    )
    threshold: Annotated[_Level | None, _LEVEL] = Field(
        default=None,
        description="It holds above this (of outflow and workers: below). 0.05 is 5 %. Left out: the usual of the "
        "condition, in the table of [alerts](alerts.md#the-conditions).",
    )
    clear: Annotated[_Level | None, _LEVEL] = Field(
        default=None,
        description="It ends only when this is reached, so that it does not flap. Left out: the usual; with a "
        "threshold of its own, four fifths of it; of outflow a fifth more, of workers the same.",
    )
    lasting: Annotated[AnyDuration | None, _DURATION] = Field(
        default=None,
        description="How long it must hold before the alert fires: until then it is pending. Left out: the usual of "
        "the condition.",
    )
    keep: AnyDuration = Field(
        default=30.0, description="How long it must be clear again before the alert is resolved."
    )
    severity: Annotated[Severity | None, Allowed("one of " + ", ".join(f'"{word}"' for word in Severity))] = (
        Field(default=None, description="How bad it is. Left out: the usual of the condition.")
    )
    repeat: AnyDuration = Field(
        default=14_400.0, description="While it fires, it is told again after this. 0: told once."
    )
    quiet: AnyDuration = Field(
        default=300.0,
        description="Once told, the same alert of the same room is not told as new again for this long. One that "
        "begins and ends within it is not told.",
    )
    rooms: Annotated[tuple[str, ...], Allowed('a list of names of rooms, such as ["drop"]')] = Field(
        default=(), description="The rooms that it looks at. Left out: all. Not for workers, redis and stale."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> AlertSettings:
        named = self.name in set(Condition)
        if self.condition is None and not named:
            raise broken(f"must have a condition, since no alert is named so: one of {_EVERY}")
        if named and self.condition not in (None, self.name):
            raise broken(f'"{self.name}" is the alert that looks at {self.name}: another needs another name')
        rule = self.rule()
        if rule.condition is Condition.REDIS and (self.threshold is not None or self.clear is not None):
            raise broken("redis has no threshold: it answers or it does not")
        if rule.condition.is_share and max(rule.threshold, rule.clear) > 1:
            raise broken(f"{rule.condition} is a share: threshold and clear are from 0 to 1")
        if (rule.clear < rule.threshold) if rule.is_below else (rule.clear > rule.threshold):
            side = "below" if rule.is_below else "above"
            raise broken(
                f"clear ({rule.clear:g}) must not be {side} threshold ({rule.threshold:g}): there it fires"
            )
        if rule.condition.is_of_site and self.rooms:
            raise broken(f"{rule.condition} is of the whole site: no rooms")
        return self

    def rule(self) -> AlertRule:
        """The whole of it: what is left out is as usual."""
        usual = USUAL[self.condition or Condition(self.name)]
        threshold = usual.threshold if self.threshold is None else self.threshold
        clear = usual.clear if self.threshold is None else _cleared(usual, threshold)
        return AlertRule(
            name=self.name,
            condition=usual.condition,
            threshold=threshold,
            clear=clear if self.clear is None else self.clear,
            lasting=usual.lasting if self.lasting is None else self.lasting,
            keep=self.keep,
            severity=self.severity or usual.severity,
            repeat=self.repeat,
            quiet=self.quiet,
            is_below=usual.is_below,
            rooms=self.rooms,
            is_on=self.on,
        )


def alert_rules(alerts: Iterable[AlertSettings]) -> tuple[AlertRule, ...]:
    """All alerts: the usual ones as the file changes them, then the others."""
    rules = {rule.name: rule for rule in USUAL.values()}
    rules.update((alert.name, alert.rule()) for alert in alerts)
    return tuple(rules.values())


def _cleared(usual: AlertRule, threshold: float) -> float:
    if not usual.is_below:
        return threshold * 0.8
    if usual.condition is Condition.WORKERS:
        return threshold  # whole ones: there is nothing between
    return min(threshold * 1.2, 1.0)
