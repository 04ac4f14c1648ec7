"""A record in which something is wrong is found wrong, under the promise that was broken.

Whoever can write to Redis can chain a forged record anew: each forgery is looked at with its chain mended, too, but
for those that nothing else would show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from tests.record.trial import FAR, ROOM, SEEDS, Trial, audit
from waitroom.line.plan import Step, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.record.audit import Audit
from waitroom.record.entries import Entry
from waitroom.record.findings import Promise
from waitroom.record.reading import Stored
from waitroom.record.standing import Standing

Forged = list[tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Record:
    """A right record, and how the room stands."""

    entries: tuple[Stored, ...]
    standing: Standing

    def copy(self) -> Forged:
        return [(entry_id, dict(fields)) for entry_id, fields in self.entries]

    def places(self, **wanted: str) -> list[int]:
        """Where entries stand that have these fields."""
        return [place for place, (_, fields) in enumerate(self.entries) if wanted.items() <= fields.items()]


def chained(entries: Forged) -> Forged:
    """The same, with each entry chained to the one before."""
    chain, mended = "", []
    for entry_id, fields in entries:
        chain = Entry(entry_id, "", 0, 0, fields).chained_to(chain)
        mended.append((entry_id, {**fields, "chain": chain}))
    return mended


def judged(record: Record, forged: Forged, *, mended: bool = True) -> Audit:
    """The audit of a forged record. With its chain mended it also ends as Redis has it."""
    standing = record.standing
    if mended:
        forged = chained(forged)
        standing = replace(standing, chain=forged[-1][1]["chain"], length=len(forged))
    return audit(list(forged), standing)


def promises(replayed: Audit) -> set[Promise]:
    return {finding.promise for finding in replayed.findings}


async def live(redis: Redis) -> Record:
    """A sale: people wait before the opening, are drawn, called, some late; the dial is turned, the room paused."""
    trial = Trial(redis, 1)
    trial.rules = Rules(
        rate=600.0, mode=Mode.QUEUE, capacity=60, burst_ms=1000, weights="general:1 members:2.5 suspects:0",
        session_ms=4000, keep_ms=60_000, presence_ms=3000, entry_ms=1500,
    )  # fmt: skip
    await trial.begin()
    commitment = SEEDS.commit(ROOM, "sale")
    begin = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR, commitment=commitment)
    await trial.plan([begin, Step(FAR, StepKind.OPEN, "sale")])
    for _ in range(6):
        await trial.join()
    await trial.plan([Step(FAR - 1, StepKind.OPEN, "sale")])
    await trial.plan(
        [Step(1, StepKind.OPEN, "sale", {"rate": "1200"}), Step(FAR, StepKind.SET, "end", {"rate": "1"})]
    )
    await trial.learn_draw()
    await work(trial, 12)
    await trial.store().configure({"rate": "300"}, source="live", who="ops", why="payment is slow")
    await work(trial, 12)
    await trial.store().configure({"mode": "pause"}, source="live", who="ops", why="stock is counted")
    await trial.store().configure({"mode": "queue"}, source="live", who="ops", why="and goes on")
    await work(trial, 12)
    await trial.store().configure({"mode": "pass"}, source="live", who="ops")
    await trial.join()
    await trial.store().configure({"mode": "queue"}, source="live", who="ops")
    await trial.reset()
    await work(trial, 12)
    entries, standing = await trial.recorded()
    return Record(tuple(entries), standing)


async def work(trial: Trial, ticks: int) -> None:
    """People join, wait, are called, and come."""
    for tick in range(ticks):
        if tick % 3 == 0:
            await trial.join()
        await trial.claim()
        await trial.see()
        await trial.redis.hincrby("waitroom:1:{room}:room", "wall", -300)
        await trial.advance()


@pytest.fixture(scope="module")
def record(redis_url: str) -> Record:
    async def run() -> Record:
        async with Redis.from_url(redis_url) as redis:
            await redis.flushall()
            return await live(redis)

    return asyncio.run(run())


def test_the_record_itself_is_right(record: Record) -> None:
    """Nothing is found in what these tests forge, as it is and with its chain mended; and it has all that they need."""
    assert [] == audit(list(record.entries), record.standing).findings
    assert [] == judged(record, record.copy()).findings
    kinds = {fields["type"] for _, fields in record.entries}
    wanted = "began begun called changed drawn moved opened passed planned reset revealed"
    assert set(wanted.split()) <= kinds
    assert any(int(fields.get("late", 0)) for _, fields in record.entries)


@given(data=st.data())
def test_no_entry_can_be_touched(record: Record, data: st.DataObject) -> None:
    """An entry that was left out, repeated, moved, or changed in any field: the chain shows it."""
    forged = record.copy()
    place = data.draw(st.integers(0, len(forged) - 1))
    match data.draw(st.sampled_from(["leave out", "repeat", "move", "change"])):
        case "leave out":
            del forged[place]
        case "repeat":
            forged.insert(place, forged[place])
        case "move":
            other = data.draw(st.integers(0, len(forged) - 1).filter(lambda at: at != place))
            forged[place], forged[other] = (
                (forged[place][0], forged[other][1]),
                (forged[other][0], forged[place][1]),
            )
        case "change":
            fields = forged[place][1]
            name = data.draw(st.sampled_from(sorted(fields)))
            fields[name] = data.draw(st.text(max_size=9).filter(lambda text: text != fields[name]))
    assert Promise.RECORD in promises(judged(record, forged, mended=False))


def test_nothing_that_changed_the_line_can_be_left_out(record: Record) -> None:
    """Even with the chain mended, each opening, change, call and draw that was left out is missed by what it led to."""
    kinds = {"begun", "called", "changed", "drawn", "opened", "passed", "revealed"}
    for place, (_, fields) in enumerate(record.entries):
        if fields["type"] in kinds:
            forged = record.copy()
            del forged[place]
            assert [] != judged(record, forged).findings, fields


def test_a_record_whose_end_was_cut_off_is_found(record: Record) -> None:
    """The room knows what was written last."""
    assert Promise.RECORD in promises(judged(record, record.copy()[:-1], mended=False))
    assert Promise.RECORD in promises(judged(record, record.copy()[5:], mended=False))


Forge = Callable[[Record, Forged], None]


def _first(record: Record, **wanted: str) -> int:
    return record.places(**wanted)[0]


def _calls(record: Record) -> Iterator[int]:
    return (at for at in record.places(type="called") if record.entries[at][1]["granted"] != "0")


def widen(record: Record, forged: Forged) -> None:
    fields = forged[next(_calls(record))][1]
    fields["to"] = str(int(fields["to"]) + 3)


def skip(record: Record, forged: Forged) -> None:
    fields = forged[list(_calls(record))[3]][1]
    fields["from"] = str(int(fields["from"]) + 1)


def call_twice(record: Record, forged: Forged) -> None:
    fields = forged[list(_calls(record))[3]][1]
    fields["from"] = str(int(fields["from"]) - 1)


def call_who_has_no_number(record: Record, forged: Forged) -> None:
    fields = forged[next(_calls(record))][1]
    fields["issued"] = str(int(fields["to"]) - 1)


def let_in_late_who_was_not_passed_over(record: Record, forged: Forged) -> None:
    fields = forged[next(_calls(record))][1]
    fields["late"] = fields["granted"] = str(int(fields["granted"]) + 500)


def let_in_more_than_were_called(record: Record, forged: Forged) -> None:
    fields = forged[next(_calls(record))][1]
    fields["granted"] = str(int(fields["to"]) - int(fields["from"]) + 1)


def raise_granted(record: Record, forged: Forged) -> None:
    for at in list(_calls(record))[:2]:
        fields = forged[at][1]
        fields["granted"], fields["to"], fields["issued"] = "90", str(int(fields["from"]) + 90), "999"


def lower_the_rate_afterwards(record: Record, forged: Forged) -> None:
    at = _first(record, type="changed", why="sale", who="schedule")
    forged[at][1]["rate"] = forged[at][1]["rate"].replace("1200", "12")
    forged[at - 2][1]["plan"] = ""


def say_that_places_came_back(record: Record, forged: Forged) -> None:
    for at in record.places(type="called"):
        forged[at][1]["no_shows"] = str(int(forged[at][1]["no_shows"]) + 400)


def say_that_places_were_given_up(record: Record, forged: Forged) -> None:
    for at in record.places(type="called"):
        forged[at][1]["given_back"] = str(int(forged[at][1]["given_back"]) + 400)


def let_in_to_a_full_room(record: Record, forged: Forged) -> None:
    forged[next(_calls(record))][1]["inside"] = "61"


def let_in_while_paused(record: Record, forged: Forged) -> None:
    paused, goes_on = record.places(type="changed", who="ops")[1:3]
    call = next(at for at in _calls(record) if at > goes_on)
    forged[paused + 1 : paused + 1] = [forged.pop(call)]


def let_in_before_the_opening(record: Record, forged: Forged) -> None:
    opened, call = _first(record, type="opened"), next(_calls(record))
    forged[call + 1 : call + 1] = [forged[opened]]
    del forged[opened]


def open_early(record: Record, forged: Forged) -> None:
    at = record.places(type="planned")[-1]
    forged[at][1]["plan"] = forged[at][1]["plan"].replace("1\n", f"{FAR - 2}\n", 1)


def let_through_without_the_mode(record: Record, forged: Forged) -> None:
    at = _first(record, type="changed", mode="queue -> pass")
    passed = _first(record, type="passed")
    forged[at : at + 2], forged[passed : passed + 1] = [], []
    forged.insert(at, record.copy()[passed])


def change_the_seed(record: Record, forged: Forged) -> None:
    forged[_first(record, type="revealed")][1]["seed"] = "ab" * 32


def change_the_commitment(record: Record, forged: Forged) -> None:
    forged[_first(record, type="begun")][1]["commitment"] = "cd" * 32


def commit_afterwards(record: Record, forged: Forged) -> None:
    for at in record.places(type="drawn"):
        forged[at][1]["commitment"] = "cd" * 32


def admit_that_the_seed_is_another(record: Record, forged: Forged) -> None:
    forged[_first(record, type="revealed")][1]["as_committed"] = "0"


def draw_fewer(record: Record, forged: Forged) -> None:
    forged[_first(record, type="drawn", lane="general")][1]["count"] = "2"


def draw_from_the_middle(record: Record, forged: Forged) -> None:
    forged[_first(record, type="drawn")][1]["first"] = "3"


def change_the_digest(record: Record, forged: Forged) -> None:
    for at in record.places(type="drawn"):
        forged[at][1]["digest"] = "1" * 40


def call_in_another_order(record: Record, forged: Forged) -> None:
    at = next(at for at in record.places(type="called") if record.entries[at][1]["drawn"])
    forged[at][1]["drawn"] = "2" * 40


def never_publish(record: Record, forged: Forged) -> None:
    del forged[_first(record, type="revealed")]


def take_out_who(record: Record, forged: Forged) -> None:
    del forged[record.places(type="changed", who="ops")[0]][1]["who"]


def say_nobody(record: Record, forged: Forged) -> None:
    forged[_first(record, type="reset")][1]["who"] = " "


def change_what_was_before(record: Record, forged: Forged) -> None:
    forged[record.places(type="changed", why="payment is slow")[0]][1]["rate"] = "1000 -> 300"


def schedule_what_nobody_planned(record: Record, forged: Forged) -> None:
    at = _first(record, type="changed", who="schedule")
    forged[at][1]["rate"] = "600 -> 1300"


def turn_the_clock_back(record: Record, forged: Forged) -> None:
    forged[-1][1]["clock"] = "17"


def begin_anew_in_between(record: Record, forged: Forged) -> None:
    forged.insert(4, (forged[4][0], dict(forged[0][1])))


def another_life_without_a_reset(record: Record, forged: Forged) -> None:
    forged[:] = [entry for entry in forged if entry[1]["type"] != "reset"]


@pytest.mark.parametrize(
    ("promise", "forge"),
    [
        (Promise.ORDER, widen),
        (Promise.ORDER, skip),
        (Promise.ORDER, call_twice),
        (Promise.ORDER, call_who_has_no_number),
        (Promise.ORDER, let_in_late_who_was_not_passed_over),
        (Promise.ORDER, let_in_more_than_were_called),
        (Promise.RATE, raise_granted),
        (Promise.RATE, lower_the_rate_afterwards),
        (Promise.RATE, say_that_places_came_back),
        (Promise.RATE, say_that_places_were_given_up),
        (Promise.CAPACITY, let_in_to_a_full_room),
        (Promise.DOOR, let_in_while_paused),
        (Promise.DOOR, let_in_before_the_opening),
        (Promise.DOOR, open_early),
        (Promise.DOOR, let_through_without_the_mode),
        (Promise.DRAW, change_the_seed),
        (Promise.DRAW, change_the_commitment),
        (Promise.DRAW, commit_afterwards),
        (Promise.DRAW, admit_that_the_seed_is_another),
        (Promise.DRAW, draw_fewer),
        (Promise.DRAW, draw_from_the_middle),
        (Promise.DRAW, change_the_digest),
        (Promise.DRAW, call_in_another_order),
        (Promise.DRAW, never_publish),
        (Promise.RECORD, take_out_who),
        (Promise.RECORD, say_nobody),
        (Promise.RECORD, change_what_was_before),
        (Promise.RECORD, schedule_what_nobody_planned),
        (Promise.RECORD, turn_the_clock_back),
        (Promise.RECORD, begin_anew_in_between),
        (Promise.RECORD, another_life_without_a_reset),
    ],
    ids=lambda of: of.__name__ if callable(of) else None,
)
def test_each_forgery_is_found_under_its_promise(record: Record, promise: Promise, forge: Forge) -> None:
    """Whoever forges an entry, and chains the record anew, is found by what the entries say."""
    forged = record.copy()
    forge(record, forged)
    assert promise in promises(judged(record, forged))


def test_what_was_set_behind_the_records_back_is_found(record: Record) -> None:
    """A setting, a counter, a call or a visitor that Redis has, and the record does not explain."""
    standing = record.standing
    changed: list[Mapping[str, object]] = [
        {"settings": {**standing.settings, "rate": "6000"}},
        {"admitted": standing.admitted + 1},
        {"called": {**standing.called, "general": standing.called["general"] + 1}},
        {"epoch": standing.epoch + 1},
        {"chain": "0" * 40},
    ]
    for change in changed:
        replayed = audit(list(record.entries), replace(standing, **change))  # type: ignore[arg-type]
        assert {Promise.RECORD} == promises(replayed), change


NAMES = ["type", "epoch", "clock", "lane", "from", "to", "granted", "seed", "event", "plan", "rate"]
VALUES = ["called", "drawn", "revealed", "planned", "changed", "9", "general", "a -> b"]


@given(fields=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=5) | st.sampled_from(VALUES)))
def test_whatever_was_written_is_judged(fields: dict[str, str]) -> None:
    """An entry of any form is a finding, never an error."""
    replayed = Audit(ROOM)
    replayed.replay([("1-1", fields), ("x", fields), ("2-0", {**fields, "epoch": "1", "clock": "5"})])
    assert Promise.RECORD in promises(replayed)
