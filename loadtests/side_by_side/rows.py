"""The figures that are compared: where each is found in the results, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtests.side_by_side.results import Cost, Operation, Results, Spread, Turn


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``spreads`` is None for a room that has no such thing."""

    title: str
    spreads: dict[str, Spread | None]
    digits: int = 0
    less_is_better: bool = True
    why: str = ""
    """Why others may be ahead of this project."""

    def text(self, name: str) -> str:
        """The median, and the spread where there is one."""
        found = self.spreads[name]
        if found is None:
            return "none"
        text, least, most = (f"{value:,.{self.digits}f}" for value in found)
        return text if least == most else f"{text} ({least} to {most})"

    def ahead(self, name: str) -> list[str]:
        """Who does better than ``name``."""
        mine = self.spreads[name]
        if mine is None:
            return []
        others = {other: found.median for other, found in self.spreads.items() if found}
        sign = 1 if self.less_is_better else -1
        return [
            other for other, value in others.items() if other != name and sign * value < sign * mine.median
        ]


_JOIN = (
    "A join here also signs a ticket, counts for the charts, and tells the position with an estimate; the others "
    "hand out an identity, and tell the position with the first poll. Joins that come together share one script of "
    "some twenty commands; at this pace few do, so that each pays for most of one. Flat out they share."
)
_POLL = "The answer here carries the position among those present, an estimate with its range, and what is announced."
_ENTER = (
    "An entry here is exactly once, opens a session that counts against the capacity, is counted and recorded, and "
    "**the shop has answered**: its request went through the gateway to the shop and back. The others only say yes, "
    "and have yet to show it to something that guards the shop."
)
_STREAM = "A change of the room is told to all of them at once."
WHY = {"join": _JOIN, "poll": _POLL, "enter": _ENTER, "streams": _STREAM}
TITLES = {"join": "a join", "poll": "a poll", "enter": "an entry", "streams": "an event stream, for a second"}


def processor_time(results: Results) -> list[Row]:
    """Microseconds of server and Redis together, at the pace."""
    return _by_cost(results, lambda cost: cost.server_us + cost.redis_us, flat_out=False)


def processor_time_flat_out(results: Results) -> list[Row]:
    """The same, flat out."""
    return _by_cost(results, lambda cost: cost.server_us + cost.redis_us, flat_out=True)


def redis_time(results: Results) -> list[Row]:
    """Microseconds of Redis alone, at the pace."""
    return _by_cost(results, lambda cost: cost.redis_us, digits=1, flat_out=False)


def sent(results: Results) -> list[Row]:
    """Commands sent to Redis, at the pace."""
    return _by_cost(results, lambda cost: cost.sent, digits=3, flat_out=False)


def run(results: Results) -> list[Row]:
    """Commands that Redis ran, those of scripts included."""
    return _by_cost(results, lambda cost: cost.run, digits=3, flat_out=False)


def latency(results: Results) -> list[Row]:
    """The 99th percentile at the pace, in milliseconds."""
    return _by_operation(results, lambda operation: operation.p99_ms, digits=2)


def throughput(results: Results) -> list[Row]:
    """Done in a second, by one process on one core."""
    return _by_operation(results, lambda operation: operation.per_second, less_is_better=False)


def memory(results: Results) -> Row:
    """Bytes of Redis for each who waits."""
    spreads: dict[str, Spread | None] = {
        name: Spread.of([found.bytes_each]) for name, found in results.memory.items()
    }
    return Row("bytes of Redis for each who waits", spreads, digits=1)


def told(results: Results) -> Row:
    """Messages to each event stream in a minute."""
    spreads = {
        name: _spread([turn.streams.told_per_minute for turn in turns if turn.streams])
        for name, turns in results.turns.items()
    }
    return Row("messages to each stream in a minute", spreads, digits=1)


def sale(results: Results) -> list[Row]:
    """What became of the rate, and of those who left."""
    sales = results.sales

    def of(read: Callable[[int, str], float]) -> dict[str, Spread | None]:
        return {
            name: Spread.of([read(index, name) for index in range(len(found))])
            for name, found in sales.items()
        }

    def error(index: int, name: str) -> float:
        return 100 * abs(sales[name][index].entered_per_minute / sales[name][index].set_per_minute - 1)

    def wasted(index: int, name: str) -> float:
        return 100 * sales[name][index].wasted / max(sales[name][index].turns, 1)

    return [
        Row(
            f"entered a minute ({next(iter(sales.values()))[0].set_per_minute:g} set)",
            of(lambda index, name: sales[name][index].entered_per_minute),
            less_is_better=False,
        ),
        Row("rate error, %", of(error), digits=1),
        Row(
            "fewest in any 20 s, a minute",
            of(lambda i, name: sales[name][i].window_least),
            less_is_better=False,
        ),
        Row(
            "most in any 20 s, a minute", of(lambda i, name: sales[name][i].window_most), less_is_better=False
        ),
        Row("turns wasted on those who had left, %", of(wasted), digits=1),
        Row("overtakes", of(lambda i, name: sales[name][i].overtakes)),
    ]


def _by_cost(
    results: Results, read: Callable[[Cost], float], *, flat_out: bool, digits: int = 0
) -> list[Row]:
    def of(operation: Operation) -> float:
        return read(operation.flat_out if flat_out else operation.paced)

    rows = _by_operation(results, of, digits=digits)
    if flat_out:
        return rows
    spreads = {
        name: _spread([read(turn.streams.cost) for turn in turns if turn.streams])
        for name, turns in results.turns.items()
    }
    return [*rows, Row(TITLES["streams"], spreads, digits, why=WHY["streams"])]


def _by_operation(
    results: Results, read: Callable[[Operation], float], *, digits: int = 0, less_is_better: bool = True
) -> list[Row]:
    found: dict[str, Callable[[Turn], Operation]] = {
        "join": lambda turn: turn.join,
        "poll": lambda turn: turn.poll,
        "enter": lambda turn: turn.enter,
    }
    return [
        Row(
            TITLES[key],
            {name: _spread([read(of(turn)) for turn in turns]) for name, turns in results.turns.items()},
            digits,
            less_is_better=less_is_better,
            why=WHY[key],
        )
        for key, of in found.items()
    ]


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread.of(values) if values else None
