"""While Redis hangs one at a time sees whether it still does."""

from __future__ import annotations

from waitroom.redis.circuit import PROBE_SECONDS, Circuit

PATIENCE = 2.0


class Time:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_one_at_a_time_while_it_is_open() -> None:
    """The next one a moment after an answer did not come; if that is not heard of either, after all its patience."""
    time = Time()
    circuit = Circuit(PATIENCE, time)
    assert [True, True] == [circuit.lets_through() for _ in range(2)]
    circuit.timed_out()
    assert not circuit.lets_through()
    time.now += PROBE_SECONDS
    assert [True, False] == [circuit.lets_through() for _ in range(2)]
    time.now += PATIENCE
    assert not circuit.lets_through()
    time.now += PROBE_SECONDS
    assert [True, False] == [circuit.lets_through() for _ in range(2)]
    assert PATIENCE + 2 * PROBE_SECONDS == circuit.open_seconds


def test_a_connection_that_breaks_is_no_answer() -> None:
    """It opens nothing, since nobody waited; where it is open, the next one tries soon."""
    time = Time()
    circuit = Circuit(PATIENCE, time)
    circuit.failed()
    assert circuit.lets_through()
    circuit.timed_out()
    time.now += PROBE_SECONDS
    assert circuit.lets_through()
    circuit.failed()
    time.now += PROBE_SECONDS
    assert [True, False] == [circuit.lets_through() for _ in range(2)]


def test_an_answer_closes_it() -> None:
    """From then on everyone may ask."""
    circuit = Circuit(PATIENCE, Time())
    circuit.timed_out()
    circuit.answered()
    assert [True, True, True] == [circuit.lets_through() for _ in range(3)]
    assert 0.0 == circuit.open_seconds
