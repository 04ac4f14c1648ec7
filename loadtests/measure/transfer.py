"""What do large bodies cost the processor, beside nginx?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import median

from loadtests.measure import bulk
from loadtests.measure.plain_proxies import UNBUFFERED, installed, nginx
from loadtests.measure.processes import cpu_seconds, resident_mb
from loadtests.measure.report import Detail, Result
from loadtests.measure.servers import LET_IN, Server, gateway, redis_server, shop
from loadtests.measure.shop import large
from loadtests.measure.visitor import passes_of, request_head

ROUNDS, MIB = 5, 1_024
SIZE = MIB << 20
MOST_OF_NGINX = 1.5
DEFAULT, OFF = "nginx", "nginx unbuffered"


def measure() -> list[Result]:
    """A GiB down and a GiB up, through the gateway and through nginx in turns."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        origin = stack.enter_context(shop())
        servers = {"gateway": stack.enter_context(gateway(redis.url, LET_IN, origin=origin.url))}
        if installed("nginx"):
            servers[DEFAULT] = stack.enter_context(nginx(origin))
            servers[OFF] = stack.enter_context(nginx(origin, UNBUFFERED))
        [cookies] = asyncio.run(passes_of(servers["gateway"], 1))
        resident = resident_mb(servers["gateway"].pid)
        down = _costs(servers, cookies, upload=0)
        up = _costs(servers, cookies, upload=SIZE)
        grown = resident_mb(servers["gateway"].pid) - resident
    return [
        _result(
            f"CPU of a download of {MIB:,} MiB by an admitted visitor",
            down,
            f"{ROUNDS} downloads each, in turns, from an origin that serves from memory; processor time of the server "
            "process and its children. nginx has one worker and its defaults (proxy_buffering on); unbuffered, "
            f"proxy_buffering is off. The verdict goes by the default. After all transfers the gateway's resident "
            f"memory had grown by {grown:.0f} MB.",
            most=MOST_OF_NGINX,
        ),
        _result(
            f"CPU of an upload of {MIB:,} MiB by an admitted visitor",
            up,
            f"{ROUNDS} uploads each, in turns. By default nginx writes the whole body to disk before it asks the "
            "origin; unbuffered (proxy_request_buffering off) it passes it on as it comes, as the gateway does.",
            most=None,
        ),
    ]


def _costs(servers: Mapping[str, Server], cookies: dict[str, str], *, upload: int) -> dict[str, list[float]]:
    """Microseconds of processor time per MiB, in each round."""
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            if upload:
                head = request_head(server, "/", cookies).replace(b"GET ", b"PUT ", 1)
                head = head[:-2] + b"Content-Length: %d\r\n\r\n" % upload
            else:
                head = request_head(server, large(SIZE), cookies)
            before = cpu_seconds(server.pid)
            bulk.transfer(server, head, upload=upload)
            found[name].append((cpu_seconds(server.pid) - before) / MIB * 1e6)
    return found


def _result(what: str, costs: Mapping[str, list[float]], how: str, *, most: float | None) -> Result:
    ours = costs["gateway"]
    ratios = {
        name: median(one / other for one, other in zip(ours, theirs, strict=True))
        for name, theirs in costs.items()
        if name != "gateway"
    }
    against = "; ".join(f"{ratio:.2f}× {name} ({_text(costs[name])})" for name, ratio in ratios.items())
    details: dict[str, Detail] = {
        f"{name.replace(' ', '_')}_microseconds_per_mib": [round(each) for each in found]
        for name, found in costs.items()
    }
    return Result(
        what=what,
        target="reported" if most is None else f"at most {most}× nginx's",
        measured=f"{_text(ours)} per MiB; {against or 'nginx is not installed'}",
        passed=ratios[DEFAULT] <= most if most is not None and DEFAULT in ratios else None,
        how=how,
        details=details,
    )


def _text(found: list[float]) -> str:
    return f"{median(found):.0f} µs, {min(found):.0f} to {max(found):.0f}"
