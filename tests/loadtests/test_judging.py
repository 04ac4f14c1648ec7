"""What is made of what visitors saw, on crowds small enough to count by hand."""

from __future__ import annotations

import errno

import pytest

from loadtests.crowd import judging, thresholds
from loadtests.crowd.curves import Point, part_at
from loadtests.crowd.files import TooFewFilesError, TooFewPortsError, explained, sources
from loadtests.crowd.journal import Journal
from loadtests.crowd.stay import End, Stay, Told


def stay(number: int, came: float, ended: float, end: End = End.ADMITTED, **more: object) -> Stay:
    """A stay of somebody with an event stream, who was present throughout."""
    plain = Stay("shopper", "general", number, came, ended, ended, end, None, (), None, 0, 0)
    return plain._replace(**more)  # type: ignore[arg-type]


def test_in_order_nobody_is_overtaken() -> None:
    """Those admitted in the order of their numbers, or within two seconds of each other, are not overtaken."""
    assert 0 == judging.overtaken([stay(1, 0, 10), stay(2, 0, 11), stay(3, 0, 10.5)])


def test_a_later_number_that_is_admitted_first_overtakes() -> None:
    """Each who was still waiting then counts once, also who never got in."""
    assert 2 == judging.overtaken([stay(1, 0, 20), stay(2, 0, 30, End.WAITING), stay(3, 0, 10)])


def test_who_is_away_or_gone_is_not_overtaken() -> None:
    """Others may be called past those who are absent, have left, or have not asked since."""
    crowd = [
        stay(1, 0, 40, away_since=5.0),
        stay(2, 0, 8, End.GONE),
        stay(3, 0, 40, waited_until=9.0),
        stay(4, 0, 10),
    ]
    assert 0 == judging.overtaken(crowd)


def test_lanes_do_not_overtake_each_other() -> None:
    """Numbers are compared within a lane."""
    assert 0 == judging.overtaken([stay(1, 0, 40), stay(2, 0, 10, lane="members")])


def test_a_position_is_held_against_who_stands_before() -> None:
    """True is 1 + those with an earlier number who are in line; two places are granted."""
    crowd = [stay(number, 0, 100) for number in range(1, 11)]
    for position, wrong in ((11, []), (13, []), (14, [3]), (8, [3])):
        told = stay(11, 1, 100, told=(Told(2.0, position),))
        assert (1, wrong) == judging.positions_off([*crowd, told], rate_per_minute=6)


def test_those_who_may_be_absent_make_a_range() -> None:
    """Whoever is away, or closed the tab, may count or not."""
    crowd = [stay(number, 0, 100, away_since=1.0) for number in range(1, 6)]
    crowd += [stay(number, 0, 1, End.GONE) for number in range(6, 11)]
    for position, wrong in ((1, 0), (11, 0), (14, 1)):
        told = stay(11, 0, 100, told=(Told(2.0, position),))
        assert wrong == len(judging.positions_off([*crowd, told], rate_per_minute=6)[1])


def test_the_rate_is_that_of_the_busiest_minute() -> None:
    """Sixty in a minute, and a hundred in the next, within the two seconds that are granted."""
    times = [float(second) for second in range(60)] + [60 + each * 0.6 for each in range(100)]
    rate = judging.rate([stay(index, 0, at) for index, at in enumerate(times, 1)])
    assert rate is not None
    assert 100 * 60 / 62 == pytest.approx(rate.most, rel=0.02)
    assert 80 == pytest.approx(rate.mean, rel=0.01)


def test_an_admission_that_is_learned_late_makes_no_rush() -> None:
    """Ten apps that ask at the same moment may have been called one after the other."""
    crowd = [stay(index, 0, 60.0, waited_until=6.0 * index) for index in range(1, 10)]
    rate = judging.rate([stay(10, 0, 0.0), *crowd, stay(11, 0, 61.0)])
    assert rate is not None
    assert rate.most < 12


def test_without_admissions_there_is_no_rate() -> None:
    """One admission is no rate."""
    assert judging.rate([stay(1, 0, 5)]) is None
    assert judging.rate([]) is None


