"""All that a site does with Redis, once: its gateway, its console, the tools of the command line, each script."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from admin.app import build_console
from admin.auth.roles import Role
from tests.contract.harness import APP, PAGE, SECRET, Gateway, start_gateway
from tests.contract.test_webhooks import HOOKS, shopify
from tests.line.bench import told_by_ticket
from waitroom.assembly.line import desk_of, reader_of, room_of, weights_of
from waitroom.assembly.redis import connect
from waitroom.feedback.ledger import Answer, FeedbackLedger
from waitroom.feedback.question import Kind, Where
from waitroom.line.desk import Spot
from waitroom.line.memory import Memory
from waitroom.line.plan import Step, as_stored
from waitroom.line.redeeming import BroughtTicket, Entitlement
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.record.live import LiveFairness
from waitroom.settings import Settings, load
from waitroom.shaping.addresses import Hasher
from waitroom.shaping.codes import new_code
from waitroom.shaping.sharing import Sharing
from waitroom.support.code import support_code

ROOM: dict[str, Any] = {
    "mode": "queue",
    "rate": 600,
    "presence": "2s",
    "keep": "3s",
    "entry": "2s",
    "join_limit": {"per_address": 50, "per_network": 90, "window": "1h"},
    "sharing": {"networks": 2, "window": "30s"},
    "adaptive": {"on": True, "least": 30, "latency": "2s"},
    "lanes": {"members": {"weight": 3}},
    "feedback": {"ask": "csat"},
}
ANY = {"if-match": "*"}
WHY = {"reason": "to see whether it works"}


async def do_everything(
    folder: Path, redis_url: str, shop: str, names: Sequence[str], **site: object
) -> Settings:
    """Runs a site of these rooms against a Redis. ``site`` are more of its settings. Returns the settings."""
    rooms = [{**ROOM, "name": name, "hosts": [f"{name}.example"]} for name in names]
    # on a busy machine Redis may take its time
    more: dict[str, Any] = {"webhooks": HOOKS, "common_rate": 900, "redis_timeout": "20s", **site}
    gateway = await asyncio.to_thread(start_gateway, folder, redis_url, shop, rooms, **more)
    try:
        settings = load(gateway.config, environ={})
        codes = await operate(settings, names)
        for name in names:
            await visit(gateway, name, codes[name])
        await asyncio.gather(*(run_scripts(settings, name) for name in names))
        await asyncio.to_thread(use_tools, gateway, names[0])
        await asyncio.to_thread(gateway.stop)
    finally:
        gateway.kill()
    return settings


async def visit(gateway: Gateway, name: str, code: str) -> None:
    """Visitors join, wait, come by invitation and by call-back, enter and leave."""
    host = {"host": f"{name}.example"}
    async with gateway.client(APP | host) as visitor, gateway.client(PAGE | host) as leaver:
        for _ in range(40):
            if (await visitor.get("/health")).status_code == 200:
                break
            await asyncio.sleep(0.2)
        else:
            answer = await visitor.get("/health")
            raise AssertionError(f"nobody gets into {name}: {answer.text}")
        await leaver.get("/health")
        await leaver.get(f"/__waitroom/{name}/status")
        await leaver.post(f"/__waitroom/{name}/leave")
        assert (await visitor.get(f"/__waitroom/{name}/line")).json()["issued"] >= 2
        form = {"sec-fetch-site": "same-origin"}
        for given, status in ((new_code(), 422), (code, 303)):
            answer = await leaver.post(f"/__waitroom/{name}/code", data={"code": given}, headers=form)
            assert answer.status_code == status, answer.text
        await leaver.get("/health")
        body = name.encode()
        for _ in range(2):
            await visitor.post("/hooks/shop/a", headers=shopify(body), content=body)


async def operate(settings: Settings, names: Sequence[str]) -> dict[str, str]:
    """What operators do in the console. Returns a code of an invitation for each room."""
    app = build_console(settings, connect(settings.redis_url or "", settings), [SECRET])
    async with app.router.lifespan_context(app):
        token = app.state.console.tokens.make(Role.ADMIN, label="test", made_by="test")
        headers = {"authorization": f"Bearer {token}", **ANY}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://console.test", headers=headers
        ) as admin:
            return {name: await turn(admin, name) for name in names}


async def turn(admin: httpx.AsyncClient, name: str) -> str:
    """One room is turned, planned, talked to and looked at."""
    url = f"/api/rooms/{name}"
    opens = datetime.now(UTC) + timedelta(hours=2)
    event = {"name": "sale", "opens": opens.strftime("%Y-%m-%d %H:%M"), "prequeue": "30m", "closes": "1h"}
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", url, {"json": {"rate": 6000}}),
        ("POST", f"{url}/pause", {"json": WHY}),
        ("POST", f"{url}/resume", {"json": WHY}),
        ("PUT", f"{url}/messages", {"json": {"standing": {"text": "Hello"}}}),
        ("PUT", f"{url}/plan", {"json": {"events": [event]}}),
        ("POST", f"{url}/plan/cancel", {"json": {"event": "sale", **WHY}}),
        ("POST", f"{url}/invitations", {"json": {"lane": "members"}}),
        ("GET", f"{url}/invitations", {}),
        ("GET", f"{url}/events", {}),
        ("GET", f"{url}/audit", {}),
        ("GET", f"{url}/history", {}),
        ("GET", "/api/rooms", {}),
        ("GET", "/metrics", {}),
    ]
    for method, address, body in wanted:
        answer = await admin.request(method, address, **body)
        assert answer.is_success, (address, answer.text)
    minting = await admin.post(
        f"{url}/invitations/mintings", params={"lane": "members", "codes": True, "count": 2}
    )
    assert minting.is_success, minting.text
    made = minting.json()
    while made["phase"] == "running":
        await asyncio.sleep(0.05)
        made = (await admin.get(f"{url}/invitations/mintings/{made['id']}")).json()
    listed = await admin.get(f"{url}/invitations/mintings/{made['id']}/csv")
    code = next(csv.DictReader(io.StringIO(listed.text)))["code"]
    told = await admin.post(f"{url}/invitations/look", json={"what": code})
    assert told.is_success, told.text
    await admin.post(f"{url}/invitations/revoke", json={"names": ["nobody"], **WHY})
    return code


async def run_scripts(settings: Settings, name: str) -> None:
    """Each script once, and what else reads and writes of a room's own."""
    redis = connect(settings.redis_url or "", settings)
    room = next(each for each in settings.rooms if each.name == name)
    lanes = tuple(weights_of(room))
    store = LineStore(redis, name, memory=Memory(lanes))
    members = LineStore(redis, name, "members", Memory(lanes))
    place = await store.join(8)
    number = place.first
    await store.see([number, number + 1])
    await store.see_bits(0, b"\x7f")
    await store.advance()
    await store.claim(number)
    await store.claim_many([(number + 1, number + 1)])
    await members.redeem([(Entitlement("members", "holder", "batch-1", 1, 2**33), BroughtTicket())])
    await store.leave(number + 2)
    await store.renew({f"{place.head.epoch}:general:{number}": 0})
    await store.finish(f"{place.head.epoch}:general:{number}")
    await store.view(0)
    await store.census(number)
    await store.let_in([number + 7], 1)
    await wait_and_answer(redis, name)
    await store.follow(number + 4, Spot("general", number + 3))
    await store.rest(number + 6, number + 6, 1000)
    await store.ready(number + 6, number + 6)
    await store.hand_over(number + 6, number + 6, 0)
    await store.undo(number + 2, number + 2, 0)
    await store.note_codes("batch-1", "members", uses=1, count=1, who="test")
    await store.tell("Hello", "", as_stored([Step.say(2**41, "")]), notices="x", who="test")
    for read in (store.planned, store.held_events, store.event, store.rules, store.helped):
        await read()
    await help_somebody(settings, redis, name, place.head.epoch, number + 5)
    await end_a_shared_visit(settings, redis, name, f"{place.head.epoch}:general:{number + 1}")
    fairness = LiveFairness(redis, name)
    await fairness.exchange()
    await reader_of(room, redis).standing()
    await store.restore(told_by_ticket(place.head.epoch, number + 50_000))
    await store.reveal("00" * 32, as_committed=True)
    await store.forget(int(time.time() * 1000), who="test", why="test")
    await store.reset(who="test", why="test")
    await redis.aclose()


