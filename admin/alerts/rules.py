"""When an alert begins and ends, and when somebody is told. Pure: time is handed in, in seconds since 1970.

The words are Prometheus' and its Alertmanager's. An alert is *pending* from when its condition holds, *firing* once it
has held without a break for ``lasting``, and *resolved* when the value has been on the good side of ``clear`` for
``keep``. Between ``threshold`` and ``clear`` nothing changes. Where the value is not known, nothing is concluded: a
pending alert begins anew, a firing one stays.

A firing alert is told at once, or, where the one before it was told less than ``quiet`` ago, when that is over, if it
still fires then. It is told again each ``repeat``. Its end is told where its beginning was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from waitroom.settings import AlertRule


class Phase(StrEnum):
    """Where an alert stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"
    """It has fired, and is over."""


class Notice(StrEnum):
    """What is to be told."""

    FIRING = "firing"
    REPEATED = "repeated"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Standing:
    """One alert of one room."""

    phase: Phase = Phase.INACTIVE
    since: float = 0.0
    """When the condition began to hold; of a resolved alert: when it was over."""
    clear_since: float | None = None
    """Of a firing alert: since when the value has been clear."""
    is_told: bool = False
    """Whether this firing has been told."""
    told_at: float | None = None
    """When this alert was last told as firing, now or earlier."""
    value: float | None = None
    """What was measured last."""

    @property
    def is_kept(self) -> bool:
        """Whether another life of the console must know of it."""
        return self.phase is Phase.FIRING or self.told_at is not None


def step(
    rule: AlertRule, standing: Standing, value: float | None, now: float
) -> tuple[Standing, Notice | None]:
    """Where the alert stands after ``value`` was measured, and what is to be told."""
    standing = _not_in_future(standing, now)
    if value is None:
        if standing.phase is Phase.PENDING:
            standing = replace(standing, phase=Phase.INACTIVE)
        return _tell(rule, replace(standing, clear_since=None), now)
    standing = replace(standing, value=value)
    if standing.phase is Phase.FIRING:
        return _firing(rule, standing, now)
    if not _holds(rule, value):
        if standing.phase is Phase.PENDING:
            standing = replace(standing, phase=Phase.INACTIVE)
        return standing, None
    if standing.phase is not Phase.PENDING:
        standing = replace(standing, phase=Phase.PENDING, since=now)
    if now - standing.since >= rule.lasting:
        standing = replace(standing, phase=Phase.FIRING, clear_since=None, is_told=False)
    return _tell(rule, standing, now)


def _firing(rule: AlertRule, standing: Standing, now: float) -> tuple[Standing, Notice | None]:
    assert standing.value is not None
    if not _is_clear(rule, standing.value):
        return _tell(rule, replace(standing, clear_since=None), now)
    clear_since = now if standing.clear_since is None else standing.clear_since
    if now - clear_since < rule.keep:
        return _tell(rule, replace(standing, clear_since=clear_since), now)
    notice = Notice.RESOLVED if standing.is_told else None
    over = replace(standing, phase=Phase.RESOLVED, since=now, clear_since=None, is_told=False)
    return over, notice


def _tell(rule: AlertRule, standing: Standing, now: float) -> tuple[Standing, Notice | None]:
    if standing.phase is not Phase.FIRING:
        return standing, None
    last = standing.told_at
    if not standing.is_told:
        if last is not None and now - last < rule.quiet:
            return standing, None
        return replace(standing, is_told=True, told_at=now), Notice.FIRING
    if rule.repeat and last is not None and now - last >= rule.repeat:
        return replace(standing, told_at=now), Notice.REPEATED
    return standing, None


def _holds(rule: AlertRule, value: float) -> bool:
    return value < rule.threshold if rule.is_below else value > rule.threshold


def _is_clear(rule: AlertRule, value: float) -> bool:
    return value >= rule.clear if rule.is_below else value <= rule.clear


def _not_in_future(standing: Standing, now: float) -> Standing:
    """A clock that was set back must not stop anything for as long."""
    if standing.since <= now and (standing.told_at or now) <= now and (standing.clear_since or now) <= now:
        return standing
    return replace(
        standing,
        since=min(standing.since, now),
        told_at=None if standing.told_at is None else min(standing.told_at, now),
        clear_since=None if standing.clear_since is None else min(standing.clear_since, now),
    )
