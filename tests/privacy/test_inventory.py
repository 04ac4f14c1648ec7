"""What the page and `waitroom privacy` say is kept, compared with what is kept."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, Gateway, start_gateway
from tests.redis.everything import do_everything
from waitroom.assembly.line import rules_of, store_of
from waitroom.line.keys import redeem_keys, room_keys
from waitroom.line.rules import Rules
from waitroom.privacy.holding import Holding, Where
from waitroom.privacy.inventory import inventory
from waitroom.resources import templates_dir
from waitroom.settings import RoomSettings, Settings, load
from waitroom.settings.privacy import PrivacySettings
from waitroom.shaping.challenge import Puzzle, solve

pytestmark = pytest.mark.anyio

_SELDOM = {
    f"waitroom:1:{{drop}}:{name}:*"
    for name in ("joins:waited", "joins:answered", "joins:exchanged", "networks", "tries", "feedback")
}
"""Keys of room drop that are only there for a moment, or not in every journey."""


async def test_every_key_is_told_with_its_time(
    redis: Redis, scratch_url: str, shop: str, tmp_path: Path
) -> None:
    """After all that a site does, each key in Redis is one that is told of, and none lives longer than is told; what
    has no end of its own is told to have none."""
    (tmp_path / "hard").mkdir()
    seen_keys: dict[str, float] = {}
    looking = asyncio.create_task(look(redis, seen_keys))
    sites = [
        await do_everything(tmp_path, scratch_url, shop, ["drop"]),
        await challenge(tmp_path / "hard", scratch_url, shop),
    ]
    looking.cancel()
    told: list[Holding] = []
    for site in sites:
        rules = await store_of(site.rooms[0], redis).rules()
        told += [each for each in inventory(site, site.rooms[0], rules) if each not in told]
    seen = set()
    for key, seconds in seen_keys.items():
        found = [each for each in told if each.where is Where.REDIS and each.covers(key)]
        assert found, f"nobody is told of {key}"
        holding = next((each for each in found if each.name == key), None) or found[0]
        seen.add(holding.name)
        assert (holding.key_seconds is None) == (seconds < 0), (key, seconds, holding)
        assert seconds <= (holding.key_seconds or 0) + 1, (key, seconds, holding)
    fixed = {*room_keys("drop", sites[0].rooms[0].lane_names), *redeem_keys("drop")}
    assert fixed <= {each.name for each in told}
    unseen = {each.name for each in told if "{drop}" in each.name} - seen - fixed
    assert set() == unseen - _SELDOM - {"waitroom:1:{drop}:waits"}
    assert "waitroom:1:{hard}:joins:answered:*" in seen


async def look(redis: Redis, seen: dict[str, float]) -> None:
    """Notes every key there ever is, with the longest time in seconds that it had left to live; -1: for ever."""
    while True:
        async for name in redis.scan_iter(count=1000):
            left, key = await redis.pttl(name), name.decode()
            if left != -2:  # it has ended meanwhile
                seen[key] = max(left / 1000, seen.get(key, -1.0))
        await asyncio.sleep(0.02)


async def challenge(folder: Path, redis_url: str, shop: str) -> Settings:
    """Somebody solves a challenge."""
    room = {"name": "hard", "challenge": {"when": "always", "bits": 8}}
    gateway = await asyncio.to_thread(start_gateway, folder, redis_url, shop, [room])
    try:
        async with gateway.client(APP) as app:
            asked = (await app.get("/lab/echo")).json()
            puzzle = Puzzle(asked["bits"], asked["salt"], asked["target"])
            solved = f"{asked['challenge']}~{solve(puzzle)}"
            assert 200 == (await app.get("/lab/echo", headers={"waitroom-challenge": solved})).status_code
        await asyncio.to_thread(gateway.stop)
    finally:
        gateway.kill()
    return load(gateway.config, environ={})


def test_a_longer_setting_is_told(tmp_path: Path) -> None:
    """The page is made from the settings: what is set longer is told longer."""

    def of(**room: object) -> dict[str, Holding]:
        settings = Settings.model_validate(
            {"origin": "http://127.0.0.1:9", "rooms": [{"name": "drop", **room}]}
        )
        found = inventory(settings, settings.rooms[0], rules_of(settings.rooms[0]))
        return {each.name.rpartition("}:")[2]: each for each in found if each.where is Where.REDIS}

    assert "20m" in of(session="20m")["sessions"].keeping
    assert "joins:address:*" not in of()
    assert 3600 == of(join_limit={"per_address": 5, "window": "1h"})["joins:address:*"].key_seconds
    assert "holders" not in of()
    assert "holders" in of(invite_only=True)


def test_what_the_pages_keep_in_the_browser_is_on_the_list() -> None:
    """Each name under which a script of the pages keeps something; and of a pass, how long the wait was, where those
    inside are asked."""
    events = [{"name": "sale", "opens": "2030-01-01 10:00"}]
    asks = {"ask": "csat", "where": ["inside"]}
    told: dict[str, str] = {}
    for given in ({"feedback": asks}, {"events": events}):
        settings = Settings.model_validate(
            {"origin": "http://127.0.0.1:9", "rooms": [{"name": "drop", **given}]}
        )
        found = inventory(settings, settings.rooms[0], rules_of(settings.rooms[0]))
        told |= {each.name: each.what for each in found if each.where is Where.BROWSER}
        assert ("events" in given) == ("how long the wait was" not in told.pop("waitroom_pass_drop"))
    scripts = [path.read_text() for path in templates_dir().rglob("*.js") if "admin" not in path.parts]
    named = {
        re.sub(r"\$\{(?:\w+\.)?room\}", "drop", name)
        for text in scripts
        if "Storage" in text
        for name in re.findall(r"[`\"](waitroom:[^`\"]*)[`\"]", text)
    }
    assert 4 <= len(named)
    assert [] == [name for name in named if not any(fnmatchcase(name, each) for each in told)]


def test_who_is_told_of_a_turn_is_on_the_list() -> None:
    """Where they can be: what is kept of them, for how long, and who carries the message."""
    settings = Settings.model_validate(
        {
            "origin": "http://127.0.0.1:9",
            "rooms": [
                {
                    "name": "drop",
                    "reminders": {
                        "mail": "mailto://x@y.example?to={to}",
                        "link": "https://shop.example/",
                        "forget": "2h",
                    },
                }
            ],
        }
    )
    room = settings.rooms[0]
    held = {each.name.rpartition("}:")[2]: each for each in inventory(settings, room, rules_of(room))}
    assert 7200 == held["reminder:*"].key_seconds
    assert "encrypted" in held["reminder:*"].what
    assert {"reminders", "joins:told:*", "joins:told-by:*", "mail"} <= held.keys()
    assert held["reminders:leader"].covers("waitroom:1:{drop}:reminders:leader")


def test_the_logs_are_told_as_they_are_set() -> None:
    """With the address as it is set to be in them."""
    room = RoomSettings(name="drop")
    for how, words in (("off", "no address"), ("network", "not the address"), ("hash", "keyed hash")):
        privacy = PrivacySettings.model_validate({"log_address": how})
        (logs,) = [
            each
            for each in inventory(Settings(origin=("http://x",), privacy=privacy), room, Rules())
            if each.where is Where.LOGS
        ]
        assert words in logs.what


@pytest.fixture(scope="module")
def gateway(redis_url: str, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway of one room that holds everyone."""
    rooms = [{"name": "told", "mode": "queue", "rate": 0, "session": "12m"}]
    started = start_gateway(tmp_path_factory.mktemp("told"), redis_url, shop, rooms)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