def test_an_estimate_is_judged_when_it_is_over() -> None:
    """Who still waits at the end missed it only where its range has passed."""
    promised = (0.0, 10.0, 20.0)
    crowd = [
        stay(1, 0, 15, promised=promised),
        stay(2, 0, 40, promised=promised),
        stay(3, 0, 50, End.WAITING, promised=promised),
        stay(4, 0, 50, End.WAITING, promised=(0.0, 10.0, 90.0)),
    ]
    assert (3, 2) == judging.estimates_missed(crowd, ended=50.0)


def test_the_drawn_are_not_judged_by_their_numbers() -> None:
    """Those whose turn was drawn have another order than that of their numbers."""
    crowd = [stay(number, 0, 10) for number in (4, 5, 9, 10)]
    assert [4, 10] == [each.number for each in judging.within(crowd, [("general", 5, 5)])]


def test_a_journal_comes_to_the_master_whole() -> None:
    """What a worker takes is what the master adds, once."""
    worker, master = Journal(), Journal()
    seen = stay(3, 1.0, 9.0, told=(Told(2.0, 7),), promised=(2.0, 3.0, 4.0))
    worker.stays.append(seen)
    worker.joined["shopper"] += 1
    worker.room = "drop"
    master.add(worker.take())
    master.add(worker.take())
    assert [seen] == master.stays
    assert {"shopper": 1} == dict(master.joined)
    assert "drop" == master.room


def test_a_limit_is_a_number_or_off() -> None:
    """``off`` judges nothing; less than ``at least`` fails, more than ``at most`` does, the limit itself does not."""
    assert thresholds.option_limit("off") is None
    assert 1.5 == thresholds.option_limit("1.5")
    most = thresholds.Threshold("wait", "wait", "s", 5)
    least = thresholds.Threshold("rate_under", "rate", "%", 90, at_least=True)
    for threshold, measured, failed in (
        (most, 5, False),
        (most, 5.1, True),
        (least, 90, False),
        (least, 89, True),
    ):
        assert failed == thresholds.judge([threshold], {threshold.key: measured})[0].failed
    assert ["–", "FAILED"] == [verdict.word for verdict in thresholds.judge([most, least], {})]


def test_a_run_in_which_nobody_was_held_fails() -> None:
    """All scenarios ask for one visitor who waited and was admitted, and for one answer of the shop."""
    verdicts = thresholds.judge(thresholds.ALL, {"failures": 0.0, "admitted": 0, "served": 0})
    assert ["admitted", "served"] == [each.threshold.key for each in verdicts if each.failed]
    verdicts = thresholds.judge(thresholds.ALL, {"failures": 0.0, "admitted": 1, "served": 1})
    assert not any(each.failed for each in verdicts)


def test_curves_go_in_straight_lines() -> None:
    """Between two points the crowd changes evenly; after the last it stays."""
    curve = (Point(0, 0), Point(0.5, 1), Point(1, 0.5))
    assert [0, 0.5, 1, 0.75, 0.5] == [part_at(curve, at) for at in (0, 0.25, 0.5, 0.75, 2)]


def test_sources_are_addresses_or_rows_of_them() -> None:
    """A row is given by its first and last address; what is none is refused."""
    assert ["127.0.0.9", "127.0.0.2", "127.0.0.3"] == sources("127.0.0.9, 127.0.0.2-127.0.0.3")
    with pytest.raises(ValueError, match="nowhere"):
        sources("nowhere")


def test_what_the_system_refuses_is_explained() -> None:
    """No file and no port left say what to do; any other error stays as it is."""
    assert isinstance(explained(OSError(errno.EMFILE, "…"), ""), TooFewFilesError)
    no_port = explained(OSError(errno.EADDRNOTAVAIL, "…"), "127.0.0.2")
    assert isinstance(no_port, TooFewPortsError)
    assert "--sources" in str(no_port)
    other = OSError(errno.ECONNREFUSED, "…")
    assert other is explained(other, "")
