"""When an address is passed over, and for how long."""

from __future__ import annotations

from waitroom.proxy.health import Health


def test_the_first_failure_takes_it_out() -> None:
    """An address that fails is out for a second; further failures of the same moment change nothing."""
    health = Health()
    assert health.failed(100.0)
    assert not health.failed(100.5)
    assert health.out
    assert (False, True) == (health.due(100.9), health.due(101.0))


def test_the_third_hang_up_in_a_row_is_a_failure() -> None:
    """Hanging up on a request is none by itself; an answer, or what proves that it works, starts the count anew."""
    health = Health()
    assert [False, False] == [health.hung_up() for _ in range(2)]
    health.forget_hang_ups()
    assert [False, False, True, True] == [health.hung_up() for _ in range(4)]
    health.proved()
    assert not health.hung_up()


def test_the_pause_doubles_up_to_half_a_minute() -> None:
    """Each trial that fails doubles the pause: 1, 2, 4, 8, 16, 30, 30 seconds."""
    health, now = Health(), 100.0
    health.failed(now)
    pauses = [health.pause]
    for _ in range(6):
        now += health.pause
        health.tries(now, patience=5.0)
        health.failed(now)
        pauses.append(health.pause)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_one_trial_at_a_time() -> None:
    """While one request tries it the others pass it over, until that one has had its time."""
    health = Health()
    health.failed(100.0)
    health.tries(101.0, patience=5.0)
    assert (False, True) == (health.due(105.9), health.due(106.0))


def test_what_works_is_back_at_once() -> None:
    """After a success all is forgotten: the next failure pauses for a second again."""
    health = Health()
    health.failed(100.0)
    health.tries(101.0, patience=5.0)
    health.failed(101.0)
    health.tries(103.0, patience=5.0)
    health.proved()
    assert (False, False) == (health.out, health.due(1000.0))
    assert health.failed(104.0)
    assert health.pause == 1.0
