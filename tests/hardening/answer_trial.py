"""The corpus of answers, one after the other through one gateway, each followed by two more visitors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.hardening.answer_verdicts import FORGED, AnswerCase, AnswerVerdict
from tests.hardening.scripted import ScriptedOrigin
from tests.hardening.visitor import Told, visit
from tests.hardening.wire import Message

NEXT_VISITORS = 2
"""Of each case: the second finds what the first left behind."""
SETTLE_SECONDS = 0.01
"""For what was just sent to be seen on the other side."""


@dataclass(frozen=True)
class AnswerOutcome:
    """One case as it went."""

    case: AnswerCase
    told: Told
    next_told: Sequence[Told]
    """What the visitors right after were told; the pool hands out first what was used last."""
    token: str
    times: int
    """How often the request came to the origin."""
    reused: bool
    """Its connection carried a later request."""
    dropped: bool
    """Its connection has ended."""


async def hold_answers(
    port: int, origin: ScriptedOrigin, cases: Sequence[tuple[str, AnswerCase]]
) -> dict[str, AnswerOutcome]:
    """How each case goes, by its name. Comes with the tokens under which the origin knows them."""
    server = await origin.serve()
    outcomes = [await _one(port, origin, token, case) for token, case in cases if not case.slow]
    outcomes += await asyncio.gather(*(_one(port, origin, token, case) for token, case in cases if case.slow))
    server.close()
    await origin.close_all()
    return {outcome.case.name: outcome for outcome in outcomes}


async def _one(port: int, origin: ScriptedOrigin, token: str, case: AnswerCase) -> AnswerOutcome:
    if case.greeting:
        await origin.close_all()
        origin.greeting = case.greeting
    told = await visit(port, _request(case.method, token, case.body), due=1, closes=True)
    await origin.played()
    await asyncio.sleep(SETTLE_SECONDS)
    next_told = [
        await visit(port, _request("GET", f"next/{token}", b""), due=1, closes=True)
        for _ in range(NEXT_VISITORS)
    ]
    await asyncio.sleep(SETTLE_SECONDS)
    lines = origin.of(token)
    return AnswerOutcome(
        case=case,
        told=told,
        next_told=next_told,
        token=token,
        times=sum(line.carried.count(token) for line in lines),
        reused=any(line.carried[-1] != token for line in lines),
        dropped=all(line.dropped for line in lines),
    )


def _request(method: str, token: str, body: bytes) -> bytes:
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    line = f"{method} /{token} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n".encode()
    return line + length + b"\r\n" + body


def complaints(outcome: AnswerOutcome) -> list[str]:
    """What went otherwise than it should: nothing, where one of the verdicts holds."""
    everyone = (outcome.told, *outcome.next_told)
    found = [f"a visitor was told {told.data[-200:]!r}" for told in everyone if FORGED in told.data]
    theirs = f"next/{outcome.token}".encode()
    found += [
        f"a next visitor was told {told.data[-200:]!r}"
        for told in outcome.next_told
        if [(200, theirs)] != [(answer.status, answer.body) for answer in told.answers]
    ]
    if outcome.times != 1 and (outcome.case.method == "POST" or outcome.times != 2):
        found.append(f"the request came {outcome.times} times")
    each = [_against(verdict, outcome) for verdict in outcome.case.verdicts]
    return found if [] in each else [*found, " / or / ".join("; ".join(unlike) for unlike in each)]


def _against(verdict: AnswerVerdict, outcome: AnswerOutcome) -> list[str]:
    told = outcome.told
    found = _cut(verdict, told) if verdict.cut else _whole(verdict, told)
    if not told.closed:
        found.append("the visitor's connection stays open")
    if verdict.dropped and outcome.reused:
        found.append("the connection was used again")
    if verdict.dropped and not outcome.dropped:
        found.append("the connection was not dropped")
    return found


def _whole(verdict: AnswerVerdict, told: Told) -> list[str]:
    if len(told.answers) != 1 or told.malformed or told.rest:
        return [f"no single answer: {told.data[-200:]!r} {told.malformed}"]
    answer: Message = told.answers[0]
    found = []
    if answer.status not in verdict.statuses:
        found.append(f"status {answer.status}, not {sorted(verdict.statuses)}")
    if verdict.body is not None and answer.body != verdict.body:
        found.append(f"the body {answer.body[:80]!r}")
    found += [
        f"{name.decode()}: {answer.values(name)}"
        for name in {name for name, _ in verdict.has}
        if answer.values(name) != [value for known, value in verdict.has if known == name]
    ]
    found += [f"{name.decode()}: {answer.values(name)}" for name in verdict.lacks if answer.values(name)]
    return found


def _cut(verdict: AnswerVerdict, told: Told) -> list[str]:
    if told.answers or told.malformed:
        return [f"an answer that looks whole: {told.data[-200:]!r} {told.malformed}"]
    head, _, body = told.rest.partition(b"\r\n\r\n")
    found = []
    if not any(head.startswith(b"HTTP/1.1 %d " % status) for status in verdict.statuses):
        found.append(f"no beginning of an answer: {told.rest[:80]!r}")
    if verdict.body and body and verdict.body not in body:
        found.append(f"the beginning {body[:80]!r}")
    return found
