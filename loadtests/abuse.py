"""What the protections of a room cost, and what they do: ``python -m loadtests.abuse``.

Prints Markdown. It needs the extras ``test`` and ``loadtest``, Linux, and for the times of the challenge ``chromium``
and ``chromedriver``. It listens on the loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from statistics import median

import aiohttp
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from loadtests.measure import load
from loadtests.measure.processes import cpu_seconds
from loadtests.measure.servers import SECRET, RoomOptions, bare, gateway, redis_server
from loadtests.measure.visitor import request_head
from waitroom.gate.challenges import Challenges
from waitroom.resources import templates_dir
from waitroom.shaping.challenge import Puzzle, solve

ROUNDS, JOINS = 5, 4_000
LIMITS = "join_limit = { per_address = 1000000, per_network = 1000000 }"
ALWAYS = 'challenge = { when = "always", bits = %d, most_bits = %d }'
TRUSTING = 'trusted_proxies = ["127.0.0.1"]'
SOLVED = 15
"""Pages that are timed for each difficulty."""


class _Zero(Random):
    """Hides each number at 0: the challenges of people, whose own devices do the work, cost this machine nothing."""

    def randrange(self, *_: object, **__: object) -> int:
        return 0


def cost_of_joins() -> None:
    """Processor time and throughput of joins, in turns: without limits, with both, and of a challenge given out."""
    rooms = {
        "off": RoomOptions(name="off", paths=("/off",)),
        "both limits": RoomOptions(name="limits", paths=("/limits",), more=LIMITS),
        "challenged": RoomOptions(name="challenge", paths=("/challenge",), more=ALWAYS % (18, 18)),
    }
    costs: dict[str, list[float]] = {name: [] for name in rooms}
    rates: dict[str, list[float]] = {name: [] for name in rooms}
    with (
        redis_server() as redis,
        bare("answer") as shop,
        gateway(redis.url, *rooms.values(), origin=shop.url, more=TRUSTING) as server,
    ):
        for round_ in range(ROUNDS + 1):
            for name, room in rooms.items():
                # each from an address of its own, 256 to a network
                heads = [
                    request_head(server, room.paths[0], {}).replace(
                        b"\r\n\r\n", b"\r\nX-Forwarded-For: 10.%d.%d.%d\r\n\r\n" % (round_, n >> 8, n & 255)
                    )
                    for n in range(JOINS)
                ]
                before = cpu_seconds(server.pid)
                seconds = load.requests(server, heads, count=JOINS, connections=64, statuses=(503, 403))
                if round_:  # the first is to warm up
                    costs[name].append((cpu_seconds(server.pid) - before) / JOINS * 1e6)
                    rates[name].append(JOINS / seconds)
    print(f"\n{JOINS:,} joins over 64 connections to one worker, {ROUNDS} rounds in turns\n")
    print("| room | processor time a join, median (least to most) | joins a second |")
    print("| --- | --- | --- |")
    for name, found in costs.items():
        print(
            f"| {name} | {median(found):.0f} µs ({min(found):.0f} to {max(found):.0f}) | {median(rates[name]):,.0f} |"
        )


@contextmanager
def _chromium() -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        raise SystemExit("chromium and chromedriver are not on the path")
    with tempfile.TemporaryDirectory(prefix="waitroom-abuse-") as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (
            "headless=new",
            "no-sandbox",
            "disable-gpu",
            "disable-dev-shm-usage",
            f"user-data-dir={profile}",
        ):
            options.add_argument(f"--{flag}")
        browser = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield browser
        finally:
            browser.quit()


_RATE = """
const [source, done] = arguments;
const run = new Function("postMessage", source.replace("onmessage =", "const run =") + "; return run")(() => {});
const times = [];
for (let turn = 0; turn < 3; turn += 1) {
  const begun = performance.now();
  run({ data: { salt: "0".repeat(18), bits: 17, target: "f".repeat(32), first: 0, step: 1 } });
  times.push(2 ** 17 / (performance.now() - begun));
}
done(Math.max(...times));
"""


def time_to_solve() -> None:
    """Hashes a second of the page's own solver by throttle, and the whole way from the address to the place in line."""
    solver = (templates_dir() / "static" / "solver.js").read_text()
    all_bits = (16, 18, 20, 21)
    with _chromium() as browser:
        browser.set_script_timeout(120)
        print("\nThe page's solver in Chromium on one core, by `Emulation.setCPUThrottlingRate`\n")
        print("| throttle | hashes a second | " + " | ".join(f"{bits} bits" for bits in all_bits) + " |")
        print("| --- | --- |" + " --- |" * len(all_bits))
        for throttle in (1, 4, 6):
            # the throttle is one of a page's own thread, so the solver runs there
            browser.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": throttle})
            per_second = 1000 * float(browser.execute_async_script(_RATE, solver))
            cells = (
                f"{2**bits / 2 / per_second:.2f} s, at most {2**bits / per_second:.2f}" for bits in all_bits
            )
            print(f"| {throttle}x | {per_second:,.0f} | " + " | ".join(cells) + " |")
        browser.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
        rooms = [
            RoomOptions(name=f"b{bits}", paths=(f"/{bits}",), more=ALWAYS % (bits, bits)) for bits in all_bits
        ]
        with (
            redis_server() as redis,
            bare("answer") as shop,
            gateway(redis.url, *rooms, origin=shop.url) as server,
        ):
            print(f"\nFrom the address to the place in line, unthrottled, {SOLVED} times each\n")
            print("| bits | median | most |")
            print("| --- | --- | --- |")
            for bits in all_bits:
                found = []
                for _ in range(SOLVED):
                    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
                    begun = time.perf_counter()
                    browser.get(f"{server.url}/{bits}")
                    WebDriverWait(browser, 60, poll_frequency=0.01).until(
                        lambda driver: driver.find_elements(By.ID, "position")
                    )
                    found.append(time.perf_counter() - begun)
                print(f"| {bits} | {median(found):.2f} s | {max(found):.2f} s |")


