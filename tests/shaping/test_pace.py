"""How fast one visitor may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping import pace as module
from waitroom.shaping.pace import Pace

NOW = 1_000_000.0


def test_a_burst_then_the_rate() -> None:
    """Ten at once; then one a second, and whoever comes early is told by how much."""
    pace = Pace(60, 10)
    assert [0.0] * 10 == [pace.take("v", NOW) for _ in range(10)]
    assert 1.0 == pace.take("v", NOW)
    assert 0.25 == pace.take("v", NOW + 0.75)
    assert 0.0 == pace.take("v", NOW + 1)
    assert 1.0 == pace.take("v", NOW + 1)


def test_each_visitor_has_a_bucket_of_their_own() -> None:
    """One who asks too often puts nobody else off."""
    pace = Pace(60, 1)
    assert [0.0, 1.0, 0.0] == [pace.take("a", NOW), pace.take("a", NOW), pace.take("b", NOW)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 5)), max_size=80), st.integers(1, 6))
def test_it_is_a_token_bucket(asked: list[tuple[str, float]], burst: int) -> None:
    """Whatever is forgotten, it lets through just what a bucket of tokens for each visitor would."""
    pace = Pace(60, burst)
    tokens = {"a": (float(burst), NOW), "b": (float(burst), NOW)}
    now = NOW
    for who, pause in asked:
        now += round(pause, 3)
        left, at = tokens[who]
        left = min(burst, left + now - at)
        early = pace.take(who, now)
        if abs(left - 1) > 1e-6:
            assert (left < 1) == (early > 0)
        if not early:
            left -= 1
        else:
            assert abs((1 - left) - early) < 1e-6
        tokens[who] = (left, now)


def test_full_buckets_are_forgotten() -> None:
    """What is kept are those who asked in the last while, not all who ever came."""
    pace = Pace(60, 10)
    for number in range(5000):
        pace.take(number, NOW + number * 0.1)
    assert len(pace) <= 250


def test_the_memory_is_bounded() -> None:
    """Also when more come in that while than are kept: the one who asked last is still among them."""
    pace = Pace(1, 100)
    pace.take("early", NOW)
    for number in range(3 * module.MOST_KEPT):
        pace.take(number, NOW)
    assert len(pace) <= 2 * module.MOST_KEPT
    assert 1.0 == Pace(60, 1).take("v", NOW) + 1.0
