"""What does a request of an admitted visitor cost the processor?"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from loadtests.measure.cost import Contender, Costs, compare
from loadtests.measure.plain_proxies import PLAIN, installed
from loadtests.measure.report import Result
from loadtests.measure.servers import LET_IN, Server, bare, gateway, redis_server, shop
from loadtests.measure.shop import UNLIKE
from loadtests.measure.visitor import passes_of, request_head

ROUNDS, REQUESTS, PER_SECOND = 6, 5_000, 1_500
PASSES = 200
_UNLIKE = "gateway, answers unlike"
MOST_OF_BARE, MOST_OF_AIOHTTP = 2.2, 0.5


def measure() -> list[Result]:
    """The gateway against bare answers and other proxies, all in turns under the same load."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        origin = stack.enter_context(shop())
        server = stack.enter_context(gateway(redis.url, LET_IN, origin=origin.url))
        servers: dict[str, Server] = {
            "bare": stack.enter_context(bare("stock")),
            "bare on our protocol": stack.enter_context(bare("answer")),
            "forward": stack.enter_context(bare("forward", origin.url)),
            "gateway": server,
            _UNLIKE: server,
            "aiohttp": stack.enter_context(bare("aiohttp", origin.url)),
        }
        servers |= {
            name: stack.enter_context(proxy(origin)) for name, proxy in PLAIN.items() if installed(name)
        }
        passes = asyncio.run(passes_of(server, PASSES))
        contenders = {
            name: Contender(target, [request_head(target, _path(name), cookies) for cookies in passes])
            for name, target in servers.items()
        }
        paced = compare(contenders, rounds=ROUNDS, count=REQUESTS, per_second=PER_SECOND)
        flat_out = compare(contenders, rounds=ROUNDS, count=REQUESTS)
    return [_bare(paced, flat_out), _aiohttp(paced, flat_out), _plain(paced, flat_out)]


def _path(name: str) -> str:
    return UNLIKE if name == _UNLIKE else "/"


def _bare(paced: Costs, flat_out: Costs) -> Result:
    ours = "bare on our protocol"
    worst = max(paced.ratio("gateway", "bare"), flat_out.ratio("gateway", "bare"))
    return Result(
        what="CPU of a small request of an admitted visitor",
        target=f"at most {MOST_OF_BARE}× a bare ASGI answer on stock uvicorn",
        measured=f"{paced.ratio_text('gateway', 'bare')} at {PER_SECOND:,} a second, "
        f"{flat_out.ratio_text('gateway', 'bare')} flat out",
        passed=worst <= MOST_OF_BARE,
        how="Processor time of the server process, all threads and children, in turns: "
        f"{ROUNDS} × {REQUESTS:,} requests with a pass that needs no renewal (a visitor's is renewed once in 75 s), "
        "as a browser sends them, and as many flat out (32 "
        "connections, no pause); the median over the rounds, and the spread. The bare answer has as many bytes; stock "
        "is uvicorn with httptools and uvloop, without access log, else as it comes. At "
        f"{PER_SECOND:,} a second the gateway takes {paced.text('gateway')}; the proxy without a gate "
        f"(Origin.forward) {paced.text('forward')}; the bare answer on stock uvicorn {paced.text('bare')}, on the "
        f"gateway's own protocol {paced.text(ours)} (the gateway: {paced.ratio('gateway', ours):.2f}× that). Flat "
        f"out: {flat_out.text('gateway')}; {flat_out.text('forward')}; {flat_out.text('bare')}; "
        f"{flat_out.text(ours)} ({flat_out.ratio('gateway', ours):.2f}×); the gateway then carries "
        f"{flat_out.rate_text('gateway')} requests a second, the bare answer {flat_out.rate_text('bare')}. The answers "
        "of the shop are alike within a second: its date is in them. Where each has a field that no other has, and "
        f"none is understood from memory, it takes {paced.text(_UNLIKE)} ({paced.ratio_text(_UNLIKE, 'bare')}); flat "
        f"out {flat_out.text(_UNLIKE)} ({flat_out.ratio_text(_UNLIKE, 'bare')}). The verdict goes by the worse of the "
        "two loads.",
        details=paced.details() | flat_out.details("flat_out_"),
    )


def _aiohttp(paced: Costs, flat_out: Costs) -> Result:
    return Result(
        what="the same beside a minimal proxy around aiohttp's client",
        target=f"at most {MOST_OF_AIOHTTP}× its CPU, flat out",
        measured=f"{flat_out.ratio_text('gateway', 'aiohttp')} flat out, "
        f"{paced.ratio_text('gateway', 'aiohttp')} at {PER_SECOND:,} a second",
        passed=flat_out.ratio("gateway", "aiohttp") <= MOST_OF_AIOHTTP,
        how="In the same turns. That proxy (loadtests/measure/aiohttp_proxy.py) is an ASGI application on stock "
        "uvicorn with one session, which streams and does nothing else; the gateway also checks the pass. It takes "
        f"{flat_out.text('aiohttp')}; {paced.text('aiohttp')} at {PER_SECOND:,} a second, where either sleeps between "
        "two requests and each wakes to cold caches: there the gateway is less far ahead. The verdict goes by what it "
        "takes flat out, which is what says how many a server carries.",
    )


def _plain(paced: Costs, flat_out: Costs) -> Result:
    found = [name for name in PLAIN if name in paced.rounds]
    absent = [name for name in PLAIN if name not in paced.rounds]
    ratios = "; ".join(
        f"{name} {paced.ratio('gateway', name):.2f}×, flat out {flat_out.ratio('gateway', name):.2f}×"
        for name in found
    )
    costs = "; ".join(
        f"{name} {paced.text(name)}, flat out {flat_out.text(name)} at {flat_out.rate_text(name)} requests a second"
        for name in found
    )
    missing = f" Not installed here: {', '.join(absent)}." if absent else ""
    return Result(
        what="the same beside plain proxies on one core",
        target="reported",
        measured=ratios or "none is installed",
        passed=None,
        how="In the same turns; the gateway's CPU over theirs. One worker (nginx), one thread (HAProxy), GOMAXPROCS=1 "
        f"(Caddy), without access logs, with connections to the origin kept alive. {costs}.{missing}",
    )
