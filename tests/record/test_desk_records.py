"""What the support desk does is explained by the record, counted and named; what it did not do is no explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.record.trial import ROOM, audit
from waitroom.line import lua
from waitroom.line.keys import RoomKeys
from waitroom.line.memory import GENERAL
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome
from waitroom.record.audit import Audit
from waitroom.record.entries import Entry
from waitroom.record.findings import Promise
from waitroom.record.honoured import Honoured, Told
from waitroom.record.reading import RecordReader, Stored
from waitroom.record.receipt import Receipt
from waitroom.record.standing import Standing

pytestmark = pytest.mark.anyio

RULES = Rules(rate=600.0, mode=Mode.QUEUE, session_ms=60_000, keep_ms=6400, presence_ms=6000, entry_ms=4000)
WHY = "the phone died"


class Timed(LineStore):
    """A line whose time is in the test's hand: a tenth of a second lets one in."""

    clock = lua.SIMULATED_CLOCK


class Desk:
    """A room in which the desk helps."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.store = Timed(redis, ROOM)
        self.now = 1_800_000_000_000

    async def begin(self, waiting: int) -> None:
        await self.redis.set(lua.SIMULATED_CLOCK_KEY, self.now)
        await self.store.configure(RULES.for_file(), source="file", who="configuration file")
        await self.redis.hset(RoomKeys.of(ROOM).room, "tokens", "0")
        await self.store.join(waiting)

    async def let_in(self, *numbers: int) -> None:
        """Lets in as many as are named, and these come."""
        self.now += 100 * len(numbers)
        await self.redis.set(lua.SIMULATED_CLOCK_KEY, self.now)
        head = await self.store.advance()
        assert head.granted == len(numbers)
        for number in numbers:
            assert Outcome.ADMITTED is (await self.store.claim(number))[0]

    async def recorded(self) -> tuple[list[Stored], Standing]:
        reader = RecordReader(self.redis, ROOM, (GENERAL,))
        standing = await reader.standing()
        return [entry async for entry in reader.entries()], standing


def forged(entries: Sequence[Stored], standing: Standing) -> Audit:
    """The audit of a record whose chain was mended."""
    chain = ""
    mended: list[Stored] = []
    for entry_id, fields in entries:
        chain = Entry(entry_id, "", 0, 0, fields).chained_to(chain)
        mended.append((entry_id, {**fields, "chain": chain}))
    return audit(list(mended), replace(standing, chain=chain, length=len(mended)))


@pytest.fixture
async def desk(redis: Redis) -> Desk:
    """Ten wait; one who was 8th is let in first, one who was 2nd gave up and has the place again."""
    made = Desk(redis)
    await made.begin(10)
    await made.store.bring_forward(8, who="anna", why=WHY)
    await made.let_in(8)
    await made.store.leave(2)
    await made.store.reinstate(2, who="ben", why="pressed the wrong button")
    await made.let_in(1, 2)
    return made


async def test_what_the_desk_did_is_no_overtaking(desk: Desk) -> None:
    """It is counted, with who did it; everything else adds up."""
    replayed = audit(*await desk.recorded())
    assert [] == replayed.findings
    figures = replayed.figures
    assert (1, 1, {"anna": 1, "ben": 1}) == (figures.brought_forward, figures.reinstated, figures.desk)
    assert (0, 3, 1) == (figures.overtakes, figures.admitted, figures.late)


async def test_the_line_that_reaches_the_old_turn_explains_nothing_more(desk: Desk) -> None:
    """Who was let in at the front is passed over there, and nobody else can come late for it."""
    await desk.let_in(3, 4, 5, 6, 7, 9)
    entries, standing = await desk.recorded()
    assert [] == audit(entries, standing).findings
    last = max(at for at, (_, fields) in enumerate(entries) if fields["type"] == "called")
    entries[last] = (entries[last][0], {**entries[last][1], "late": "1", "to": "8"})
    found = {finding.promise for finding in forged(entries, standing).findings}
    assert Promise.ORDER in found


async def test_a_visitor_inside_whom_nobody_brought_forward_is_found(desk: Desk) -> None:
    """An entry that is taken out explains them no more."""
    entries, standing = await desk.recorded()
    without = [entry for entry in entries if entry[1]["type"] != "brought_forward"]
    texts = [finding.text for finding in forged(without, standing).findings]
    assert "ticket 8 of general is inside, and only 2 have been called" in texts
    assert any("came late to general who had not been passed over" in text for text in texts)


@pytest.mark.parametrize(
    ("kind", "change", "promise"),
    [
        ("brought_forward", {"why": ""}, Promise.RECORD),
        ("brought_forward", {"who": " "}, Promise.RECORD),
        ("brought_forward", {"turn": "0"}, Promise.ORDER),
        ("brought_forward", {"called": "4"}, Promise.ORDER),
        ("reinstated", {"why": ""}, Promise.RECORD),
        ("reinstated", {"is": "called"}, Promise.ORDER),
        ("reinstated", {"turn": "two"}, Promise.RECORD),
    ],
)
async def test_a_forged_word_of_the_desk_is_found(
    desk: Desk, kind: str, change: dict[str, str], promise: Promise
) -> None:
    """Each says who, why, and what fits the line at that moment."""
    entries, standing = await desk.recorded()
    mended = [
        (entry_id, {**fields, **(change if fields["type"] == kind else {})}) for entry_id, fields in entries
    ]
    assert promise in {finding.promise for finding in forged(mended, standing).findings}


async def test_a_receipt_tells_what_the_desk_did(desk: Desk) -> None:
    """To its own place, and how many it brought before it."""
    entries, standing = await desk.recorded()

    def notes(number: int) -> list[str]:
        receipt = Receipt(
            room=ROOM,
            epoch=standing.epoch,
            lane=GENERAL,
            number=number,
            turn=number,
            iat=standing.at_ms // 1000,
        )
        honoured = Honoured(receipt)
        for entry in entries:
            honoured.feed(*entry)
        return [text for told, text in honoured.lines() if told is Told.NOTE and "support desk" in text]

    (front,), (restored, passed), (others,), behind = (notes(number) for number in (8, 2, 5, 9))
    assert "the support desk brings place 8 of general to the front" in front
    assert "by anna: the phone died" in front
    assert "gives place 2 of general back, which was left: it waits for turn 2 again" in restored
    assert passed == others == "the support desk brought 1 who stood behind it to the front meanwhile"
    assert [] == behind
