"""How many rounds the opening draw needs: ``python -m loadtests.draw_rounds``.

For the smallest draws the chance of every order is worked out exactly, with round functions that are truly random, and
its distance from an even draw printed: the total variation, which is the most by which the chance of anything that can
happen is off.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import factorial, isqrt

from waitroom.line.draw.permutation import ROUNDS

COUNTS = (2, 3, 4, 5, 6)
SHOWN = (2, 4, 8, 12, 16, 20, 24, 28)

Order = tuple[int, ...]


def distances(count: int, rounds: int) -> list[float]:
    """The distance from an even draw after each round."""
    width = isqrt(count - 1) + 1
    height = -(-count // width)
    steps = [_steps(width, height, along_x=True), _steps(width, height, along_x=False)]
    chances: dict[Order, float] = {tuple(range(width * height)): 1.0}
    found = []
    for index in range(rounds):
        after: dict[Order, float] = defaultdict(float)
        share = 1 / len(steps[index % 2])
        for order, chance in chances.items():
            for step in steps[index % 2]:
                after[tuple(step[place] for place in order)] += chance * share
        chances = after
        found.append(_from_even(chances, count))
    return found


def _steps(width: int, height: int, *, along_x: bool) -> list[Order]:
    """What each possible round function does to each place."""
    modulus, others = (width, height) if along_x else (height, width)
    return [
        tuple(
            y * width + (x + added[y]) % width if along_x else (y + added[x]) % height * width + x
            for y in range(height)
            for x in range(width)
        )
        for added in product(range(modulus), repeat=others)
    ]


def _from_even(chances: dict[Order, float], count: int) -> float:
    walked: dict[Order, float] = defaultdict(float)
    for order, chance in chances.items():
        walked[tuple(_walk(order, place, count) for place in range(count))] += chance
    even = 1 / factorial(count)
    missing = factorial(count) - len(walked)
    return (sum(abs(chance - even) for chance in walked.values()) + missing * even) / 2


def _walk(order: Order, place: int, count: int) -> int:
    place = order[place]
    while place >= count:
        place = order[place]
    return place


if __name__ == "__main__":
    print(f"the draw has {ROUNDS} rounds; distance of all orders from even after")
    print("count" + "".join(f"{rounds:>10}" for rounds in SHOWN))
    for size in COUNTS:
        after_rounds = distances(size, max(SHOWN))
        print(f"{size:>5}" + "".join(f"{after_rounds[rounds - 1]:>10.1e}" for rounds in SHOWN))
