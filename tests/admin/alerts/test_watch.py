"""Alerts over rooms that are read again and again, with a clock that is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from admin.alerts.ledger import Ledger
from admin.alerts.outbox import Outbox
from admin.alerts.reading import Reading
from admin.alerts.rules import Phase
from admin.alerts.watch import Watch
from admin.store import Store, StoreError
from tests.admin.alerts.conftest import SECRET
from waitroom.settings import AlertSettings, NotifySettings, alert_rules

pytestmark = pytest.mark.anyio

BEGUN = 1_700_000_000.0
CHANNEL = NotifySettings.model_validate({"name": "ops", "url": "https://hooks.example/x", "secret": SECRET})


class Site:
    """A site with two rooms and a clock."""

    def __init__(self, store: Store, alerts: Sequence[dict[str, object]] = ()) -> None:
        self.store = store
        self.now = BEGUN
        self.readings = {
            name: Reading(name, BEGUN, workers=2, waiting=5, error_share=0.0) for name in ("drop", "late")
        }
        self.rules = alert_rules(AlertSettings.model_validate(each) for each in alerts)
        self.is_silent = False
        self.watch = self.start()

    def start(self) -> Watch:
        """The watch of a console that was just started."""
        self.outbox = Outbox(self.store)
        self.watch = Watch(
            self.rules,
            list(self.readings),
            [CHANNEL],
            self.outbox,
            self.read,
            put=lambda: None,
            console="https://console.example",
            clock=lambda: self.now,
        )
        return self.watch

    def read(self) -> list[Reading]:
        """The rooms as they are."""
        if self.is_silent:
            raise RuntimeError("nothing is read")
        return [replace(each, at=self.now) for each in self.readings.values()]

    async def over(self, seconds: int, **changes: object) -> None:
        """Lets so much time pass in the room `drop`, which is so."""
        await self.outbox.open({"ops": "address"})
        self.readings["drop"] = replace(self.readings["drop"], **changes)  # type: ignore[arg-type]
        for _ in range(0, seconds, 5):
            await self.watch.look()
            self.now += 5

    async def told(self) -> list[str]:
        """The titles of what the channel is told, oldest first."""
        return [each.event.title for each in reversed(await Ledger(self.store).recent(most=100))]


@pytest.fixture
def site(store: Store) -> Site:
    """A site with the alerts that are there without a word in the file."""
    return Site(store)


async def test_a_site_that_is_well_tells_nothing(site: Site) -> None:
    """Without any setting."""
    await site.over(600)
    assert [] == await site.told()
    assert {Phase.INACTIVE} == {each.standing.phase for each in site.watch.now()}


async def test_errors_are_told_with_room_figure_limit_and_advice(site: Site) -> None:
    """Once when they begin and once when they are over."""
    await site.over(120, error_share=0.123)
    await site.over(120, error_share=0.001)
    assert [
        "Alert (critical): drop: 12.3 % of the shop's answers are errors",
        "Over (critical): drop: 0.1 % of the shop's answers are errors",
    ] == await site.told()
    over, begun = await Ledger(site.store).recent(most=2)
    says, when, helps, link = begun.event.text.split("\n")
    assert "drop: 12.3 % of the shop's answers are errors." == says
    assert "Limit: at most 5 %. Since 2023-11-14 22:13:20 UTC." == when
    assert helps.startswith("Lower the rate")
    assert "https://console.example/rooms/drop" == link
    assert ("alert.firing", "alert.resolved") == (begun.event.type, over.event.type)
    assert {
        "alert": "errors", "condition": "errors", "state": "firing", "repeated": False, "severity": "critical",
        "room": "drop", "value": 0.123, "threshold": 0.05, "since": "2023-11-14T22:13:20+00:00",
        "console": "https://console.example/rooms/drop",
    } == begun.event.data  # fmt: skip


async def test_redis_is_lost_once_for_all_rooms(site: Site) -> None:
    """And nothing is concluded from what is not known then."""
    site.readings["late"] = replace(site.readings["late"], is_redis_reachable=False)
    await site.over(60, is_redis_reachable=False, error_share=1.0, workers=0)
    site.readings["late"] = replace(site.readings["late"], is_redis_reachable=True)
    await site.over(60, is_redis_reachable=True, error_share=0.0, workers=2)
    assert [
        "Alert (critical): site: Redis does not answer",
        "Over (critical): site: Redis answers",
    ] == await site.told()


async def test_figures_that_do_not_come_are_told(site: Site) -> None:
    """Whatever the reason."""
    await site.over(10)
    site.is_silent = True
    await site.over(60)
    assert [each for each in await site.told() if "what the console knows is" in each]


async def test_an_alert_that_fires_over_a_restart_is_told_once(site: Site) -> None:
    """Its beginning before, its end after."""
    await site.over(120, error_share=0.5)
    site.start()
    await site.over(120)
    assert 1 == len(await site.told())
    site.start()
    await site.over(120, error_share=0.0)
    assert ["Alert", "Over"] == [title.split(" ")[0] for title in await site.told()]


async def test_a_pending_one_begins_anew_after_a_restart(site: Site) -> None:
    """It was not seen to hold meanwhile."""
    await site.over(50, error_share=0.5)
    site.start()
    site.now += 3600
    await site.over(50)
    assert [] == await site.told()
    await site.over(30)
    assert 1 == len(await site.told())


async def test_the_file_changes_adds_and_switches_off(store: Store) -> None:
    """An alert with the name of a condition is that one; one that is off is not looked at, nor is another room."""
    site = Site(
        store,
        [
            {"name": "errors", "on": False},
            {"name": "line", "threshold": 100, "severity": "warning", "lasting": 0, "rooms": ["late"]},
            {
                "name": "long",
                "condition": "wait",
                "threshold": "10m",
                "lasting": "10s",
                "severity": "critical",
            },
        ],
    )
    await site.over(60, error_share=1.0, waiting=500, wait_seconds=700)
    site.readings["late"] = replace(site.readings["late"], waiting=1200)
    await site.over(30)
    assert [
        "Alert (critical): drop: a newcomer would wait 11m40s",
        "Alert (warning): late: 1,200 are waiting",
    ] == await site.told()


async def test_where_it_cannot_be_kept_it_is_told_later(site: Site) -> None:
    """Nothing is concluded that the file does not know: an alert is not lost by a full disk."""
    await site.over(50, error_share=0.5)
    await site.store.run(lambda db: db.execute("PRAGMA query_only = ON"))
    site.now += 30
    with pytest.raises(StoreError):
        await site.watch.look()
    await site.store.run(lambda db: db.execute("PRAGMA query_only = OFF"))
    await site.watch.look()
    assert 1 == len(await site.told())
