"""One soak: the crowd, the operators, and who counts."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import httpx
from redis import Redis

from loadtests.soak import operators, verdicts
from loadtests.soak.crowd import compare, shop_for_ever
from loadtests.soak.samples import Samples, Series, add
from loadtests.soak.site import ROOM, WORKERS, Site, site, workers_of
from loadtests.soak.tally import Tally
from loadtests.soak.verdicts import Verdict
from waitroom.tasks import end_all

WARM_UP = 1 / 6
"""Of the time, before anything is judged: caches fill, and the line finds its length."""
DRAIN_SECONDS = 60.0
_SAMPLES = 120
_GAUGES = {
    "waitroom_worker_connections": "visitors' connections",
    "waitroom_event_streams": "event streams",
}
_LATENCIES = ("poll", "page", "join")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how many at a time, how many admitted a minute."""

    seconds: float
    visitors: int
    rate: float


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of it."""

    told: str
    verdicts: list[Verdict]
    samples: Samples


async def soak(plan: Plan) -> Soaked:
    """Starts the site, lets the crowd in, watches, sends everybody home, and judges."""
    with site(plan.rate) as place, Redis.from_url(place.redis_url) as redis:
        async with operators.client(place) as console:
            return await _soak(plan, place, console, redis)


async def _soak(plan: Plan, place: Site, console: httpx.AsyncClient, redis: Redis) -> Soaked:
    tally, samples, chance = Tally(), Samples(), random.Random(1)
    await _first_visits(place, console)
    pids = {**workers_of(place), **place.pids}
    idle = Samples()
    idle.look(0, pids)
    before = await operators.gauges(console)
    crowd = [asyncio.create_task(shop_for_ever(place.gateway, tally, chance)) for _ in range(plan.visitors)]
    failed = [
        asyncio.create_task(operators.look(console, "/live")),
        asyncio.create_task(operators.look(console, f"/live/{ROOM}")),
        asyncio.create_task(operators.turn(console, lambda what: tally.failures.update([what]))),
        asyncio.create_task(compare(place.shop, tally)),
    ]
    started = time.monotonic()
    pause = plan.seconds / _SAMPLES
    while (at := time.monotonic() - started) < plan.seconds:
        await asyncio.sleep(min(pause, plan.seconds - at))
        at = time.monotonic() - started
        samples.look(at, pids)
        for name, value in (await operators.gauges(console)).items():
            add(samples.gauges, name, at, value)
        add(samples.gauges, "redis_memory", at, redis.info("memory")["used_memory"] / 1e6)
        for what, quantiles in tally.take().items():
            add(samples.p50, what, at, quantiles.p50)
            add(samples.p99, what, at, quantiles.p99)
        for task in failed:
            if task.done():
                task.result()
    await end_all([*crowd, *failed])
    after, drained = await _drained(console, pids, idle)
    found = _judge(plan, samples, tally)
    for name, told in _GAUGES.items():
        found.append(verdicts.emptied(f"{told}, when all have left", 0, after.get(name, 0)))
    for name in pids:
        first, last = idle.descriptors[name].values[0], drained.descriptors[name].values[-1]
        found.append(
            verdicts.emptied(
                f"descriptors of {name}, before and after all", first, last, spare=verdicts.SPARE_DESCRIPTORS
            )
        )
    admitted = after["waitroom_admissions_total"] - before.get("waitroom_admissions_total", 0)
    told = (
        f"{plan.seconds / 60:g} minutes, {plan.visitors} visitors at a time, {plan.rate:g} admissions a minute: "
        + ", ".join(f"{count:,} × {what}" for what, count in sorted(tally.done.items()))
        + f"; {admitted:,.0f} let in. Processor time: "
        + ", ".join(f"{name} {series.values[-1]:.0f} s" for name, series in samples.cpu.items())
        + "."
    )
    return Soaked(told, found, samples)


async def _first_visits(place: Site, console: httpx.AsyncClient) -> None:
    """Until each worker has served somebody: what is loaded with the first request is there."""
    chance = random.Random(0)
    visits = [asyncio.create_task(shop_for_ever(place.gateway, Tally(), chance)) for _ in range(8)]
    await asyncio.sleep(5)
    await end_all(visits)
    async with asyncio.timeout(DRAIN_SECONDS):
        while True:
            left = (await operators.gauges(console)).get("waitroom_worker_connections", 1)
            if len(workers_of(place)) == WORKERS and not left:
                return
            await asyncio.sleep(0.5)


async def _drained(
    console: httpx.AsyncClient, pids: dict[str, int], idle: Samples
) -> tuple[dict[str, float], Samples]:
    """What is left when all have gone: as soon as it is what was there before, or after a minute."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        found, now = await operators.gauges(console), Samples()
        now.look(0, pids)
        left = sum(found.get(name, 0) for name in _GAUGES)
        more = any(
            now.descriptors[name].values[0] > idle.descriptors[name].values[0] + verdicts.SPARE_DESCRIPTORS
            for name in pids
        )
        if (not left and not more) or time.monotonic() > deadline:
            return found, now
        await asyncio.sleep(1)


def _judge(plan: Plan, samples: Samples, tally: Tally) -> list[Verdict]:
    start = plan.seconds * WARM_UP
    memory = dict(samples.memory)
    whole = memory.pop("Redis")
    rest = [
        resident - data
        for resident, data in zip(whole.values, samples.gauges["redis_memory"].values, strict=True)
    ]
    memory["Redis, beside what it keeps"] = Series(whole.times, rest)
    found = [verdicts.memory(name, series.after(start)) for name, series in memory.items()]
    keeps, joins = samples.gauges["redis_memory"], samples.gauges["waitroom_joins_total"]
    found.append(verdicts.kept(keeps.after(start), joins.after(start)))
    found += [
        verdicts.steady(f"descriptors of {name}", series.after(start))
        for name, series in samples.descriptors.items()
    ]
    found += [
        verdicts.steady(f"threads of {name}", series.after(start), spare=1)
        for name, series in samples.threads.items()
    ]
    spare = plan.visitors * 0.1
    found += [
        verdicts.steady(told, samples.gauges[name].after(start), spare=spare)
        for name, told in _GAUGES.items()
    ]
    direct = samples.p50["direct"]
    for what in _LATENCIES:
        both = sorted(set(samples.p50[what].times) & set(direct.times))
        mine, its = (_at(series, both).after(start) for series in (samples.p50[what], direct))
        found.append(verdicts.latency(f"latency of a {what}, p50", mine, its))
    overtakes = (
        samples.gauges["waitroom_overtakes_total"].values[-1]
        if "waitroom_overtakes_total" in samples.gauges
        else 0
    )
    found.append(verdicts.none("overtakes", overtakes))
    found.append(
        verdicts.none(f"failures {dict(tally.failures) or ''}".strip(), sum(tally.failures.values()))
    )
    return found


def _at(series: Series, times: list[float]) -> Series:
    values = dict(zip(series.times, series.values, strict=True))
    return Series(times, [values[at] for at in times])
