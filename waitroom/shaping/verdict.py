"""What becomes of a newcomer who wants a place in line. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from waitroom.line.guard import Beyond

HARDER_BITS = 3
"""A newcomer beyond a limit works eight times as hard, where ``beyond`` says so."""
SLACK_BITS = 2
"""A challenge may be this much easier than one given out now: the difficulty rises while people work on theirs."""


class Verdict(Enum):
    """What becomes of a newcomer."""

    OK = auto()
    """A place in line."""
    CHALLENGE = auto()
    """A challenge; with its solution they come again."""
    REFUSE = auto()
    """None for now."""
    SUSPECT = auto()
    """A place in the lane of suspects."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the verdict depends on."""

    due: int
    """The difficulty that a newcomer owes just now, in bits; 0: none."""
    shown: int
    """The difficulty of the challenge that this one has met; 0: none."""
    over: bool
    """Whether the address or the network has used its limit up."""


def judge(evidence: Evidence, beyond: Beyond, least_bits: int) -> tuple[Verdict, int]:
    """The verdict, and with CHALLENGE its difficulty in bits.

    First what every newcomer owes, then what those beyond a limit owe.
    """
    due, shown = evidence.due, evidence.shown
    if shown < least_shown(due, least_bits):
        return Verdict.CHALLENGE, due
    if not evidence.over or is_spared(evidence, beyond, least_bits):
        return Verdict.OK, 0
    match beyond:
        case Beyond.SUSPECTS:
            return Verdict.SUSPECT, 0
        case Beyond.CHALLENGE:
            return Verdict.CHALLENGE, _harder(due, least_bits)
        case Beyond.REFUSE:
            return Verdict.REFUSE, 0


def is_spared(evidence: Evidence, beyond: Beyond, least_bits: int) -> bool:
    """Whether a newcomer has worked so hard that the limits do not count for them."""
    hardest = _harder(evidence.due, least_bits)
    return beyond is Beyond.CHALLENGE and evidence.shown >= max(
        hardest - SLACK_BITS, _harder(least_bits, least_bits)
    )


def least_shown(due: int, least_bits: int) -> int:
    """The easiest challenge that counts where ``due`` bits are owed now."""
    return max(due - SLACK_BITS, least_bits) if due else 0


def _harder(due: int, least_bits: int) -> int:
    """What a newcomer beyond a limit owes: never less because nobody else owes anything."""
    return max(due, least_bits) + HARDER_BITS
