"""What must hold after every fault."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.crowd import Crowd, Visitor
from tests.faults.site import Site, most_over_the_rate

RATE = 9000.0
NOISE_MS = 250
"""Between a script's look at the clock and its entry in the record a busy machine may do something else; that the
budget is exact by Redis's own clock is shown in tests/line."""
SLACK_SECONDS = 3.0
"""Within which a called visitor learns of it and knocks, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Five are inside, 195 wait in the order in which they came."""

    site: Site
    crowd: Crowd
    inside: list[Visitor]


async def places_are_kept(scene: Scene) -> None:
    """Everyone stands where they stood, with the same ticket, and newcomers stand behind them."""
    line = scene.crowd.waiting
    await scene.crowd.back()
    assert line == await scene.crowd.in_order()
    line += await scene.crowd.arrive(10)
    assert line == await scene.crowd.in_order()
    tickets = [visitor.tickets for visitor in scene.crowd.everyone]
    assert [1] * len(tickets) == [len(held) for held in tickets], "nobody was given another ticket"
    assert len(tickets) == len({held[0] for held in tickets}), "no ticket was given twice"
    numbers = [visitor.number or 0 for visitor in line]
    assert sorted(set(numbers)) == numbers, "no number stands for two"


async def all_get_in(scene: Scene) -> None:
    """The dial is turned, and the line moves on: in order, at the rate, with nobody passed over."""
    since = len(await scene.site.grants())
    line = scene.crowd.waiting
    await scene.site.turn(RATE)
    await scene.crowd.all_inside()
    grants = (await scene.site.grants())[since:]

    assert len(line) == sum(grant.granted for grant in grants)
    assert 0 == sum(grant.late for grant in grants), "nobody present was passed over"
    ends = [grant.end for grant in grants]
    assert sorted(ends) == ends
    assert most_over_the_rate(grants, RATE) <= 1 + NOISE_MS * RATE / 60_000
    entered = [visitor.entered_at or 0.0 for visitor in line]
    for index, at in enumerate(entered):
        assert min(entered[index:]) > at - SLACK_SECONDS, "nobody entered long before someone ahead"
    await inside_are_served(scene)


async def inside_are_served(scene: Scene) -> None:
    """Those who were admitted before get their answers from the shop."""
    assert [200] * len(scene.inside) == [(await visitor.knock()).status for visitor in scene.inside]
