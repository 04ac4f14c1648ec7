"""How often the estimate holds, in rehearsals: ``python -m loadtests.rehearsals``.

Each is what ``waitroom rehearse`` plays, the line's own scripts in a Redis of its own, with newcomers who are asked on
joining. The crowd of each seed is another one: nobody knows beforehand how long visits will last, or how patient it
will be. A few minutes for each seed; ``--million`` adds those with a million visitors, each minutes long.

    python -m loadtests.rehearsals --seeds 6
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from loadtests.estimate import DEPTHS, median
from waitroom.line.memory import GENERAL
from waitroom.line.rules import Rules
from waitroom.rehearse.arrivals import preset
from waitroom.rehearse.figures import Judged, judged
from waitroom.rehearse.run import rehearse
from waitroom.rehearse.scenario import CROWDS, People, Scenario, Share

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Shape:
    """One kind of rehearsal."""

    name: str
    rules: Mapping[str, float]
    arrivals: str = "flash-sale"
    crowd: str = "phones"
    visitors: int = 10_000
    seconds: int = 2400
    lanes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Weight, and share of the visitors."""

    def of(self, seed: int) -> Scenario:
        """With the crowd of that seed."""
        curve = preset(
            self.arrivals, visitors=self.visitors, seconds=self.seconds, random_source=random.Random(seed)
        )
        chance = random.Random(f"{self.arrivals} {self.crowd} {seed} {dict(self.rules)}")
        weights = " ".join(f"{name}:{weight:g}" for name, (weight, _) in self.lanes.items())
        shares = [Share(name, share) for name, (_, share) in self.lanes.items()]
        general = Share(GENERAL, 1 - sum(share.visitors for share in shares))
        return Scenario(
            curve,
            Rules(weights=weights, **self.rules),  # type: ignore[arg-type]
            people=_varied(CROWDS[self.crowd], chance),
            lanes=(general, *shares),
            seed=seed,
        )


SHAPES = (
    Shape("the rate binds", {"rate": 300.0}),
    Shape("the rate binds, an impatient crowd", {"rate": 300.0}, crowd="restless"),
    Shape("an impatient crowd, evenly", {"rate": 180.0}, "steady", "restless"),
    Shape("a small shop", {"rate": 12.0}, "steady", visitors=800, seconds=3600),
    Shape("the shop fills, sessions of 10 minutes", {"rate": 600.0, "capacity": 2000}),
    Shape(
        "the shop fills, sessions of 2 minutes",
        {"rate": 600.0, "capacity": 1000, "session_ms": 2 * MINUTE_MS},
    ),
    Shape(
        "the shop fills, an impatient crowd",
        {"rate": 600.0, "capacity": 1500, "session_ms": 5 * MINUTE_MS},
        crowd="restless",
    ),
    Shape(
        "the shop fills slowly",
        {"rate": 400.0, "capacity": 1500, "session_ms": 5 * MINUTE_MS},
        "slow-build",
        visitors=8000,
        seconds=3600,
    ),
    Shape(
        "a small shop that fills",
        {"rate": 20.0, "capacity": 60, "session_ms": 5 * MINUTE_MS},
        "steady",
        visitors=700,
        seconds=3600,
    ),
    Shape("two lanes", {"rate": 300.0}, lanes={"members": (3.0, 0.2)}),
    Shape(
        "three lanes, two waves",
        {"rate": 200.0},
        "two-waves",
        visitors=9000,
        lanes={"members": (3.0, 0.1), "early": (2.0, 0.2)},
    ),
    Shape(
        "two lanes, and the shop fills",
        {"rate": 600.0, "capacity": 2000, "session_ms": 5 * MINUTE_MS},
        lanes={"members": (2.0, 0.3)},
    ),
)
MILLION = (
    Shape("a million", {"rate": 20_000.0}, visitors=1_000_000),
    Shape(
        "a million in three lanes",
        {"rate": 20_000.0},
        visitors=1_000_000,
        lanes={"members": (3.0, 0.1), "early": (2.0, 0.2)},
    ),
)


def row(name: str, rehearsals: Iterable[list[Judged]]) -> str:
    """The figures of one kind, as a line of Markdown."""
    each = list(rehearsals)
    everyone = [asked for of in each for asked in of]
    cells = []
    for low, high in pairwise([*(low for low, _ in DEPTHS), float("inf")]):
        of = [asked for asked in everyone if low <= asked.seconds < high]
        cells.append(f"{_held(of):.0%}" if len(of) >= 50 * len(each) else "")
    far = [asked for asked in everyone if asked.seconds >= DEPTHS[1][0]]
    width = median((asked.high - asked.low) / asked.seconds for asked in far)
    error = median(abs(asked.waited - asked.seconds) / asked.seconds for asked in far)
    rounds = sorted(round(100 * _held(of)) for of in each)
    return (
        f"| {name} | {len(everyone):,} | **{_held(everyone):.0%}** | {' | '.join(cells)} "
        f"| {width:.0%} | {error:.1%} | {', '.join(map(str, rounds))} |"
    )


def _varied(people: People, chance: random.Random) -> People:
    return replace(
        people,
        visit=people.visit * chance.lognormvariate(0, 0.4),
        patience=people.patience * chance.lognormvariate(0, 0.5),
        sleepers=people.sleepers * chance.uniform(0.5, 1.5),
        no_shows=people.no_shows * chance.uniform(0.5, 1.5),
    )


def _held(asked: list[Judged]) -> float:
    return sum(each.in_time for each in asked) / len(asked) if asked else 0.0


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=2, help="how often each is rehearsed")
    parser.add_argument("--million", action="store_true", help="those of a million as well, with one seed")
    parser.add_argument("--only", default="", help="those whose name contains this")
    chosen = parser.parse_args()
    depths = " | ".join(name for _, name in DEPTHS)
    print(f"| rehearsal | asked | held | {depths} | width | error | held, by crowd (%) |")
    print("| --- |" + " --- |" * (5 + len(DEPTHS)))
    for shape in (*SHAPES, *(MILLION if chosen.million else ())):
        if chosen.only in shape.name:
            seeds = range(1 if shape in MILLION else chosen.seeds)
            print(row(shape.name, (list(judged(rehearse(shape.of(seed)))) for seed in seeds)), flush=True)


if __name__ == "__main__":
    main()
