"""The whole corpus against one gateway, all cases at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.hardening.judging import Outcome
from tests.hardening.origin import Arrival, RecordingOrigin
from tests.hardening.verdicts import Case
from tests.hardening.visitor import Told, visit

MANNERS = {"whole": 1, "bytewise": 300}
"""Each case is sent twice: in one piece, and in so many pieces (mostly single bytes)."""
AT_ONCE = 48
SETTLE_SECONDS = 0.5
"""After the last case: for what still comes to the origin."""


@dataclass(frozen=True)
class Trial:
    """How every case went."""

    outcomes: dict[tuple[str, str], Outcome] = field(repr=False)
    """By name of the case and manner."""
    orphans: list[Arrival] = field(repr=False)
    """What came to the origin and belongs to no case, or to several."""


async def hold(port: int, origin: RecordingOrigin, cases: Sequence[Case]) -> Trial:
    """Send each case in each manner to the gateway at ``port``."""
    server = await origin.serve()
    turns = asyncio.Semaphore(AT_ONCE)
    keys = [(case, manner) for manner in MANNERS for case in cases]
    tokens = [
        b"k%03d" % (number % len(cases)) + manner[:1].encode() for number, (_, manner) in enumerate(keys)
    ]

    async def one(case: Case, manner: str, token: bytes) -> Told:
        async with turns:
            return await visit(
                port,
                case.raw.replace(b"TOKEN", token),
                then=case.then.replace(b"TOKEN", token),
                due=max(len(verdict.answers) for verdict in case.verdicts),
                closes=all(verdict.closes for verdict in case.verdicts),
                pieces=MANNERS[manner],
            )

    told = await asyncio.gather(
        *(one(case, manner, token) for (case, manner), token in zip(keys, tokens, strict=True))
    )
    await asyncio.sleep(SETTLE_SECONDS)
    server.close()
    arrivals: dict[bytes, list[Arrival]] = {token: [] for token in tokens}
    orphans = []
    for arrival in origin.arrivals:
        named = set(re.findall(rb"k[0-9]{3}[wb]", arrival.data)) & arrivals.keys()
        for token in named:
            arrivals[token].append(arrival)
        if arrival.data and len(named) != 1:
            orphans.append(arrival)
    outcomes = {
        (case.name, manner): Outcome(case, token, heard, arrivals[token])
        for (case, manner), token, heard in zip(keys, tokens, told, strict=True)
    }
    return Trial(outcomes, orphans)
