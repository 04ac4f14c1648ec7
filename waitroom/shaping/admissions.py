"""How many a room will admit: by its plan, its pace, who does not come, and what its shop holds. Pure."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from waitroom.shaping.no_shows import Lapsing
from waitroom.shaping.profile import MINUTE_MS, Profile
from waitroom.shaping.shop import Emptying, Shop

_NEAR_END = 0.01
"""A flow that changes by no more than this part of itself from step to step has settled."""
_STEPS = 48
"""Bins for which a shop is followed; after that the long run counts."""


class Stretch(NamedTuple):
    """A time after now, and how many are admitted a minute."""

    begins_in: float
    ends_in: float
    per_minute: float
    is_full: bool = False
    """Whether the shop is: no more are admitted than leave it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a room admits now, by measurement.

    Args:
        level: admitted for each one that was planned, while the shop is not full.
        dispersion: the variance of a count of admissions divided by its mean; 1 is Poisson's.
        doubt: the relative standard error of the level, as a forecast of the next minutes.
        lapsing: those who do not come when called.
        shop: where there is a capacity.
        limit_per_minute: what the room is bound to besides.
        saved: what may be admitted at once.
    """

    level: float = 1.0
    dispersion: float = 1.0
    doubt: float = 0.2
    lapsing: Lapsing = Lapsing()
    shop: Shop | None = None
    limit_per_minute: float = inf
    saved: float = 0.0


def admissions(now_ms: float, profile: Profile, pace: Pace) -> Iterator[Stretch]:
    """One stretch after the other, from now on until nobody knows."""
    planned = _planned(now_ms, profile, pace)
    if pace.shop is not None:
        yield from _through(pace.shop, planned, pace.lapsing)
    elif pace.lapsing.part > 0:
        yield from _again(planned, pace.lapsing)
    else:
        yield from planned


def _planned(now_ms: float, profile: Profile, pace: Pace) -> Iterator[Stretch]:
    for begins, end, rate in profile.stretches(now_ms):
        if rate is None:
            return
        # what binds it is known for what it is
        per_minute = min(rate * pace.level, pace.limit_per_minute)
        yield Stretch(begins - now_ms, end - now_ms, per_minute)


def _again(planned: Iterator[Stretch], lapsing: Lapsing) -> Iterator[Stretch]:
    """A place that lapses is given again: of so many who are called now, a part comes again an entry time later."""
    part, before = lapsing.part, lapsing.per_minute
    for begins, end, rate, _ in planned:
        at = begins
        while at < end:
            flow = rate + min(part * before, rate)
            settled = rate / (1 - part)
            ends = min(at + lapsing.entry_ms, end)
            if abs(flow - settled) <= _NEAR_END * settled:
                flow, ends = settled, end
            yield Stretch(at, ends, flow)
            at, before = ends, flow


def _through(shop: Shop, planned: Iterator[Stretch], lapsing: Lapsing) -> Iterator[Stretch]:
    """A shop admits what is planned until it is full, and then as many as leave it."""
    emptying, steps, before = Emptying(shop), 0, lapsing.per_minute
    most = shop.most_per_bin / shop.bin_ms * MINUTE_MS
    for begins, end, rate, _ in planned:
        at, idle = begins, 0
        while at < end:
            if steps >= _STEPS or idle >= _STEPS:
                flow = min(rate / (1 - lapsing.part), most)
                yield Stretch(at, end, flow, is_full=flow == most)
                break
            ms = min(emptying.to_next_ms, end - at)
            wanted = rate + min(lapsing.part * before, rate)
            given = yield from _step(emptying, shop.capacity, at, ms, wanted)
            before += (given / ms * MINUTE_MS - before) * min(ms / lapsing.entry_ms, 1.0)
            steps, idle = steps + (rate > 0), idle + (rate <= 0)
            at += ms


def _step(
    emptying: Emptying, capacity: float, at: float, ms: float, per_minute: float
) -> Generator[Stretch, None, float]:
    """A bin of time, or a part of it; returns how many were admitted in it."""
    room = capacity - emptying.inside
    leaving = emptying.leave(ms) / ms
    stay = 1 - emptying.newcomers_leaving(ms)
    wanted = per_minute / MINUTE_MS
    bound = min(leaving / stay, wanted)
    if room >= 0:
        net = wanted * stay - leaving
        turns_in, first = (room / net if net > 0 else inf), wanted
    else:
        turns_in, first = (-room / leaving if leaving > 0 else inf), 0.0
    turns_in = min(turns_in, ms)
    if turns_in > 0:
        yield Stretch(at, at + turns_in, first * MINUTE_MS, is_full=room < 0)
    if turns_in < ms:
        yield Stretch(at + turns_in, at + ms, bound * MINUTE_MS, is_full=True)
    given = first * turns_in + bound * (ms - turns_in)
    emptying.come(given * stay, ms)
    return given
