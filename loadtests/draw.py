"""What a place in the opening draw costs, and whether the draw is even: ``python -m loadtests.draw``.

For each count a sample of tickets is looked up, in a draw that has not been used and once more in the same; the best
of several rounds counts, in processor time. Then, over many keys, the rank correlation of ticket number and turn, and
how often the first ticket came into each tenth of the order.
"""

from __future__ import annotations

import random
import sys
import time
from hashlib import sha256
from math import sqrt
from statistics import correlation

from waitroom.line.draw import Draw

COUNTS = (2, 3, 7, 97, 1_000, 40_000, 1_000_000, 9_999_991, 10_000_000)
SAMPLE, ROUNDS = 300, 7
MOST_MICROSECONDS = 30.0
EVEN_COUNT, EVEN_KEYS = 2_003, 300


def costs(count: int) -> tuple[float, float]:
    """Microseconds of a rank in a new draw, and in one that remembers."""
    chosen = random.Random(count)
    new, warm = [], []
    for index in range(ROUNDS):
        draw = Draw(_key(index), 1, count)
        numbers = [chosen.randint(1, count) for _ in range(SAMPLE)]
        new.append(_microseconds(draw, numbers[: max(1, min(SAMPLE, count))]))
        for number in numbers:
            draw.turn_of(number)
        warm.append(_microseconds(draw, numbers))
    return min(new), min(warm)


def evenness() -> tuple[float, list[int]]:
    """The farthest rank correlation in standard deviations, and the tenths into which the first ticket came."""
    numbers = range(1, EVEN_COUNT + 1)
    farthest, tenths = 0.0, [0] * 10
    for index in range(EVEN_KEYS):
        turns = [*map(Draw(_key(index), 1, EVEN_COUNT).turn_of, numbers)]
        farthest = max(farthest, abs(correlation(numbers, turns)) * sqrt(EVEN_COUNT - 1))
        tenths[(turns[0] - 1) * 10 // EVEN_COUNT] += 1
    return farthest, tenths


def main() -> int:
    """Prints a table. Exit code 1 where a rank takes longer than promised."""
    print(f"{'drawn':>12}  {'new draw':>10}  {'used draw':>10}   (microseconds a rank)")
    slowest = 0.0
    for count in COUNTS:
        new, warm = costs(count)
        slowest = max(slowest, new, warm)
        print(f"{count:>12,}  {new:>10.1f}  {warm:>10.1f}")
    print(f"slowest: {slowest:.1f}, promised: {MOST_MICROSECONDS:.0f}")
    farthest, tenths = evenness()
    print(
        f"{EVEN_KEYS} draws of {EVEN_COUNT:,}: rank correlation at most {farthest:.1f} standard deviations from 0;"
    )
    print(f"the first ticket came {tenths} times into each tenth of the order")
    return int(slowest > MOST_MICROSECONDS)


def _microseconds(draw: Draw, numbers: list[int]) -> float:
    begun = time.process_time()
    for number in numbers:
        draw.turn_of(number)
    return (time.process_time() - begun) / len(numbers) * 1e6


def _key(index: int) -> bytes:
    return sha256(b"key %d" % index).digest()


if __name__ == "__main__":
    sys.exit(main())
