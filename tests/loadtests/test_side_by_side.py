"""The comparison measures what it says: each room holds, admits and tells, and the figures are read right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from redis import Redis

from loadtests.measure.report import DOCS, Machine
from loadtests.measure.servers import Server, bare
from loadtests.side_by_side import document, rows, turn
from loadtests.side_by_side.contenders import (
    CONTENDERS,
    Calls,
    Contender,
    ServingCounter,
    SortedSet,
    Start,
)
from loadtests.side_by_side.results import (
    Cost,
    Memory,
    Operation,
    Results,
    Sale,
    Sizes,
    Spread,
    Streams,
    Turn,
    added,
)
from loadtests.side_by_side.sale import Shopper, judge
from loadtests.side_by_side.visitor import Visitor

SIZES = Sizes(rounds=1, pace=100, requests=20, waiting=100, streams=5, stream_seconds=1, sale_seconds=1)


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    """A bare shop."""
    with bare("answer") as server:
        yield server


@pytest.fixture
def client(scratch_url: str) -> Iterator[Redis]:
    """Of the Redis that the rooms use."""
    with Redis.from_url(scratch_url, decode_responses=True) as client:
        client.flushall()
        yield client
        client.flushall()


@pytest.mark.parametrize("room", CONTENDERS, ids=lambda room: room.name)
def test_a_turn_measures_every_operation(
    room: Contender, client: Redis, scratch_url: str, shop: Server
) -> None:
    """Each room answers joins, polls and entries as its clients expect, and each costs it something."""
    found = turn.play(room, client, scratch_url, shop, SIZES)
    for operation in (found.join, found.poll, found.enter):
        assert operation.paced.server_us > 0
        assert operation.p99_ms >= operation.p50_ms > 0
        assert operation.per_second > 0
    assert (found.streams is None) == (room.name == "serving_counter")


@pytest.mark.anyio
async def test_the_sorted_set_admits_in_order_and_tells_so(client: Redis, scratch_url: str) -> None:
    """Who joined first is let in first, and both poll and door know of it."""
    room, start = SortedSet(), Start(scratch_url, "", rate=60, logged=True)
    with room.started(start) as server:
        async with Visitor(server) as visitor:
            first = await _join(room, visitor)
            await _join(room, visitor)
            assert b'"position": 1' in (await visitor.ask(room.poll(first))).body
            assert 503 == (await visitor.ask(room.enter(first))).status
            await room.open(start)
            await _answered(visitor, room.enter(first))
            assert room.called((await visitor.ask(room.poll(first))).body, first)
    assert room.calls(scratch_url).at(first) is not None


@pytest.mark.anyio
async def test_an_expired_position_is_served_again(client: Redis, scratch_url: str) -> None:
    """In the AWS design a turn that nobody takes goes to who stands behind, and its holder is refused."""
    room, start = ServingCounter(), Start(scratch_url, "", rate=0, absence_seconds=1)
    with room.started(start) as server:
        async with Visitor(server) as visitor:
            gone, present = await _join(room, visitor), await _join(room, visitor)
            await _answered(visitor, room.number(present))
            assert 202 == (await visitor.ask(room.enter(gone))).status
            client.incrby("serving_counter", 1)
            client.zadd("serving_counter_issued", {"1": 1})
            client.hset("issued_at", "1", str(time.time()))
            await _answered(visitor, room.enter(present))
            assert 410 == (await visitor.ask(room.enter(gone))).status
    assert "2" == client.get("serving_counter")


def test_a_sale_is_judged_by_the_logs_and_by_what_visitors_saw() -> None:
    """A turn for somebody who had left is wasted; who comes in before an earlier one is called, overtakes."""
    crowd = [
        Shopper(None, place="1", asked_at=0, joined_at=1, entered_at=110),
        Shopper(-1, place="2", asked_at=2, joined_at=3),
        Shopper(8, place="3", asked_at=4, joined_at=5),
        Shopper(None, place="4", asked_at=6, joined_at=7, entered_at=104),
        Shopper(None, place="5", asked_at=8, joined_at=9, entered_at=120),
        Shopper(None, place="6", asked_at=10, joined_at=11, refused=True),
    ]
    at = {"1": 105.0, "2": 106.0, "3": 107.0, "4": 103.0, "5": 115.0}
    found = judge(crowd, Calls(5, at.get), opened=100, seconds=20)
    assert (5, 1, 1, 1) == (found.turns, found.wasted, found.overtakes, found.lost)
    assert 9 == found.entered_per_minute


def test_two_requests_are_added_up() -> None:
    """Costs and latencies of both halves of a join count, and throughput is what both leave."""
    both = added(_operation(100, 1000), _operation(50, 500))
    assert (150, 333) == (both.paced.server_us, both.per_second)


def test_results_are_written_and_read(tmp_path: Path) -> None:
    """What is saved is read again, as it was."""
    results = _results()
    results.save(tmp_path / "results.json")
    assert results == Results.load(tmp_path / "results.json")


def test_the_document_names_who_is_ahead(tmp_path: Path) -> None:
    """Where another room did better, the document says so, with the figures of both; else it says that nobody did."""
    document.write(tmp_path, _results())
    text = (tmp_path / "benchmarks.md").read_text()
    assert "- **processor time of a poll**: 110 here; sorted set (60)." in text
    assert "processor time of a join**" not in text
    assert "A Processor" in text


def test_the_published_document_is_made_from_the_published_figures() -> None:
    """``docs/benchmarks.md`` and its charts are what the script makes of ``docs/benchmarks.json``, and nothing else."""
    results = Results.load(DOCS / "benchmarks.json")
    assert document.markdown(results) == (DOCS / "benchmarks.md").read_text()
    for name, svg in document.charts(results).items():
        assert svg == (DOCS / "images" / f"benchmarks-{name}.svg").read_text()


def test_the_spread_is_told_where_there_is_one() -> None:
    """The median stands before the least and the most, and alone where all are the same."""
    row = rows.Row("x", {"one": Spread.of([1, 3, 2]), "same": Spread.of([5]), "none": None})
    assert ["2 (1 to 3)", "5", "none"] == [row.text(name) for name in ("one", "same", "none")]


def test_charts_are_documents_with_words() -> None:
    """Each chart is an SVG that tells a reader without eyes what it shows, and follows light and dark."""
    for svg in document.charts(_results()).values():
        root = ElementTree.fromstring(svg)
        assert "waitroom" in root.attrib["aria-label"]
        assert "prefers-color-scheme:dark" in svg


async def _join(room: Contender, visitor: Visitor) -> str:
    members = (await visitor.ask(room.join)).body.decode()
    return members.split('"')[-2]


async def _answered(visitor: Visitor, request: str) -> None:
    """Asks until the answer is 200."""
    async with asyncio.timeout(60):
        while True:
            if (await visitor.ask(request)).status == 200:
                return
            await asyncio.sleep(0.05)


def _operation(us: float, per_second: float) -> Operation:
    cost = Cost(us, us / 10, 1, 1)
    return Operation(cost, 1, 2, cost, per_second, 0.5)


def _results() -> Results:
    streams = Streams(Cost(5, 1, 0, 0), 12)

    def turns(join: float, poll: float) -> list[Turn]:
        return [Turn(_operation(join, 10), _operation(poll, 10), _operation(1, 10), streams)]

    sale = Sale(600, 540, 500, 610, 200, 10, 0, 0)
    return Results(
        Machine(2, 8.1, "Linux x86_64", "3.11.7", "7.0.15"),
        "A Processor",
        {"waitroom": "0.1.0"},
        SIZES,
        {"waitroom": turns(10, 100), "sorted_set": turns(20, 54.5), "serving_counter": turns(30, 200)},
        {room.name: Memory(100, 1.5) for room in CONTENDERS},
        {room.name: [sale] for room in CONTENDERS},
    )