PEOPLE_A_SECOND, TIMES, SECONDS, FARM = 20, 10, 20, 8
"""People who join, how many times as often the bots try, for how long, and how many addresses the bots have."""


async def _crowd(url: str, path: str, room: str) -> tuple[int, int]:
    """The places that people and bots got."""
    zero = Challenges(room, [SECRET], _Zero())
    places = {"people": 0, "bots": 0}
    end = time.monotonic() + SECONDS

    async def join(
        session: aiohttp.ClientSession, who: str, address: str, answer: str
    ) -> Mapping[str, object] | None:
        headers = {"accept": "application/json", "x-forwarded-for": address, "waitroom-challenge": answer}
        async with session.get(url + path, headers=headers) as got:
            places[who] += got.status == 503
            told: Mapping[str, object] = await got.json(content_type=None)
            return told if got.status == 403 else None

    async def person(session: aiohttp.ClientSession, number: int) -> None:
        address = f"10.0.{number >> 8}.{number & 255}"
        asked = await join(session, "people", address, "")
        if asked is not None:
            answer = zero.issue(int(str(asked["bits"])), int(time.time() * 1000)).text + "~0"
            await join(session, "people", address, answer)

    async def people(session: aiohttp.ClientSession) -> None:
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            number = 0
            while time.monotonic() < end:
                group.create_task(person(session, number))
                number += 1
                await asyncio.sleep(max(begun + number / PEOPLE_A_SECOND - time.monotonic(), 0))

    async def bots(session: aiohttp.ClientSession) -> None:
        begun, tries = time.monotonic(), 0
        while time.monotonic() < end:
            tries += 1
            address = f"203.0.{tries % FARM}.1"
            asked = await join(session, "bots", address, "")
            if asked is not None:
                puzzle = Puzzle(int(str(asked["bits"])), str(asked["salt"]), str(asked["target"]))
                number = await asyncio.to_thread(solve, puzzle)
                if time.monotonic() < end:
                    await join(session, "bots", address, f"{asked['challenge']}~{number}")
            await asyncio.sleep(max(begun + tries / (PEOPLE_A_SECOND * TIMES) - time.monotonic(), 0))

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        await asyncio.gather(people(session), bots(session))
    return places["people"], places["bots"]


def bot_farm() -> None:
    """People and ten times as many bots, who have one core and a few addresses."""
    rooms = {
        "nothing": "",
        "20 places an address": "join_limit = { per_address = 20 }",
        "challenge, 18 to 21 bits": 'challenge = { when = "always", bits = 18, most_bits = 21 }',
        "auto, 18 to 21 bits": 'challenge = { when = "auto", bits = 18, most_bits = 21 }',
        "both": 'challenge = { when = "always" }\njoin_limit = { per_address = 20 }',
    }
    options = [
        RoomOptions(name=f"r{index}", paths=(f"/r{index}",), rate=300, more=more)
        for index, more in enumerate(rooms.values())
    ]
    print(
        f"\n{PEOPLE_A_SECOND} people a second, each from an address of their own, and bots that try {TIMES} times as"
    )
    print(
        f"often from {FARM} addresses and solve on one core in Python, for {SECONDS} s; the room lets in 300 a minute\n"
    )
    print("| the room has | places of people | of bots | share of the bots |")
    print("| --- | --- | --- | --- |")
    with (
        redis_server() as redis,
        bare("answer") as shop,
        gateway(redis.url, *options, origin=shop.url, more=TRUSTING) as server,
    ):
        for index, name in enumerate(rooms):
            people, bots = asyncio.run(_crowd(server.url, f"/r{index}", f"r{index}"))
            print(f"| {name} | {people} | {bots} | {bots / (people + bots):.0%} |")


PARTS = {"joins": cost_of_joins, "solve": time_to_solve, "farm": bot_farm}


def main() -> None:
    """Measures what was asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="left out: all of them")
    for part in parser.parse_args().part or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
