"""Does an address of the origin answer?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Scope

from waitroom.errors import OriginError, OriginTimeoutError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.exchange import Exchange
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.pool import Pool
from waitroom.proxy.request import Request
from waitroom.proxy.timeouts import OriginTimeouts
from waitroom.proxy.watch import Watch

_SCOPE: Final[Scope] = {
    "type": "http",
    "method": "HEAD",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What one address said: a status, of whatever kind, or the reason why there is none."""

    address: str
    outcome: int | OriginError


async def probe(address: OriginAddress, timeouts: OriginTimeouts) -> Probe:
    """Ask for the head of ``/`` on a connection of its own, which waits for no other request."""
    try:
        async with asyncio.timeout(timeouts.probe):
            return Probe(str(address), await _ask(address, timeouts))
    except TimeoutError:
        error = OriginTimeoutError(f"no answer from {address} within {timeouts.probe:g} s")
        return Probe(str(address), error)
    except OriginError as error:
        return Probe(str(address), error)


async def _ask(address: OriginAddress, timeouts: OriginTimeouts) -> int:
    headers = [(b"host", address.authority.encode("ascii")), (b"user-agent", b"waitroom")]
    limits = PoolLimits(timeouts.connect, timeouts.keep_alive, max_connections=1, max_idle=0)
    pool = Pool(address, limits)
    exchange = Exchange(pool, timeouts, Watch(), Request.build(_SCOPE, headers), _nobody)
    try:
        return (await exchange.answer()).status
    finally:
        exchange.close()
        await pool.aclose()


async def _nobody() -> Message:
    await asyncio.Event().wait()
    raise AssertionError
