"""From a code to a place, to what became of it, and to help."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from waitroom.line.desk import Fate, Help, Spot
from waitroom.line.keys import RoomKeys
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.support.code import support_code
from waitroom.support.desk import SupportDesk
from waitroom.support.errors import AmbiguousCodeError, HelpRefusedError, NoPlaceError
from waitroom.support.place import Action

pytestmark = pytest.mark.anyio

LANES = ("general", "members")
RULES = Rules(
    rate=600.0, mode=Mode.QUEUE, weights="general:1 members:1", session_ms=60_000, keep_ms=6000, presence_ms=6000,
    entry_ms=4000,
)  # fmt: skip
SEEDS = Seeds(("a secret of the test",))
WHY = "the phone died"
FAR = 4_000_000_000_000


class House:
    """Two rooms in an empty Redis, and their desk. Nobody is let in but by hand."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.desk = SupportDesk(redis, {"drop": LANES, "other": ("general",)})
        memory = Memory(LANES)
        self.general, self.members = (LineStore(redis, "drop", lane, memory) for lane in LANES)
        self.other = LineStore(redis, "other")

    async def begin(self) -> None:
        for store in (self.general, self.other):
            await store.configure(
                replace(RULES, rate=0.001).for_file(), source="file", who="configuration file"
            )
        await self.allow(0)

    async def allow(self, places: int) -> None:
        """Lets so many in."""
        await self.redis.hset(RoomKeys.of("drop").room, "tokens", str(places))
        await self.general.advance()

    async def pass_time(self, ms: int) -> None:
        """Time passes in the first room."""
        while ms > 0:
            await self.redis.hincrby(RoomKeys.of("drop").room, "wall", -min(ms, 1000))
            await self.general.advance()
            ms -= 1000

    async def code(self, number: int, lane: str = GENERAL, room: str = "drop") -> str:
        """What the page of a number shows."""
        head = await {"drop": self.general, "other": self.other}[room].advance()
        return support_code(room, head.epoch, lane, number)


@pytest.fixture
async def house(redis: Redis) -> House:
    """Ten wait in general, six among the members, four in the other room."""
    made = House(redis)
    await made.begin()
    await made.general.join(10)
    await made.members.join(6)
    await made.other.join(4)
    return made


async def test_a_code_finds_room_lane_and_number(house: House) -> None:
    """And how the place stands, to whoever types it however."""
    code = await house.code(5, "members")
    found = await house.desk.find(code.lower().replace("-", " "))
    assert ("drop", "members", 5) == (found.place.room, found.place.lane, found.place.number)
    assert (Fate.WAITING, 5, 5, True) == (found.fate, found.turn, found.position, found.is_present)
    assert (Action.FRONT,) == found.actions
    assert code == found.place.code == found.members()["code"]


async def test_the_first_part_of_a_code_may_be_of_several_places(house: House) -> None:
    """They are told, and room or lane decide; a number that only one line has is of that one."""
    with pytest.raises(
        AmbiguousCodeError, match="may be of several places: ticket 4 of general in drop"
    ) as told:
        await house.desk.find("0004")
    assert 3 == len(told.value.places)
    assert "members" == (await house.desk.find("0004", lane="members")).place.lane
    assert "other" == (await house.desk.find("0004", room="other")).place.room
    assert ("drop", 9) == (
        (await house.desk.find("0009")).place.room,
        (await house.desk.find("0009")).place.number,
    )


@pytest.mark.parametrize(
    ("code", "where", "told"),
    [
        ("0005-ZZZ", {}, "no place has the code '0005-ZZZ': please check it for a slip"),
        ("00ZZ", {}, "no place has the code '00ZZ'"),
        ("0009", {"lane": "members"}, "no place in lane members has the code '0009'"),
        ("0009", {"room": "nowhere"}, "there is no room 'nowhere'; the rooms are drop, other"),
    ],
)
async def test_a_code_of_no_place(house: House, code: str, where: dict[str, str], told: str) -> None:
    """Is told as such."""
    with pytest.raises(NoPlaceError, match=told):
        await house.desk.find(code, room=where.get("room"), lane=where.get("lane"))


async def test_a_code_of_another_room_is_told_as_such(house: House) -> None:
    """With the places that have it."""
    code = await house.code(3)
    with pytest.raises(
        NoPlaceError, match=r"no place in other has the code .*: it is that of ticket 3 of general in drop"
    ):
        await house.desk.find(code, room="other")
    with pytest.raises(NoPlaceError) as told:
        await house.desk.find(code, lane="members")
    assert ["general"] == [place.lane for place in told.value.elsewhere]


async def test_a_code_with_a_slip_is_guessed(house: House) -> None:
    """It is named, and not taken; nothing is guessed of what nobody was given."""
    code = await house.code(3)
    wrong = code[:-1] + ("Z" if code[-1] != "Z" else "Y")
    with pytest.raises(NoPlaceError, match=f"please check it for a slip; was it {code}") as told:
        await house.desk.find(wrong)
    assert code in [place.code for place in told.value.near]
    far = support_code("drop", 1, GENERAL, 9_000_000)
    with pytest.raises(NoPlaceError) as none:
        await house.desk.find(far)
    assert () == none.value.near


