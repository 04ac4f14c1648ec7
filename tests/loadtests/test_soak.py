"""The soak finds what grows, and only that; and a short one of all its parts runs."""

from __future__ import annotations

import math

import pytest

from loadtests.soak import verdicts
from loadtests.soak.run import Plan, soak
from loadtests.soak.samples import Series

MINUTES = [float(minute) for minute in range(31)]


def _series(values: list[float]) -> Series:
    return Series(MINUTES[: len(values)], values)


@pytest.mark.parametrize(
    ("values", "flat"),
    [
        pytest.param([100.0] * 31, True, id="flat"),
        pytest.param([100 + math.sin(minute) * 10 for minute in MINUTES], True, id="up and down"),
        pytest.param([100 + minute for minute in MINUTES], False, id="a leak"),
        pytest.param([100 + minute * 0.1 for minute in MINUTES], True, id="3 %"),
        pytest.param([100.0] * 25 + [120.0] * 6, False, id="a jump at the end"),
        pytest.param([120.0] * 10 + [100.0] * 21, True, id="less"),
    ],
)
def test_memory_is_flat_within_five_percent(values: list[float], flat: bool) -> None:
    """Neither the quarters nor the slope may show more."""
    assert flat == verdicts.memory("x", _series(values)).passed


def test_a_leak_of_descriptors_is_found() -> None:
    """One a minute is too many; a few that come and go are not."""
    assert not verdicts.steady("x", _series([20 + minute for minute in MINUTES])).passed
    assert verdicts.steady("x", _series([20 + minute % 5 for minute in MINUTES])).passed


def test_redis_may_keep_a_few_bytes_for_each_who_joined() -> None:
    """The record grows with the visitors until it is cut; more than that is a leak."""
    joins = _series([minute * 1000 for minute in MINUTES])
    assert verdicts.kept(_series([3 + minute * 0.1 for minute in MINUTES]), joins).passed
    assert not verdicts.kept(_series([3 + minute * 0.5 for minute in MINUTES]), joins).passed


def test_latency_is_judged_beside_the_shop() -> None:
    """What slows the shop itself by as much is the machine; what does not is ours."""
    slower = _series([4 + minute / 10 for minute in MINUTES])
    assert not verdicts.latency("x", slower, _series([1.0] * 31)).passed
    assert verdicts.latency("x", slower, _series([1 + minute / 40 for minute in MINUTES])).passed
    assert verdicts.latency("x", _series([0.1] * 20 + [0.9] * 11), _series([1.0] * 31)).passed


def test_what_is_left_when_all_have_gone_is_a_leak() -> None:
    """Not one connection may stay."""
    assert verdicts.emptied("x", 0, 0).passed
    assert not verdicts.emptied("x", 0, 1).passed


def test_the_table_shouts_what_is_not_flat() -> None:
    """One line for each verdict."""
    text = verdicts.table([verdicts.none("failures", 0), verdicts.none("overtakes", 2)])
    assert ["yes", "**NO**"] == [line.split(" | ")[-1].removesuffix(" |") for line in text.splitlines()[2:]]


@pytest.mark.anyio
async def test_a_short_soak_counts_everything_and_leaves_nothing() -> None:
    """Some seconds with twenty visitors: no failure, no overtake, and nothing stays open when all have left."""
    found = await soak(Plan(seconds=10, visitors=20, rate=600))
    by_name = {verdict.what: verdict for verdict in found.verdicts}
    left = [verdict for name, verdict in by_name.items() if "have left" in name or "before and after" in name]
    assert {"gateway", "console", "Redis", "worker 1", "worker 2"} == set(found.samples.memory)
    assert 7 == len(left)
    assert [] == [
        verdict for verdict in [*left, by_name["failures"], by_name["overtakes"]] if not verdict.passed
    ]
    assert found.samples.gauges["waitroom_worker_connections"].values[-1] > 0
