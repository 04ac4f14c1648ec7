"""Who gets a slot at the shop, and who waits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from waitroom.shaping.flows import Phase, Slot
from waitroom.shaping.limiter import Budget, Limiter

CHECKOUT, SEARCH, BROWSE = range(3)
_NEW = count()
BUDGETS = (Budget("checkout", 0.4), Budget("search", 0.2, most=0.5), Budget("browse", 0.1))


def limiter(limit: int, *, queue: int = 1000, visitor_share: float = 1.0) -> Limiter:
    """One with the three classes."""
    return Limiter(limit, BUDGETS, queue=queue, visitor_share=visitor_share)


def crowd(limited: Limiter, kind: int, size: int) -> list[Slot]:
    """As many different visitors who ask for a class, one after the other."""
    return [limited.ask(kind, next(_NEW)) for _ in range(size)]


def phases(slots: Sequence[Slot]) -> list[str]:
    """What has become of them."""
    return [slot.phase.name for slot in slots]


def served_in_turn(limited: Limiter, slots: list[Slot]) -> list[Slot]:
    """Those who waited, in the order in which they are served when one leaves after the other."""
    order: list[Slot] = []
    for slot in slots:
        if slot.phase is Phase.WAITING:
            slot.told = partial(order.append, slot)
    held = [slot for slot in slots if slot.phase is Phase.HELD]
    while held:
        limited.leave(held.pop(0))
        held += [slot for slot in order if slot.phase is Phase.HELD and slot not in held]
    return order


def test_no_more_than_the_limit_at_once() -> None:
    """The others wait, and are served in the order in which they came."""
    limited = limiter(2)
    slots = crowd(limited, BROWSE, 5)
    assert ["HELD", "HELD", "WAITING", "WAITING", "WAITING"] == phases(slots)
    assert slots[2:] == served_in_turn(limited, slots)
    assert (0, 0) == (limited.held, limited.waiting)


def test_checkout_is_served_first() -> None:
    """However many browse, and however long they have waited."""
    limited = limiter(10)
    browsing = crowd(limited, BROWSE, 60)
    paying = crowd(limited, CHECKOUT, 20)
    order = served_in_turn(limited, [*browsing, *paying])
    assert max(map(order.index, paying)) <= 25


def test_browsing_keeps_its_share_under_a_flood_of_checkouts() -> None:
    """One slot of ten is its own: when that is left, the next who browses has it, and nobody more."""
    limited = limiter(10)
    paying = crowd(limited, CHECKOUT, 10)
    waiting, browsing = crowd(limited, CHECKOUT, 1000), crowd(limited, BROWSE, 50)
    limited.leave(paying[0])
    assert "HELD" == browsing[0].phase.name
    limited.leave(paying[1])
    assert ("WAITING", "HELD") == (browsing[1].phase.name, waiting[0].phase.name)
    limited.leave(browsing[0])
    assert "HELD" == browsing[1].phase.name


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7])
def test_a_share_of_less_than_a_slot_is_given_in_turns(limit: int) -> None:
    """Of all that are served while everybody waits, no class gets much less than its share."""
    limited = limiter(limit)
    slots = [slot for kind in range(3) for slot in crowd(limited, kind, 400)]
    counted = Counter(slot.kind for slot in served_in_turn(limited, slots)[:400])
    for kind, budget in enumerate(BUDGETS):
        assert counted[kind] >= budget.share * 400 - limit - 1, counted


def test_a_share_that_nobody_uses_is_for_all() -> None:
    """No slot stays free while somebody could have it."""
    assert ["HELD"] * 10 == phases(crowd(limiter(10), BROWSE, 10))


def test_a_class_never_exceeds_its_most() -> None:
    """Half of the slots stay free for others when nobody but search asks; newcomers of another class have them."""
    limited = limiter(10)
    searching = crowd(limited, SEARCH, 20)
    assert ["HELD"] * 5 + ["WAITING"] * 15 == phases(searching)
    assert ["HELD"] * 5 == phases(crowd(limited, BROWSE, 5))
    limited.leave(searching[0])
    assert "HELD" == searching[5].phase.name


def test_visitors_take_turns() -> None:
    """Fifty requests of one visitor put nobody else back by more than one."""
    limited = limiter(1)
    first = limited.ask(BROWSE, "first")
    greedy = [limited.ask(BROWSE, "greedy") for _ in range(50)]
    others = [limited.ask(BROWSE, number) for number in range(5)]
    order = served_in_turn(limited, [first, *greedy, *others])
    assert [greedy[0], *others, *greedy[1:]] == order


def test_one_visitor_holds_no_more_than_a_part() -> None:
    """Also when nobody else is there: who comes next finds slots free. When one is given back the next has it."""
    limited = limiter(8, visitor_share=0.25)
    greedy = [limited.ask(BROWSE, "greedy") for _ in range(10)]
    assert ["HELD"] * 2 + ["WAITING"] * 8 == phases(greedy)
    assert "HELD" == limited.ask(CHECKOUT, "other").phase.name
    limited.leave(greedy[0])
    assert "HELD" == greedy[2].phase.name


def test_a_visitor_counts_over_all_classes() -> None:
    """A slot that they give back in one lets them on in another."""
    limited = limiter(2, visitor_share=0.5)
    browsing = limited.ask(BROWSE, "visitor")
    paying = limited.ask(CHECKOUT, "visitor")
    assert "WAITING" == paying.phase.name
    limited.leave(browsing)
    assert "HELD" == paying.phase.name


def test_a_full_queue_refuses_at_once() -> None:
    """Nobody who waits fairly is sent away for another; other classes have queues of their own."""
    limited = limiter(1, queue=2)
    slots = crowd(limited, BROWSE, 4)
    assert ["HELD", "WAITING", "WAITING", "REFUSED"] == phases(slots)
    assert "WAITING" == limited.ask(CHECKOUT, "c").phase.name


def test_a_full_queue_makes_room_at_the_expense_of_who_has_most() -> None:
    """Their last request is refused, and told so."""
    limited = limiter(1, queue=4)
    limited.ask(BROWSE, "first")
    greedy = [limited.ask(BROWSE, "greedy") for _ in range(4)]
    told: list[Slot] = []
    greedy[-1].told = lambda: told.append(greedy[-1])
    other = limited.ask(BROWSE, "other")
    assert "WAITING" == other.phase.name
    assert ["WAITING"] * 3 + ["REFUSED"] == phases(greedy)
    assert [greedy[-1]] == told


def test_no_queue_at_all() -> None:
    """Nobody waits: who finds no slot is refused."""
    limited = limiter(1, queue=0)
    assert ["HELD", "REFUSED"] == phases(crowd(limited, BROWSE, 2))


def test_a_lower_limit_takes_nothing_from_those_who_hold_a_slot() -> None:
    """It is reached as they leave; a higher one serves those who wait at once."""
    limited = limiter(4)
    slots = crowd(limited, BROWSE, 6)
    limited.limit = 1
    assert ["HELD"] * 4 + ["WAITING"] * 2 == phases(slots)
    for slot in slots[:3]:
        limited.leave(slot)
    assert (1, "WAITING") == (limited.held, slots[4].phase.name)
    limited.limit = 3
    assert ["HELD"] * 3 == phases(slots[3:])


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    """And changes nothing."""
    limited = limiter(2)
    with pytest.raises(ValueError, match="at least 1"):
        limited.limit = limit
    assert 2 == limited.limit
    with pytest.raises(ValueError, match="at least 1"):
        limiter(limit)


class _Rules:
    """The rules as they are told to people, on plain lists: what the limiter must do, however slowly."""

    def __init__(self, limit: int, queue: int, visitor_share: float) -> None:
        self.queue = queue
        self.visitor_share = visitor_share
        self.limit = limit
        self.held: list[tuple[int, int, str]] = []
        self.lines: list[list[list[tuple[int, int, str]]]] = [[], [], []]
        """By class, the visitors in the order of their turns, each with their requests (name, class, visitor)."""
        self.owed = [0.0, 0.0, 0.0]

    def _count(self, kind: int) -> int:
        return sum(each[1] == kind for each in self.held)

    def _may_hold(self, kind: int, who: str) -> bool:
        most = max(1, math.floor(BUDGETS[kind].most * self.limit + 1e-9))
        of_visitor = max(1, math.ceil(self.visitor_share * self.limit - 1e-9))
        return self._count(kind) < most and sum(each[2] == who for each in self.held) < of_visitor

    def ask(self, name: int, kind: int, who: str) -> tuple[str, int | None]:
        """What becomes of it, and the name of one who must give way."""
        line = self.lines[kind]
        if len(self.held) < self.limit and self._may_hold(kind, who):
            self.held.append((name, kind, who))
            return "HELD", None
        gives_way = None
        own = next((flow for flow in line if flow[0][2] == who), [])
        if sum(map(len, line)) >= self.queue:
            if max(map(len, line), default=0) <= len(own) + 1:
                return "REFUSED", None
            gives_way = -1
        if not line:
            self.owed[kind] = 0.0
        if not own:
            line.append(own)
        own.append((name, kind, who))
        return "WAITING", gives_way

    def longest(self, kind: int, *, but: int) -> set[int]:
        """The last requests of those who have most waiting, the newcomer not counted."""
        lasts = [[each for each in flow if each[0] != but] for flow in self.lines[kind]]
        most = max(map(len, lasts))
        return {flow[-1][0] for flow in lasts if len(flow) == most}

    def drop(self, name: int) -> None:
        """It is gone, wherever it was."""
        self.held = [each for each in self.held if each[0] != name]
        for line in self.lines:
            for flow in line:
                flow[:] = [each for each in flow if each[0] != name]
            line[:] = [flow for flow in line if flow]

    def could(self) -> dict[int, list[int]]:
        """By class, the visitors' next requests that could be served now."""
        if len(self.held) >= self.limit:
            return {}
        return {
            kind: firsts
            for kind, line in enumerate(self.lines)
            if (firsts := [flow[0][0] for flow in line if self._may_hold(kind, flow[0][2])])
        }

    def next_class(self) -> int | None:
        """The class that is served next."""
        ready = sorted(self.could())
        if not ready:
            return None
        chosen = next((kind for kind in ready if self._is_owed(kind)), ready[0])
        for kind, line in enumerate(self.lines):
            if line:
                self.owed[kind] = min(2.0, self.owed[kind] + BUDGETS[kind].share)
        self.owed[chosen] = max(0.0, self.owed[chosen] - 1)
        return chosen

    def _is_owed(self, kind: int) -> bool:
        share = BUDGETS[kind].share * self.limit
        whole = math.floor(share + 1e-9)
        return self._count(kind) < whole + (share - whole > 1e-9 and self.owed[kind] >= 1 - 1e-9)

    def serve(self, name: int) -> None:
        """It holds a slot."""
        for line in self.lines:
            for flow in line:
                if flow[0][0] == name:
                    self.held.append(flow.pop(0))
                    line.remove(flow)
                    if flow:
                        line.append(flow)
                    return
        raise AssertionError(f"{name} was not next in any flow")


