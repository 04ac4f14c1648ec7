"""So that no figure is one person's answer: what has too few answers is joined with what is next to it. Pure.

To leave a small figure out is not enough: where the sum is told, it is the sum less all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Neighbours that are told as one."""

    members: tuple[T, ...]
    answers: int


def closed_groups(items: Iterable[T], answers: Callable[[T], int], least: int) -> list[Group[T]]:
    """Groups in order, each closed as soon as it has ``least`` answers. What comes behind the last of them is not told:
    it may be by tomorrow, and a group that was told never changes."""
    groups: list[Group[T]] = []
    open_members: list[T] = []
    count = 0
    for item in items:
        open_members.append(item)
        count += answers(item)
        if count >= least:
            groups.append(Group(tuple(open_members), count))
            open_members, count = [], 0
    return groups


def joined_groups(items: Iterable[T], answers: Callable[[T], int], least: int) -> list[Group[T]]:
    """The same of what changes no more: the rest is joined with the last group."""
    items = list(items)
    groups = closed_groups(items, answers, least)
    told = sum(len(group.members) for group in groups)
    rest = tuple(items[told:])
    if not groups or not rest:
        return groups
    last = groups[-1]
    groups[-1] = Group((*last.members, *rest), last.answers + sum(map(answers, rest)))
    return groups