async def test_a_code_of_an_earlier_life(house: House) -> None:
    """Its place is found in the record, with what ended it; it cannot be helped."""
    code = await house.code(5)
    await house.general.reset(who="carl", why="a rehearsal")
    await house.general.join(9)
    found = await house.desk.find(code)
    assert (None, 5, ()) == (found.fate, found.place.number, found.actions)
    (last,) = [each for each in found.history if each.kind == "reset"]
    assert ("carl", "a rehearsal") == (last.who, last.why)
    with pytest.raises(
        HelpRefusedError, match="ticket 5 of general in drop is of an earlier life of the line"
    ):
        await house.desk.restore(found.place, who="anna", why=WHY)
    with pytest.raises(HelpRefusedError):
        await house.desk.bring_forward(found.place, who="anna", why=WHY)


async def test_a_code_of_a_life_that_came_back(house: House) -> None:
    """Newcomers of in between have other numbers now: the code on their page still finds them."""
    code = await house.code(3)
    lost = house.general.memory.of_ticket(1_000_000, GENERAL, 50, 0)
    await LineStore(house.redis, "drop", GENERAL, Memory(LANES)).restore(lost)
    head = await house.general.advance()
    found = await house.desk.find(code)
    assert (1_000_000, 3 + head.offset) == (found.place.epoch, found.place.number)
    assert Fate.WAITING is found.fate


async def test_what_became_of_a_place_is_told(house: House) -> None:
    """When it was given out, called and missed, with what moved it in between, and by whom."""
    await house.allow(2)
    await house.general.join(1)
    await house.general.configure({"mode": "pause"}, source="live", who="ops", why="payment is slow")
    await house.general.configure({"mode": "queue"}, source="live", who="ops", why="it goes on")
    await house.desk.bring_forward(
        (await house.desk.find(await house.code(9))).place, who="ben", why="a wheelchair"
    )
    await house.allow(1)
    await house.pass_time(9000)
    others = [number for number in range(1, 12) if number != 11]
    await house.general.see(others)
    await house.allow(12)
    await house.general.join(1)
    await house.pass_time(9000)
    found = await house.desk.find(await house.code(11))
    assert Fate.MISSED is found.fate
    told = [(each.kind, each.text, each.who, each.why) for each in found.history]
    assert [
        ("changed", "changed: mode queue -> pause", "ops", "payment is slow"),
        ("changed", "changed: mode pause -> queue", "ops", "it goes on"),
    ] == told[:2]
    assert "called" == told[2][0]
    assert "turn 11 was called, with turns" in told[2][1]
    assert told[2][1].endswith("1 whom the support desk brought forward went before it")
    assert ("missed", "its holder could come in until about now, and did not") == told[3][:2]
    assert found.history[3].at_ms == found.history[2].at_ms + 6000
    assert found.joined_after_ms is not None
    assert found.joined_before_ms is not None
    assert found.joined_after_ms <= found.joined_before_ms


async def test_a_missed_place_is_restored(house: House) -> None:
    """By its own code, or by that of the place that its holder was given since."""
    await house.pass_time(9000)
    await house.allow(10)
    await house.allow(0)
    await house.pass_time(9000)
    new = (await house.general.join(1)).first
    await house.general.follow(new, Spot(GENERAL, 2))
    found = await house.desk.find(await house.code(new))
    assert found.came_from == found.place._replace(number=2)
    assert (Action.FRONT, Action.RESTORE) == found.actions
    restored = await house.desk.restore(found.place, who="anna", why=f"  {WHY}\n")
    assert (2, Fate.MISSED, True) == (restored.place.number, restored.was, restored.is_called)
    assert restored.instead_of is not None
    assert new == restored.instead_of.number
    after = await house.desk.look(restored.place)
    assert (Fate.CALLED, True) == (after.fate, after.is_helped)
    assert after.lasts_seconds <= 6
    word = after.history[-1]
    assert ("reinstated", "anna", WHY) == (word.kind, word.who, word.why)
    gone = await house.desk.look(found.place)
    assert (Fate.LEFT, restored.place, ()) == (gone.fate, gone.given_up_for, gone.actions)
    with pytest.raises(HelpRefusedError, match=r"and its holder has ticket 2 .* since, which was called"):
        await house.desk.restore(gone.place, who="anna", why=WHY)
    assert "reinstated" == gone.history[-1].kind


async def test_a_waiting_place_comes_to_the_front(house: House) -> None:
    """Its position is the first, also for the desk."""
    place = await house.desk.locate(await house.code(8))
    await house.desk.bring_forward(place, who="anna", why=WHY)
    found = await house.desk.look(place)
    assert (Fate.LATE, 1, True, ()) == (found.fate, found.position, found.is_helped, found.actions)
    with pytest.raises(HelpRefusedError, match="was called, and waits for the rate or for room") as refused:
        await house.desk.bring_forward(place, who="anna", why=WHY)
    assert Fate.LATE is refused.value.why


