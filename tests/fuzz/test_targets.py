"""Each fuzz target holds on what it begins with, and on what was found."""

from __future__ import annotations

import pytest

from tests.fuzz.findings import FINDINGS, Finding
from tests.fuzz.targets import TARGETS, run, seeds


@pytest.mark.parametrize("target", TARGETS)
def test_the_rules_hold_on_all_seeds(target: str) -> None:
    """What the hardening corpus has, and words at random, break no rule."""
    for data in seeds(target):
        run(target, data)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: f"{finding.target}-{finding.data[:40]!r}")
def test_what_was_found_stays_mended(finding: Finding) -> None:
    """An input that once broke a rule does so no more."""
    run(finding.target, finding.data)
