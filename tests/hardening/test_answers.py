"""Answers that lie: 502 or visibly cut short, the connection dropped, and nothing of one visitor for another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.contract.harness import start_gateway
from tests.hardening.answer_trial import AnswerOutcome, complaints, hold_answers
from tests.hardening.answers.all_cases import CASES
from tests.hardening.logs import make_room
from tests.hardening.scripted import ScriptedOrigin

TOKENS = [(f"a{number:03}", case) for number, case in enumerate(CASES)]
ROOMS = [{"name": "elsewhere", "hosts": ["held.example"], "mode": "pause"}]
"""The shop's host is of no room, so that the shop's answers come back with nothing of a room's in them."""


@pytest.fixture(scope="module")
def outcomes(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, AnswerOutcome]]:
    """How every case went through one gateway, which was still well at the end."""
    origin = ScriptedOrigin({token: case.script for token, case in TOKENS})
    gateway = start_gateway(
        tmp_path_factory.mktemp("answers"), redis_url, origin.url, ROOMS,
        origin_response_timeout="1s", origin_idle_timeout="1s",
    )  # fmt: skip
    try:
        make_room(gateway.process)
        yield asyncio.run(hold_answers(gateway.port, origin, TOKENS))
        gateway.stop()
    finally:
        gateway.kill()


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_the_verdict_holds(outcomes: dict[str, AnswerOutcome], name: str) -> None:
    """An answer that is none becomes 502 or ends visibly early; the next visitors get their own answers."""
    outcome = outcomes[name]
    assert [] == complaints(outcome), f"{outcome.case.why} Script: {str(outcome.case.script)[:300]}"


def test_each_case_has_a_name_of_its_own() -> None:
    """And there are enough of them."""
    assert len(CASES) == len({case.name for case in CASES})
    assert len(CASES) >= 50
