"""What traffic shaping does for a shop that gets twice what it can do, and what it costs when there is no need of it.

``python -m loadtests.shaping`` from a checkout; it takes some three minutes and prints Markdown.

The shop is the model of ``waitroom demo``: a few database connections, a line before them, dearer requests the longer
it is, and errors for those who wait too long. Visitors arrive at random (Poisson) and do not wait for one another.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from loadtests.measure.cost import Contender, Costs, compare
from loadtests.measure.processes import allow_open_files
from loadtests.measure.servers import LET_IN, Server, announced, gateway, redis_server, shop
from loadtests.measure.visitor import passes_of, request_head
from loadtests.measure.wire import head_end
from waitroom.demo.shop.capacity import Capacity, OverloadedError

PER_SECOND = 100
"""What the shop can do."""
SLOTS = 10
PAYING = 0.2
"""Of all requests; the others browse."""
VISITORS = 200
PATIENCE_SECONDS = 10.0

SHAPED = f"""
[shaping]
concurrency = {SLOTS}
wait = "2s"
[[shaping.classes]]
name = "checkout"
paths = ["/checkout/*"]
share = 0.5
"""
IDLE = """
[shaping]
concurrency = 256
visitor_rate = 1000000
visitor_burst = 1000000
[[shaping.classes]]
name = "checkout"
paths = ["/checkout/*"]
[[shaping.classes]]
name = "search"
paths = ["/search*"]
most = 0.3
"""
"""Everything on, and nobody ever has to wait."""


@dataclass(slots=True)
class Seen:
    """What became of the requests of one class."""

    served: list[float] = field(default_factory=list)
    """Seconds of each that the shop answered."""
    failed: list[float] = field(default_factory=list)
    """Seconds of each that got an error."""
    hung: int = 0

    @property
    def row(self) -> str:
        """As cells of a table."""
        total = len(self.served) + len(self.failed) + self.hung
        answers = sorted(self.served)
        p50, p95 = (f"{answers[len(answers) * part // 100]:.2f} s" for part in (50, 95)) if answers else "––"
        longest = max([*self.served, *self.failed, self.hung and PATIENCE_SECONDS])
        return f"{len(self.served) / total:.1%} | {p50} | {p95} | {longest:.2f} s"


async def _ask(server: Server, head: bytes, seen: Seen) -> None:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(server.host, server.port)
            try:
                writer.write(head)
                status = int((await reader.readuntil(b"\r\n\r\n"))[9:12])
            finally:
                writer.close()
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        seen.hung += 1
        return
    (seen.served if status == 200 else seen.failed).append(time.monotonic() - begun)


async def _crowd(server: Server, seconds: float, times: float, seed: int) -> dict[str, Seen]:
    """Visitors ask ``times`` what the shop can do, for so long."""
    chance = random.Random(seed)
    passes = await passes_of(server, VISITORS)
    found = {"checkout": Seen(), "browse": Seen()}
    under_way: set[asyncio.Task[None]] = set()
    due = begun = time.monotonic()
    while due - begun < seconds:
        due += chance.expovariate(PER_SECOND * times)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        name = "checkout" if chance.random() < PAYING else "browse"
        path = "/checkout/pay" if name == "checkout" else f"/pieces/{chance.randrange(50)}"
        head = request_head(server, path, chance.choice(passes))
        task = asyncio.create_task(_ask(server, head, found[name]))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    return found


@contextmanager
def limited_shop() -> Iterator[Server]:
    """The shop as a process of its own."""
    with announced([sys.executable, "-m", "loadtests.shaping", "--shop"]) as server:
        yield server


async def _serve_shop() -> None:
    capacity = Capacity(PER_SECOND)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head_end(head := await reader.readuntil(b"\r\n\r\n")):
                status = b"200 OK"
                if not head.startswith(b"GET / "):  # visitors get their passes there
                    try:
                        await capacity.work()
                    except OverloadedError:
                        status = b"503 Service Unavailable"
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: 2\r\n\r\nok" % status)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def overload(seconds: float, times: float) -> list[str]:
    """Checkout and browse, with and without shaping in turns, as lines of a table."""
    lines = [
        "| | class | served | p50 | p95 | longest answer of any kind |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        for turn in range(2):
            for title, tables in (("without", ""), ("with", SHAPED)):
                with (
                    limited_shop() as origin,
                    gateway(redis.url, LET_IN, origin=origin.url, more=tables) as server,
                ):
                    found = asyncio.run(_crowd(server, seconds, times, turn))
                lines += [f"| {title} | {name} | {seen.row} |" for name, seen in found.items()]
    return lines


def cost(rounds: int, requests: int) -> Costs:
    """Processor time of a request, without shaping and with all of it, in turns."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        origin = stack.enter_context(shop())
        contenders = {}
        for name, tables in (("off", ""), ("on", IDLE)):
            server = stack.enter_context(gateway(redis.url, LET_IN, origin=origin.url, more=tables))
            passes = asyncio.run(passes_of(server, VISITORS))
            heads = [request_head(server, f"/pieces/{number}", each) for number, each in enumerate(passes)]
            contenders[name] = Contender(server, heads)
        return compare(contenders, rounds=rounds, count=requests)


def main() -> None:
    """Measures, and prints what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shop", action="store_true", help="be the shop that is measured with")
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument(
        "--times", type=float, default=2, help="the load, as a multiple of what the shop can do"
    )
    options.add_argument("--rounds", type=int, default=8)
    options.add_argument("--requests", type=int, default=10_000)
    given = options.parse_args()
    if given.shop:
        asyncio.run(_serve_shop())
        return
    allow_open_files(8192)
    print("\n".join(overload(given.seconds, given.times)), flush=True)
    costs = cost(given.rounds, given.requests)
    print(f"\noff {costs.text('off')}; on {costs.text('on')}; ratio {costs.ratio_text('on', 'off')}")


if __name__ == "__main__":
    main()