async def test_the_page_says_it_in_words_and_by_name(gateway: Gateway) -> None:
    """Plain sentences with the room's own times, and each cookie and key of a visitor; it leads back."""
    async with gateway.client(PAGE) as visitor:
        waits = await visitor.get("/shoes?size=42")
        assert "/__waitroom/told/privacy?to=" in waits.text
        page = await visitor.get("/__waitroom/told/privacy?to=/shoes%3Fsize=42")
    assert 200 == page.status_code
    assert "is forgotten 12 minutes after your last step" in page.text
    for name in (
        "waitroom_ticket_told",
        "waitroom_pass_told",
        "waitroom:1:{told}:sessions",
        "standard error",
    ):
        assert name in page.text
    assert 'href="/shoes?size=42"' in page.text
    assert "console.db" not in page.text and "<script" not in page.text


async def test_a_change_while_it_runs_is_told(gateway: Gateway) -> None:
    """By the live rules, not by those of the file: to visitors and on the command line."""
    gateway.set("told", "session=17m")
    async with gateway.client(APP) as app:
        for _ in range(100):
            told = (await app.get("/__waitroom/told/privacy")).json()
            (sessions,) = [each for each in told["kept"] if each["name"].endswith(":sessions")]
            if "17m" in sessions["keeping"]:
                break
    assert "17m" in sessions["keeping"]
    assert "staff" not in {each["about"] for each in told["kept"]}
    printed = run(gateway, "--json")
    (sessions,) = [
        each for each in json.loads(printed)["rooms"]["told"] if each["name"].endswith(":sessions")
    ]
    assert "17m" in sessions["keeping"]
    assert "In the logs" in run(gateway)


def run(gateway: Gateway, *arguments: str) -> str:
    """`waitroom privacy`, as ops staff use it."""
    command = [sys.executable, "-m", "waitroom", "privacy", "--config", str(gateway.config), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 0 == done.returncode, done.stderr
    return done.stdout


async def test_a_hostile_way_back_is_none(gateway: Gateway) -> None:
    """The link leads to an address of this site only."""
    async with gateway.client(PAGE) as visitor:
        page: httpx.Response = await visitor.get("/__waitroom/told/privacy?to=//evil.example/%22><script>")
    assert 'href="//' not in page.text and "<script>" not in page.text