async def test_what_makes_no_sense_is_refused_in_words(house: House) -> None:
    """Nothing is changed by it."""
    waiting = await house.desk.locate(await house.code(3))
    never = waiting._replace(number=99)
    for place, told in (
        (waiting, "ticket 3 of general in drop waits in line"),
        (never, "ticket 99 .* was never given"),
    ):
        with pytest.raises(HelpRefusedError, match=told):
            await house.desk.restore(place, who="anna", why=WHY)
    with pytest.raises(HelpRefusedError, match=r"ticket 99 .* was never given out"):
        await house.desk.bring_forward(never, who="anna", why=WHY)
    assert 0 == await house.redis.hlen(RoomKeys.of("drop").desk)


async def test_who_came_in_by_a_later_place_is_told(house: House) -> None:
    """The desk sees which."""
    await house.general.leave(1)
    new = (await house.general.join(1)).first
    await house.general.follow(new, Spot(GENERAL, 1))
    await house.general.see(list(range(1, new + 1)))
    await house.allow(20)
    place = await house.desk.locate(await house.code(1))
    with pytest.raises(
        HelpRefusedError,
        match=r"ticket 1 of general in drop, and its holder has ticket 11 .* since, which is being let in",
    ):
        await house.desk.restore(place, who="anna", why=WHY)


@pytest.mark.parametrize(
    ("who", "why", "told"),
    [
        ("anna", " \n\t", "a reason must be given"),
        (" ", WHY, "it must be said who helps"),
        ("anna", "x" * 301, "a reason is at most 300 characters long"),
    ],
)
async def test_no_help_without_who_and_why(house: House, who: str, why: str, told: str) -> None:
    """Both are kept in the record."""
    place = await house.desk.locate(await house.code(3))
    for help_ in (house.desk.restore, house.desk.bring_forward):
        with pytest.raises(HelpRefusedError, match=told):
            await help_(place, who=who, why=why)


async def test_a_drawn_place_has_its_turn(house: House) -> None:
    """Before the draw nobody has one; afterwards it is what the draw gave, and what the desk goes by."""
    begin = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR, commitment=SEEDS.commit("drop", "sale"))
    plan = Plan((begin, Step(FAR, StepKind.OPEN, "sale")))
    await house.general.plan(plan.to_redis(), name="1", source="live", who="ops")
    await house.general.join(20)
    code = await house.code(4)
    before = await house.desk.find(code)
    assert (Fate.WAITING, None, None) == (before.fate, before.turn, before.position)
    with pytest.raises(HelpRefusedError, match="before the opening nobody is called") as refused:
        await house.desk.bring_forward(before.place, who="anna", why=WHY)
    assert Help.UNOPENED is refused.value.why
    await house.general.leave(7)
    assert not (await house.desk.restore(before.place._replace(number=7), who="anna", why=WHY)).is_called
    await house.general.plan(
        Plan((Step(1, StepKind.OPEN, "sale"),)).to_redis(), name="2", source="live", who="ops"
    )
    unread = await house.desk.find(code)
    assert (Fate.WAITING, None) == (unread.fate, unread.position)
    seed, as_committed = SEEDS.find("drop", await house.general.event())
    await house.general.reveal(seed.hex(), as_committed=as_committed)
    after = await house.desk.find(code)
    assert after.turn is not None
    assert after.turn == after.position
    assert f"its turn became {after.turn:,}" in next(
        each.text for each in after.history if each.kind == "drawn"
    )
    turns = {(await house.desk.look(after.place._replace(number=number))).turn for number in range(1, 21)}
    assert set(range(1, 21)) == turns
    await house.desk.bring_forward(after.place, who="anna", why=WHY)
    assert 1 == (await house.desk.look(after.place)).position


async def test_a_lane_of_a_gateway_with_another_file_is_found(house: House) -> None:
    """The desk knows what Redis knows."""
    vip = LineStore(house.redis, "drop", "vip", Memory((*LANES, "vip")))
    await vip.join(2)
    assert "vip" == (await house.desk.find(await house.code(2, "vip"))).place.lane


async def test_looking_changes_nothing(house: House) -> None:
    """Neither the record nor the line."""
    log = RoomKeys.of("drop").log
    before = await house.redis.xlen(log), await house.redis.hgetall(RoomKeys.of("drop").room)
    for number in (1, 4, 9):
        await house.desk.find(f"{number:04}", room="drop", lane=GENERAL)
    after = await house.redis.xlen(log), await house.redis.hgetall(RoomKeys.of("drop").room)
    assert before == after


async def test_each_look_begins_with_nothing_in_mind(house: House) -> None:
    """A desk that stood open for hours tells an emptied Redis nothing of what it knew."""
    await house.desk.find("0001", room="drop", lane=GENERAL)
    await house.redis.flushall()
    with pytest.raises(NoPlaceError):
        await house.desk.find("0001", room="drop", lane=GENERAL)
    assert [] == await house.redis.keys("*")
