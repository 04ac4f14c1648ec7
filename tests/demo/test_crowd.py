"""The simulated crowd against a stand-in gateway with the real shop behind it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import pytest

from waitroom.demo.crowd import CrowdSettings, Tally, run_crowd
from waitroom.demo.crowd.events import Event, EventParser
from waitroom.demo.crowd.shopper import Habits

pytestmark = pytest.mark.anyio

ServeGateway = Callable[..., AbstractContextManager[str]]


@dataclass(frozen=True)
class Log:
    """What the stand-in gateway saw."""

    issued: int
    tickets_seen: list[int]
    not_navigations: int
    open_streams: int
    most_streams: int
    inside: int


def read_log(gateway: str) -> Log:
    """The log so far."""
    return Log(**httpx.get(f"{gateway}/fake/log", trust_env=False).json())


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something that must come true within half a minute."""
    async with asyncio.timeout(30):
        while True:
            if await asyncio.to_thread(condition):
                return
            await asyncio.sleep(0.1)


async def test_shoppers_wait_enter_and_buy(serve_gateway: ServeGateway) -> None:
    """Everyone is held, follows the events, enters when admitted, and buys what the shop has."""
    habits = Habits(think_seconds=0.05, buy_chance=1, close_tab_chance=0)
    with serve_gateway(rate=10) as gateway:
        tally = Tally()
        settings = CrowdSettings(gateway, 30, arrive_within_seconds=0.5, habits=habits, seed=1)
        await asyncio.wait_for(run_crowd(settings, tally), 40)
        log = await asyncio.to_thread(read_log, gateway)
    assert (30, 30, 0, 0) == (tally.arrived, tally.entered, tally.gave_up, tally.errors)
    assert 30 == tally.bought + tally.sold_out
    assert tally.bought > 0
    assert tally.held > 15
    assert (30, 0, 0) == (log.issued, log.not_navigations, log.open_streams)


async def test_an_order_ends_the_visit(serve_gateway: ServeGateway) -> None:
    """The shop tells the gateway that a buyer is done, so their place inside is free."""
    habits = Habits(think_seconds=0.01, buy_chance=1, close_tab_chance=0)
    with serve_gateway(rate=100) as gateway:
        tally = Tally()
        settings = CrowdSettings(gateway, 8, arrive_within_seconds=0.2, habits=habits, seed=2)
        await asyncio.wait_for(run_crowd(settings, tally), 30)
        log = await asyncio.to_thread(read_log, gateway)
    assert tally.bought > 0
    assert 8 - tally.bought == log.inside


async def test_some_close_the_tab(serve_gateway: ServeGateway) -> None:
    """Who closes the tab while waiting says nothing: the stream just ends and the ticket stays behind."""
    habits = Habits(close_tab_chance=1, patience_seconds=0.5)
    with serve_gateway(rate=0) as gateway:
        tally = Tally()
        await asyncio.wait_for(
            run_crowd(CrowdSettings(gateway, 10, arrive_within_seconds=0.2, habits=habits), tally), 30
        )
        log = await asyncio.to_thread(read_log, gateway)
    assert (10, 10, 0) == (tally.arrived, tally.closed_tab, tally.entered)
    assert 10 == log.issued


async def test_the_line_is_kept(serve_gateway: ServeGateway) -> None:
    """With keep_line someone new arrives for each who left, and never are there more than asked for."""
    habits = Habits(close_tab_chance=1, patience_seconds=0.5)
    settings = CrowdSettings(
        "", 10, arrive_within_seconds=0.1, keep_line=True, gap_seconds=0.05, habits=habits
    )
    with serve_gateway(rate=0) as gateway:
        tally = Tally()
        crowd = asyncio.create_task(run_crowd(replace(settings, gateway=gateway), tally))
        await until(lambda: tally.arrived >= 30)
        crowd.cancel()
        await asyncio.gather(crowd, return_exceptions=True)
        log = await asyncio.to_thread(read_log, gateway)
    assert log.most_streams <= 12  # a closed stream may be noticed a moment after the next one opened


async def test_the_crowd_survives_a_restart(serve_gateway: ServeGateway) -> None:
    """A gateway that is away for a while finds everyone back, each with the ticket of before."""
    habits = Habits(think_seconds=0.05, close_tab_chance=0)
    tally = Tally()
    with serve_gateway(rate=0) as gateway:
        port = urlsplit(gateway).port
        settings = CrowdSettings(gateway, 20, arrive_within_seconds=0.3, habits=habits)
        crowd = asyncio.create_task(run_crowd(settings, tally))
        await until(lambda: read_log(gateway).open_streams == 20)
    with serve_gateway(rate=20, port=port) as gateway:
        await asyncio.wait_for(crowd, 40)
        log = await asyncio.to_thread(read_log, gateway)
    assert (20, 20, 0) == (tally.arrived, tally.entered, tally.gave_up)
    assert list(range(1, 21)) == log.tickets_seen


def test_two_hundred_wait_in_one_process(serve_gateway: ServeGateway) -> None:
    """One process holds 200 open streams, and a signal ends it at once, quietly."""
    with serve_gateway(rate=0) as gateway:
        command = [sys.executable, "-m", "waitroom.demo.crowd", "--gateway", gateway, "--keep-line"]
        process = subprocess.Popen([*command, "--arrive-within", "1"], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        # The few who have closed their tab by then are on their way.
        while read_log(gateway).open_streams < 195:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, said = process.communicate(timeout=20)
        took = time.monotonic() - started
    assert 0 == process.returncode
    assert b"Traceback" not in said
    assert b" held" in said
    assert took < 5


def test_events_are_read_line_by_line() -> None:
    """An event has its name, its data lines joined, and comments do not count."""
    parser = EventParser()
    lines = [": ping", "", "event: status", "data: {", "data:}", "id: 7", "", "data: plain", ""]
    events = [event for event in map(parser.feed, lines) if event is not None]
    assert [Event("status", "{\n}"), Event("message", "plain")] == events
