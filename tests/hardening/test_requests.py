"""Malformed and ambiguous requests: none reaches the origin, and what does can be read in one way only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.contract.harness import start_gateway
from tests.hardening.corpus.all_cases import CASES
from tests.hardening.judging import complaints
from tests.hardening.logs import make_room
from tests.hardening.origin import RecordingOrigin
from tests.hardening.trial import MANNERS, Trial, hold

ROOMS = [
    {"name": "open", "hosts": ["shop.example"], "mode": "pass"},
    {"name": "held", "hosts": ["held.example"], "mode": "pause"},
    {"name": "drop", "hosts": ["shop.example"], "paths": ["/drop/*"], "mode": "pause"},
]


@pytest.fixture(scope="module")
def gateway_complaints() -> list[str]:
    """What the gateway wrote about itself that it should not have had to; filled when the trial is over."""
    return []


@pytest.fixture(scope="module")
def trial(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory, gateway_complaints: list[str]
) -> Iterator[Trial]:
    """Every case, sent to one gateway."""
    origin = RecordingOrigin()
    gateway = start_gateway(tmp_path_factory.mktemp("hardening"), redis_url, origin.url, ROOMS)
    try:
        make_room(gateway.process)
        held = asyncio.run(hold(gateway.port, origin, CASES))
        try:
            gateway.stop()
        except AssertionError as error:
            gateway_complaints.append(str(error))
        yield held
    finally:
        gateway.kill()


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_the_verdict_holds(trial: Trial, name: str, manner: str) -> None:
    """A request is refused with the connection closed and nothing of it sent on, or arrives in one clear form."""
    outcome = trial.outcomes[name, manner]
    assert [] == complaints(outcome), f"{outcome.case.why} Sent: {outcome.case.raw[:300]!r}"


def test_nothing_arrives_that_is_of_no_case(trial: Trial) -> None:
    """The origin sees no bytes that no visitor sent, and never two visitors' bytes on a request."""
    assert [] == [arrival.data[:200] for arrival in trial.orphans]


def test_the_gateway_takes_it_calmly(trial: Trial, gateway_complaints: list[str]) -> None:
    """Whatever was sent, it logs no traceback, and stops well when told to."""
    assert trial.outcomes
    assert [] == gateway_complaints


def test_each_case_has_a_name_of_its_own() -> None:
    """And there are enough of them."""
    assert len(CASES) == len({case.name for case in CASES})
    assert len(CASES) >= 150
