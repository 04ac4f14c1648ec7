"""Every script names all its keys, and they share one slot: a Redis Cluster can run them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis

from tests.line.bench import KEYS, Bench, told_by_ticket
from waitroom.line import lua
from waitroom.line.desk import Spot
from waitroom.line.keys import redeem_keys
from waitroom.line.plan import Plan, Step, StepKind, as_stored
from waitroom.line.redeeming import BroughtTicket, Entitlement

pytestmark = pytest.mark.anyio

SCRIPTS = sorted(path.stem for path in (Path(lua.__file__).parent / "scripts").glob("*.lua"))
KEYLESS = {"TIME", "INFO"}
RIGHT = Entitlement("general", "holder", "batch-1", 1, 2**33)
ALL = [*KEYS, *redeem_keys("room")]


SALE = Plan(
    (Step(1, StepKind.BEGIN, "sale", opens_ms=2, commitment="00" * 32), Step(2, StepKind.OPEN, "sale"))
)
"""An event whose time has come."""


def test_all_keys_share_one_hash_tag() -> None:
    """The tag is the room's name, so that rooms spread over the shards."""
    assert ["room"] * len(ALL) == [tag for key in ALL for tag in re.findall(r"\{(.*?)\}", key)]
    assert len(ALL) == len(set(ALL))


async def test_scripts_touch_only_the_keys_they_are_given(bench: Bench, line_url: str) -> None:
    """What the scripts really do, watched by MONITOR: no command inside them names another key."""
    store, other = bench.store, bench.worker()
    doings: dict[str, Callable[[], Awaitable[object]]] = {
        "configure": lambda: bench.open(rate=60_000.0, capacity=3, keep_ms=1000),
        "join": lambda: store.join(8),
        "see": lambda: store.see([1, 2, 3, 7]),
        "advance": lambda: bench.wait(2000, present=(1, 2)),
        "claim": lambda: store.claim(1),
        "redeem": lambda: store.redeem([(RIGHT, BroughtTicket())]),
        "claim_many": lambda: store.claim_many([(1, 1), (3, 3)]),
        "see_bits": lambda: store.see_bits(0, b"\x7f"),
        "let_in": lambda: store.let_in([4], 1),
        "leave": lambda: store.leave(2),
        "renew": lambda: store.renew({"1:general:1": 0}),
        "finish": lambda: store.finish("1:general:1"),
        "view": lambda: store.view(0),
        "census": lambda: store.census(1),
        "place": lambda: store.place(1),
        "follow": lambda: store.follow(4, Spot("general", 2)),
        "reinstate": lambda: store.reinstate(2, who="test", why="test"),
        "rest": lambda: store.rest(6, 6, 1000),
        "ready": lambda: store.ready(6, 6),
        "undo": lambda: store.undo(2, 2, 0),
        "hand_over": lambda: store.hand_over(5, 5, 0),
        "bring_forward": lambda: store.bring_forward(6, who="test", why="test"),
        "restore": lambda: other.restore(told_by_ticket(1, 40)),
        "plan": lambda: store.plan(SALE.to_redis(), name="sale", source="live", who="test"),
        "tell": lambda: store.tell("Hello", "", as_stored([Step.say(2**41, "")]), notices="x", who="test"),
        "reveal": lambda: store.reveal("00" * 32, as_committed=True),
        "note": lambda: store.note_revoked("batch-1", 1, who="test", why=""),
        "forget": lambda: store.forget(2**42, who="test", why="test"),
        "reset": lambda: store.reset(who="test", why="test"),
    }
    assert SCRIPTS == sorted(doings)
    seen: dict[str, set[str]] = {}
    with BlockingRedis.from_url(line_url) as watcher, watcher.monitor() as monitor:
        commands = monitor.listen()
        for name, do in doings.items():
            await do()
            await bench.ask("ECHO", name)
            seen[name] = inner_keys(commands, until=name)

    assert {} == {name: keys - set(ALL) for name, keys in seen.items() if keys - set(ALL)}
    assert all(seen.values()), "each script was watched at work"


def inner_keys(commands: object, *, until: str) -> set[str]:
    """The keys of all commands that ran inside a script before the ECHO of ``until``."""
    keys: set[str] = set()
    for command in commands:  # type: ignore[attr-defined]
        words = command["command"].split(" ")
        if words[0].upper() == "ECHO" and words[1] == until:
            return keys
        if command["client_type"] == "lua" and words[0].upper() not in KEYLESS:
            # DEL takes many keys; every other command of the scripts takes one, in front
            keys.update(words[1:] if words[0].upper() == "DEL" else words[1:2])
    raise AssertionError("MONITOR ended")


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_key_is_made_up_in_a_script(name: str) -> None:
    """A key comes from KEYS, never from what a client sent: no script glues one together."""
    text = lua.source(name)

    assert [] == re.findall(r"redis\.call\('\w+', *[^,)]*\.\.", text)
    assert "waitroom:" not in text
