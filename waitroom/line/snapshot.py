"""A lane as a worker last saw it: positions for everyone in line, with no Redis command."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

from waitroom.line.drawn import DrawnOrder
from waitroom.line.head import Head
from waitroom.line.store import View

GAP = 10_000
"""Numbers left out after a restart of Redis: see ``scripts/lib/state.lua``."""
EXACT = 512
"""Drawn turns of which it is counted who is present; farther back the share of those present tells."""
_BLOCK = 512
"""Bytes between two running totals: a position costs one popcount of at most this many."""


class Snapshot:
    """The present and waiting of one lane, countable up to any number.

    The four presence bitmaps are joined and the used ones struck out once; after that a position is a look-up
    in the running totals and one popcount. A newer :class:`Head` can be laid over the same bits: ``called``
    moves several times a second, the bits are fetched once a second.

    Of those who were drawn the bits stand in the order of their numbers, and their turns in another. Who stands
    before a turn is counted one by one near the front; farther back it is the share of those present among all who
    were drawn and not yet called, which a random order makes accurate.
    """

    __slots__ = (
        "_bits",
        "_called_bits",
        "_drawn_counted",
        "_drawn_exact",
        "_drawn_share",
        "_drawn_waiting",
        "_head",
        "_late",
        "_late_count",
        "_order",
        "_resting",
        "_start",
        "_summoned",
        "_totals",
        "_used",
        "_viewed",
        "waiting",
    )

    def __init__(self, view: View, order: DrawnOrder | None = None) -> None:
        length = max((len(bits) for bits in view.seen), default=0)
        present = 0
        for bits in view.seen:
            present |= int.from_bytes(bits.ljust(length, b"\0"))
        used = int.from_bytes(view.used[:length].ljust(length, b"\0"))
        self._summoned = frozenset(view.summoned)
        # whom the support desk has called stands at the front, or is not there; not at the turn
        summoned = [number - view.start for number in view.summoned]
        self._bits = _without((present & ~used).to_bytes(length), summoned)
        counts = (int.from_bytes(self._bits[at : at + _BLOCK]).bit_count() for at in range(0, length, _BLOCK))
        self._totals = [0, *accumulate(counts)]
        self._used = view.used
        self._start = view.start
        self._late = view.late
        self._viewed = view.head.issued
        self._order = order
        self._resting = view.resting
        self._drawn_counted: tuple[int, int, int] | None = None
        self.head = view.head

    def __repr__(self) -> str:
        return f"<Snapshot {self.waiting} waiting, {self.head.called} of {self.head.issued} called>"

    @property
    def head(self) -> Head:
        """The counters that lie over the bits."""
        return self._head

    @head.setter
    def head(self, head: Head) -> None:
        self._head = head
        self._late_count = max(len(self._late), head.late)
        self._count_drawn(head)
        # those who are drawn and not yet called are counted apart from the line behind them
        self._called_bits = self._before(max(head.called, head.drawn_last) + 1)
        newcomers = self._joined_before(head.issued + 1)
        self.waiting = (
            self._late_count + self._drawn_waiting + self._totals[-1] - self._called_bits + newcomers
        )
        """Present visitors in line, the late ones included."""

    @property
    def drawn_share(self) -> float:
        """The share of those present among all who were drawn and are not yet called."""
        left = self._head.drawn_last - self._head.called
        return self._drawn_waiting / left if left > 0 else 1.0

    def turn_of(self, number: int) -> int:
        """The place of a number in the order in which this lane is called."""
        return number if self._order is None else self._order.turn_of(number)

    def knows_turn(self, number: int) -> bool:
        """Whether the place of ``number`` can be told: of those who were drawn, once their order is read."""
        return self._order is not None or not self._head.drawn_first <= number <= self._head.drawn_last

    def is_called(self, number: int) -> bool:
        """Whether its turn has come, now or before, or the support desk has called it."""
        return self.turn_of(number) <= self._head.called or number in self._summoned

    def is_summoned(self, number: int) -> bool:
        """Whether the support desk has called it."""
        return number in self._summoned

    @property
    def resting(self) -> Mapping[int, int]:
        """The numbers that let others pass, and for how many milliseconds from when the bits were fetched."""
        return self._resting

    @property
    def has_summoned(self) -> bool:
        """Whether the support desk has called anybody who is not in yet."""
        return bool(self._summoned)

    def ahead(self, number: int) -> int:
        """Present visitors who will be called before ``number``."""
        turn = self.turn_of(number)
        return bisect_left(self._late, turn) if number in self._summoned else self.ahead_of(turn)

    def ahead_of(self, turn: int) -> int:
        """The same by the turn."""
        head = self._head
        if turn <= head.called:
            return bisect_left(self._late, turn)
        if turn <= head.drawn_last:
            return self._late_count + self._drawn_before(turn - head.called - 1)
        # behind the drawn, turn and number are the same
        line = self._before(turn) - self._called_bits + self._joined_before(turn)
        return self._late_count + self._drawn_waiting + line

    def is_late(self, number: int) -> bool:
        """Whether ``number`` was called while away, is back, and waits for budget."""
        if not self._late:
            return False
        turn = self.turn_of(number)
        at = bisect_left(self._late, turn)
        if at < len(self._late):
            return self._late[at] == turn
        # more are late than were told: whoever was called and stands behind those has them all to wait for
        return len(self._late) < self._head.late and turn <= self._head.called

    def is_used(self, number: int) -> bool:
        """Whether the ticket was exchanged or given up, as far as the bits reach."""
        byte, bit = divmod(number - self._start, 8)
        return 0 <= byte < len(self._used) and bool(self._used[byte] & (0x80 >> bit))

    def is_present(self, number: int) -> bool:
        """Whether its holder was there, and still in line, when the bits were fetched."""
        byte, bit = divmod(number - self._start, 8)
        return 0 <= byte < len(self._bits) and bool(self._bits[byte] & (0x80 >> bit))

    def resolve(self, epoch: int, number: int) -> int | None:
        """The number that a ticket of ``epoch`` has in this life of the line; None: of no life it knows."""
        if epoch == self._head.epoch:
            return number
        if epoch == self._head.alias and epoch:
            return number + self._head.offset
        return None

    def may_be_lost(self, epoch: int, number: int) -> bool:
        """Whether a genuine ticket shows that Redis forgot: it should be told of it."""
        if epoch == self._head.epoch:
            return number > self._head.issued
        if epoch == self._head.alias:
            return False
        return epoch > self._head.epoch or self._head.fresh == self._head.epoch

    def add_late(self, number: int) -> None:
        """Notes that ``number`` has just been put among the late ones."""
        if not self.is_late(number):
            self._late = tuple(sorted((*self._late, self.turn_of(number))))
            self.head = self._head

    def _count_drawn(self, head: Head) -> None:
        """Counts those who were drawn and are not yet called."""
        if (counted := (head.called, head.drawn_first, head.drawn_count)) == self._drawn_counted:
            return
        self._drawn_counted = counted
        self._drawn_exact = [0]
        self._drawn_waiting, self._drawn_share = 0, 0.0
        left = head.drawn_last - head.called
        if left <= 0:
            return
        # before its outcome is known, nobody of a draw has been called
        near = self._order.upcoming(head.called + 1, EXACT) if self._order else ()
        self._drawn_exact += accumulate(int(self.is_present(number)) for number in near)
        beyond = left - len(near)
        if beyond == 0:
            self._drawn_waiting = self._drawn_exact[-1]
            return
        everyone = self._before(head.drawn_last + 1) - self._before(head.drawn_first)
        # some who were called have not entered yet
        there = max(everyone - head.granted - self._drawn_exact[-1], 0)
        self._drawn_share = min(there / beyond, 1.0)
        self._drawn_waiting = self._drawn_exact[-1] + min(there, beyond)

    def _drawn_before(self, turns: int) -> int:
        """Present visitors among the next ``turns`` of those who were drawn."""
        exact = self._drawn_exact
        if turns < len(exact):
            return exact[turns]
        return exact[-1] + round((turns - len(exact) + 1) * self._drawn_share)

    def _joined_before(self, number: int) -> int:
        """Who joined since the bits were fetched, and stands before ``number``: counted as present, which errs to
        the late side. A jump in the numbers is the gap that a restarted Redis leaves."""
        joined = number - 1 - max(self._viewed, self._head.called)
        return max(joined - GAP if joined >= GAP else joined, 0)

    def _before(self, number: int) -> int:
        """Set bits of numbers below ``number``."""
        bit = number - self._start
        if bit <= 0:
            return 0
        block, rest = divmod(bit, _BLOCK * 8)
        if block >= len(self._totals) - 1:
            return self._totals[-1]
        at = block * _BLOCK
        whole = -(-rest // 8)
        part = int.from_bytes(self._bits[at : at + whole])
        # the block may be shorter than what is asked for: what lies past its end is not set
        surplus = 8 * min(whole, len(self._bits) - at) - rest
        return self._totals[block] + ((part >> surplus) if surplus > 0 else part).bit_count()


def _without(bits: bytes, places: Sequence[int]) -> bytes:
    """The bits with those at some places cleared."""
    if not places:
        return bits
    left = bytearray(bits)
    for place in places:
        byte, bit = divmod(place, 8)
        if 0 <= byte < len(left):
            left[byte] &= ~(0x80 >> bit) & 0xFF
    return bytes(left)


def blank(head: Head | None = None) -> Snapshot:
    """What a worker knows before it has looked at the bits."""
    return Snapshot(View(head or Head(), 0, b"", (), (), ()))
