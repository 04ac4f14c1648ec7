"""Looks at the rooms once a second, and puts what alerts have to tell into the outbox."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from admin.alerts.events import Event, is_wanted
from admin.alerts.outbox import Outbox
from admin.alerts.reading import Reading, measure, measure_site
from admin.alerts.rules import Phase, Standing, step
from admin.alerts.words import event_of
from admin.store import StoreError
from waitroom.settings import AlertRule, NotifySettings

EVERY_SECONDS = 1.0

Key = tuple[str, str]
"""The name of a rule, and a room; an empty one for the site."""

logger = logging.getLogger("waitroom.alerts")
_JSON = TypeAdapter(Standing)


@dataclass(frozen=True, slots=True)
class Watched:
    """One alert of one room, or of the site, as it is now."""

    rule: AlertRule
    room: str
    standing: Standing


class Watch:
    """All alerts. ``put`` is told when something has been put into the outbox; ``console`` is the console's address,
    for those who are told."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        rooms: Sequence[str],
        channels: Sequence[NotifySettings],
        outbox: Outbox,
        readings: Callable[[], Sequence[Reading]],
        *,
        put: Callable[[], None],
        console: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rules: dict[Key, AlertRule] = {
            (rule.name, room): rule
            for rule in rules
            if rule.is_on
            for room in ([""] if rule.condition.is_of_site else filter(rule.covers, rooms))
        }
        self._channels = channels
        self._outbox = outbox
        self._readings = readings
        self._put = put
        self._console = console
        self._clock = clock
        self._begun = clock()
        self._standings: Mapping[Key, Standing] | None = None
        self._last: Mapping[str, Reading] = {}

    def __repr__(self) -> str:
        firing = [
            f"{each.rule.name} {each.room}".strip()
            for each in self.now()
            if each.standing.phase is Phase.FIRING
        ]
        return f"<Watch of {len(self._rules)} alerts, firing: {', '.join(firing) or 'none'}>"

    def now(self) -> list[Watched]:
        """All alerts as they stand."""
        known = self._standings or {}
        return [
            Watched(rule, room, known.get((name, room), Standing()))
            for (name, room), rule in self._rules.items()
        ]

    async def run(self) -> None:
        """Watches until it is cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                logger.warning("alerts wait: %s", error)
            except Exception:
                logger.exception("alerts were not looked at")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Looks once. Raises :class:`~admin.store.StoreError`: then nothing was concluded."""
        if self._standings is None:
            self._standings = await self._restore()
        try:
            self._last = {each.room: each for each in self._readings()}
        except Exception as error:  # whoever reads them may fail as they like; `stale` tells
            logger.debug("no readings: %s", error)
        now = self._clock()
        standings: dict[Key, Standing] = {}
        found: list[Event] = []
        for key, rule in self._rules.items():
            before = self._standings.get(key, Standing())
            standings[key], notice = step(rule, before, self._measured(rule, key[1], now), now)
            if notice is not None:
                found.append(event_of(rule, key[1], standings[key], notice, now, console=self._console))
        changed = {
            key: _stored(standing)
            for key, standing in standings.items()
            if _stored(standing) != _stored(self._standings.get(key, Standing()))
        }
        if found or changed:
            wanted = [(each, [to.name for to in self._channels if is_wanted(to, each)]) for each in found]
            await self._outbox.put(wanted, now, standings=changed)
            self._put()
        self._standings = standings

    def _measured(self, rule: AlertRule, room: str, now: float) -> float | None:
        if rule.condition.is_of_site:
            return measure_site(rule.condition, list(self._last.values()), now=now, begun=self._begun)
        reading = self._last.get(room)
        return None if reading is None else measure(rule.condition, reading, now)

    async def _restore(self) -> dict[Key, Standing]:
        """The alerts as another life of the console left them. One that is not looked at any more is over."""
        now = self._clock()
        standings: dict[Key, Standing] = {}
        forgotten: dict[Key, str] = {}
        for key, text in (await self._outbox.standings()).items():
            try:
                standings[key] = _JSON.validate_json(text)
            except ValueError:
                forgotten[key] = ""  # of another version
            if key not in self._rules:
                standings.pop(key, None)
                forgotten[key] = ""
        if forgotten:
            await self._outbox.put([], now, standings=forgotten)
        return standings


def _stored(standing: Standing) -> str:
    """What another life of the console must know; empty where that is nothing."""
    if not standing.is_kept:
        return ""
    # what changes all the time need not be known
    kept = Standing(standing.phase, standing.since, None, standing.is_told, standing.told_at)
    return _JSON.dump_json(kept).decode()