async def wait_and_answer(redis: Redis, name: str) -> None:
    """Who waits is counted, and somebody says how it was."""
    ledger = FeedbackLedger(redis, name, 86_400)
    await ledger.tally(await ledger.waits(), b"{}", {"left:0": 1}, 3600.0)
    await ledger.answer(1, "general", 1, Answer(Kind.CSAT, Where.LEFT, 0, 5), 3600.0)
    await ledger.has_answered(1, "general", 1)
    await ledger.hours(1, 2)


async def help_somebody(settings: Settings, redis: Redis, name: str, epoch: int, number: int) -> None:
    """The support desk gives one place back, and brings it to the front."""
    desk = desk_of(settings, redis)
    store = LineStore(redis, name)
    await store.leave(number)
    found = await desk.find(support_code(name, epoch, "general", number), room=name)
    await desk.restore(found.place, who="test", why="test")
    await store.place(number)
    await store.bring_forward(number + 1, who="test", why="test")


async def end_a_shared_visit(settings: Settings, redis: Redis, name: str, visit: str) -> None:
    """A pass is used from more networks than are allowed."""
    room = room_of(next(each for each in settings.rooms if each.name == name), redis, Seeds(()))
    await room.start()
    sharing = Sharing(redis, room, Hasher(SECRET, name))
    for network in range(5):
        sharing.saw(visit, f"198.51.{network}.1")
    await sharing.tell()


def use_tools(gateway: Gateway, room: str) -> None:
    """The command line."""
    erase = ["privacy", "erase", "--room", room, "--yes"]
    for words in (
        ["check"], ["audit", "--json"], ["set", room, "rate=600"], ["privacy"],
        [*erase, "--visit", "1:general:1"], [*erase, "--member", "nobody"],
    ):  # fmt: skip
        command = [sys.executable, "-m", "waitroom", *words, "--config", str(gateway.config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
