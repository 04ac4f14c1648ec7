"""What becomes of a newcomer, by a table."""

from __future__ import annotations

import pytest

from waitroom.line.guard import Beyond
from waitroom.shaping.verdict import Evidence, Verdict, judge, least_shown

REFUSE, CHALLENGE, SUSPECTS = Beyond.REFUSE, Beyond.CHALLENGE, Beyond.SUSPECTS
BITS = 18


@pytest.mark.parametrize(
    ("due", "shown", "over", "beyond", "expected"),
    [
        (0, 0, False, REFUSE, (Verdict.OK, 0)),
        (20, 0, False, REFUSE, (Verdict.CHALLENGE, 20)),
        (20, 0, True, REFUSE, (Verdict.CHALLENGE, 20)),  # what everyone owes comes first
        (20, 20, False, REFUSE, (Verdict.OK, 0)),
        (20, 18, False, REFUSE, (Verdict.OK, 0)),  # it rose while they worked
        (21, 18, False, REFUSE, (Verdict.CHALLENGE, 21)),
        (18, 17, False, REFUSE, (Verdict.CHALLENGE, 18)),  # never below the least
        (0, 0, True, REFUSE, (Verdict.REFUSE, 0)),
        (20, 20, True, REFUSE, (Verdict.REFUSE, 0)),  # work does not lift a limit
        (0, 26, True, REFUSE, (Verdict.REFUSE, 0)),
        (0, 0, True, SUSPECTS, (Verdict.SUSPECT, 0)),
        (20, 0, True, SUSPECTS, (Verdict.CHALLENGE, 20)),
        (20, 20, True, SUSPECTS, (Verdict.SUSPECT, 0)),
        (0, 0, True, CHALLENGE, (Verdict.CHALLENGE, 21)),
        (0, 18, True, CHALLENGE, (Verdict.CHALLENGE, 21)),
        (0, 21, True, CHALLENGE, (Verdict.OK, 0)),
        (20, 20, True, CHALLENGE, (Verdict.CHALLENGE, 23)),
        (20, 23, True, CHALLENGE, (Verdict.OK, 0)),
        (20, 21, True, CHALLENGE, (Verdict.OK, 0)),
        (22, 21, True, CHALLENGE, (Verdict.CHALLENGE, 25)),
    ],
)
def test_verdict(due: int, shown: int, over: bool, beyond: Beyond, expected: tuple[Verdict, int]) -> None:
    """First the challenge that everyone owes, then what stands beyond a limit."""
    assert expected == judge(Evidence(due, shown, over), beyond, BITS)


@pytest.mark.parametrize(("due", "expected"), [(0, 0), (18, 18), (19, 18), (20, 18), (21, 19), (26, 24)])
def test_an_older_challenge_may_be_a_little_easier(due: int, expected: int) -> None:
    """By two bits, never below the least difficulty; where nothing is owed nothing is asked."""
    assert expected == least_shown(due, BITS)
