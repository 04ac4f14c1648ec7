"""At most one line a second of each kind."""

from __future__ import annotations

import logging

import pytest

from waitroom.complaints import Complaints


def test_what_is_left_out_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    """The next line of the same kind tells how many there were in between; another kind is not concerned."""
    now = 5.0
    complaints = Complaints(logging.getLogger("waitroom.test"), clock=lambda: now)
    for number in range(4):
        complaints.warn("shop", "%s failed", number)
    complaints.warn("line", "gone")
    now += 0.9
    complaints.warn("shop", "%s failed", "again")
    now += 0.1
    complaints.warn("shop", "100%% of %s failed", "them")
    now += 5
    complaints.warn("shop", "%s failed", "the last")
    expected = ["0 failed", "gone", "100% of them failed (and 4 more)", "the last failed"]
    assert expected == caplog.messages
