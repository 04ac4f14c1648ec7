"""What the line really does, the audit finds right."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.record.trial import Trial, audit
from waitroom.record.audit import SettingsBefore
from waitroom.record.entries import LOG_LENGTH

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("seed", range(12))
async def test_a_right_record_is_found_right(redis: Redis, seed: int) -> None:
    """Whatever happens to a room, in whatever order: nothing is found, at the end and on the way."""
    trial = Trial(redis, seed)
    await trial.begin()
    for _ in range(4):
        await trial.run(60)
        replayed = audit(*await trial.recorded())
        assert [] == replayed.findings
        assert 0 == replayed.figures.unknown


@pytest.mark.parametrize("seed", range(100, 106))
async def test_a_record_whose_beginning_is_cut_off_is_found_right(redis: Redis, seed: int) -> None:
    """What is left of a long record is judged by itself, from the settings that held when it begins."""
    trial = Trial(redis, seed)
    await trial.begin()
    await trial.run(150)
    entries, standing = await trial.recorded()
    standing = replace(standing, length=LOG_LENGTH)
    for cut in range(1, len(entries), max(len(entries) // 12, 1)):
        left = entries[cut:]
        before = SettingsBefore()
        for entry in left:
            before.feed(*entry)
        assert [] == audit(left, standing, before.of(standing)).findings