class LimiterMachine(RuleBasedStateMachine):
    """The limiter does what the rules say, whatever happens in whatever order."""

    slots = Bundle("slots")
    visitor_share = 0.5

    def __init__(self) -> None:
        super().__init__()
        self.limited = limiter(3, queue=6, visitor_share=self.visitor_share)
        self.model = _Rules(3, 6, self.visitor_share)
        self.names = count()
        self.all: dict[int, Slot] = {}
        self.told: list[int] = []

    @rule(target=slots, kind=st.sampled_from(range(3)), who=st.sampled_from("abcde"))
    def ask(self, kind: int, who: str) -> int:
        """A request comes."""
        name = next(self.names)
        self.told.clear()
        slot = self.limited.ask(kind, who)
        expected, gives_way = self.model.ask(name, kind, who)
        assert expected == slot.phase.name
        if gives_way is not None:
            [refused] = self.told
            assert "REFUSED" == self.all[refused].phase.name
            assert refused in self.model.longest(kind, but=name)
            self.model.drop(refused)
        else:
            assert [] == self.told
        self.all[name] = slot
        slot.told = lambda: self.told.append(name)
        return name

    @rule(name=consumes(slots))
    def leave(self, name: int) -> None:
        """A request ends, at whatever point: waiting, held, refused."""
        self.told.clear()
        self.limited.leave(self.all[name])
        self.model.drop(name)
        self.follow()

    @rule(name=slots)
    def leave_twice(self, name: int) -> None:
        """To leave again changes nothing."""
        self.leave(name)
        before = repr(self.limited)
        self.limited.leave(self.all[name])
        assert before == repr(self.limited)

    @rule(limit=st.integers(1, 8))
    def change(self, limit: int) -> None:
        """The limit changes while it runs."""
        self.told.clear()
        self.limited.limit = self.model.limit = limit
        self.follow()

    def follow(self) -> None:
        """Each who was served now was the next by the rules: first the class, then somebody whose turn it may be."""
        for name in self.told:
            kind = self.model.next_class()
            assert kind is not None
            could = self.model.could()[kind]
            # who was set aside meanwhile has lost the turn
            assert name == could[0] if self.visitor_share == 1 else name in could
            self.model.serve(name)

    @invariant()
    def alike(self) -> None:
        """Both hold and wait for the same; nobody is forgotten who could be served."""
        assert {} == self.model.could()
        held = {name for name, slot in self.all.items() if slot.phase is Phase.HELD}
        assert {each[0] for each in self.model.held} == held
        waiting = {each[0] for line in self.model.lines for flow in line for each in flow}
        assert waiting == {name for name, slot in self.all.items() if slot.phase is Phase.WAITING}
        assert (len(held), len(waiting)) == (self.limited.held, self.limited.waiting)


class InOrderMachine(LimiterMachine):
    """Where a visitor may hold as many as there are, turns are strict."""

    visitor_share = 1.0


_SETTINGS = settings(max_examples=300, stateful_step_count=40, deadline=None)
LimiterMachine.TestCase.settings = InOrderMachine.TestCase.settings = _SETTINGS
TestLimiter = LimiterMachine.TestCase
TestLimiterInOrder = InOrderMachine.TestCase
