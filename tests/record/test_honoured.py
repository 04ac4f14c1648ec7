"""A place is followed through the record: called, not yet, given up, drawn; or contradicted."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from tests.record.trial import FAR, ROOM, SEEDS, Trial
from waitroom.line.plan import Step, StepKind
from waitroom.record.honoured import Honoured, Told
from waitroom.record.reading import Stored
from waitroom.record.receipt import Receipt

pytestmark = pytest.mark.anyio


def followed(entries: list[Stored], receipt: Receipt) -> tuple[bool | None, set[Told], str]:
    honoured = Honoured(receipt)
    for entry in entries:
        honoured.feed(*entry)
    lines = honoured.lines()
    return honoured.is_honoured, {line.told for line in lines}, "; ".join(line.text for line in lines)


async def a_draw(redis: Redis) -> tuple[Trial, list[Stored], Receipt]:
    """A sale whose line was drawn and called, and the receipt of ticket 3 of before."""
    trial = Trial(redis, 3)
    await trial.begin()
    commitment = SEEDS.commit(ROOM, "sale")
    begin = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR, commitment=commitment)
    await trial.plan([begin, Step(FAR, StepKind.OPEN, "sale")])
    joined = await trial.store("general").join(9)
    event = await trial.store("general").event()
    receipt = Receipt(
        room=ROOM, epoch=joined.head.epoch, lane="general", number=3, event="sale", commitment=commitment,
        digest=event.digest, chain=await trial.reader.chain(), iat=joined.head.clock // 1000 + 1,
    )  # fmt: skip
    await trial.plan([Step(1, StepKind.OPEN, "sale", {"rate": "6000"})])
    await trial.learn_draw()
    for _ in range(4):
        await trial.redis.hincrby("waitroom:1:{room}:room", "wall", -500)
        await trial.advance()
    return trial, (await trial.recorded())[0], receipt


async def test_a_drawn_place_is_followed_to_its_turn(redis: Redis) -> None:
    """The turn follows from the published draw; a receipt that says another one is contradicted."""
    trial, entries, receipt = await a_draw(redis)
    turn = trial.draws["general"].turn_of(3)
    honoured, told, text = followed(entries, receipt)
    assert (True, {Told.OK}) == (honoured, told)
    assert f"the draw gives ticket 3 turn {turn}; turn {turn} was called at " in text
    assert (True, {Told.OK}) == followed(entries, receipt.model_copy(update={"turn": turn}))[:2]
    other = followed(entries, receipt.model_copy(update={"turn": turn + 1}))
    assert Told.WRONG in other[1] and f"the draw gives turn {turn}" in other[2]


async def test_a_draw_under_another_commitment_is_a_contradiction(redis: Redis) -> None:
    """What was promised before the opening is in the visitor's hand."""
    _, entries, receipt = await a_draw(redis)
    _, told, text = followed(entries, receipt.model_copy(update={"commitment": "ab" * 32}))
    assert Told.WRONG in told and "another commitment than the receipt names" in text


async def test_a_record_without_the_entry_of_the_receipt_is_another_one(redis: Redis) -> None:
    """Unless it does not go back as far."""
    _, entries, receipt = await a_draw(redis)
    other = receipt.model_copy(update={"chain": "0" * 40})
    assert Told.WRONG in followed(entries, other)[1]
    assert Told.WRONG not in followed(entries[4:], other)[1]
    assert Told.NOTE in followed(entries[4:], other)[1]


async def test_a_turn_that_is_not_called_yet_is_not_broken(redis: Redis) -> None:
    """It says how far the line is; after a reset it says who gave it up."""
    trial, entries, receipt = await a_draw(redis)
    later = receipt.model_copy(update={"number": 12, "commitment": "", "event": ""})
    honoured, told, text = followed(entries, later)
    assert (None, False) == (honoured, Told.WRONG in told)
    assert "turn 12 is not called yet: 9 were" in text
    await trial.reset()
    honoured, told, text = followed((await trial.recorded())[0], later)
    assert (False, True) == (honoured, Told.WRONG in told)
    assert "turn 12 was never called" in text and "by ops: a trial" in text
    assert True is followed((await trial.recorded())[0], receipt)[0]


async def test_without_a_record_nothing_is_said(redis: Redis) -> None:
    """Nor is anything of entries that no script wrote."""
    receipt = Receipt(room=ROOM, epoch=1, lane="general", number=1, iat=1)
    assert (None, {Told.NOTE}) == followed([], receipt)[:2]
    assert (None, {Told.NOTE}) == followed([("1-1", {"type": "called"}), ("x", {})], receipt)[:2]


async def test_what_became_of_the_place_is_told(redis: Redis) -> None:
    """Who let others pass, or left and came back, sees from the receipt why others of behind went before."""
    _, entries, receipt = await a_draw(redis)
    last_id, last = entries[-1]
    of_place = {"lane": "general", "number": "3", "turn": "2", "epoch": last["epoch"], "clock": last["clock"]}
    rested = (last_id, {"type": "rested", **of_place, "was": "granted", "ms": "600000"})
    undone = (last_id, {"type": "undone", **of_place, "called": "5"})
    another = (last_id, {"type": "undone", **of_place, "number": "4", "called": "5"})
    honoured, told, text = followed([*entries, rested, undone, another], receipt)

    assert (True, {Told.OK, Told.NOTE}) == (honoured, told)
    assert "place 3 of general, which was granted, lets others pass, for 10m at most" in text
    assert "whoever had left takes place 3 of general back" in text
    assert "place 4" not in text
