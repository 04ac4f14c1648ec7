"""Holds what happened against the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.hardening.origin import Arrival
from tests.hardening.verdicts import Case, Seen, Verdict
from tests.hardening.visitor import Told, says_close
from tests.hardening.wire import Message


@dataclass(frozen=True)
class Outcome:
    """One case as it went."""

    case: Case
    token: bytes
    told: Told
    arrivals: Sequence[Arrival]
    """The origin's connections on which anything with this token came."""


def complaints(outcome: Outcome) -> list[str]:
    """What went otherwise than it should: nothing, where one of the verdicts holds."""
    each = [_against(verdict, outcome) for verdict in outcome.case.verdicts]
    return [] if [] in each else [" / or / ".join("; ".join(found) for found in each)]


def _against(verdict: Verdict, outcome: Outcome) -> list[str]:
    return [*_said(verdict, outcome.told), *_arrived(verdict, outcome)]


def _said(verdict: Verdict, told: Told) -> list[str]:
    found = []
    statuses = [answer.status for answer in told.answers]
    if len(statuses) != len(verdict.answers) or any(
        status not in allowed for status, allowed in zip(statuses, verdict.answers, strict=False)
    ):
        found.append(f"answered {statuses}, not {[sorted(allowed) for allowed in verdict.answers]}")
    if told.malformed or told.rest:
        found.append(f"besides, said {told.malformed or told.rest[:80]!r}")
    if verdict.closes:
        if not told.closed:
            found.append("the connection stays open")
        if told.answers and not says_close(told.answers[-1]):
            found.append("does not say Connection: close")
    return found


def _arrived(verdict: Verdict, outcome: Outcome) -> list[str]:
    found = []
    requests: list[Message] = []
    for arrival in outcome.arrivals:
        if arrival.malformed:
            found.append(f"the origin was sent {arrival.malformed}")
        elif arrival.extra:
            found.append(f"the origin was sent more than a request: {arrival.extra[:80]!r}")
        elif arrival.request is not None:
            requests.append(arrival.request)
        elif not verdict.begun:
            found.append(f"a beginning reached the origin: {arrival.data[:80]!r}")
        elif not arrival.dropped:
            found.append("the connection to the origin is left hanging")
    wanted = [_with_token(seen, outcome.token) for seen in verdict.seen]
    lines = [b"%b %b HTTP/1.1" % (seen.method, seen.target) for seen in wanted]
    if sorted(lines) != sorted(request.start for request in requests):
        found.append(f"the origin saw {[request.start[:120] for request in requests]}, not {lines}")
    elif len(wanted) == 1:
        found += _differences(wanted[0], requests[0], outcome.token)
    else:
        by_line = {request.start: request for request in requests}
        for line, seen in zip(lines, wanted, strict=True):
            found += _differences(seen, by_line[line], outcome.token)
        if [request.start for request in requests] != lines:
            found.append(f"the origin saw them in the order {[request.start for request in requests]}")
    return found


def _differences(seen: Seen, request: Message, token: bytes) -> list[str]:
    found = []
    if request.body != seen.body.replace(b"TOKEN", token):
        found.append(f"the body arrived as {request.body[:80]!r}")
    for name in {name for name, _ in seen.has}:
        values = [value.replace(b"TOKEN", token) for known, value in seen.has if known == name]
        if request.values(name) != values:
            found.append(f"{name.decode()} arrived as {request.values(name)}, not {values}")
    found += [
        f"{name.decode('latin-1')} arrived as {request.values(name)}"
        for name in seen.lacks
        if request.values(name)
    ]
    return found


def _with_token(seen: Seen, token: bytes) -> Seen:
    return Seen(seen.method, seen.target.replace(b"TOKEN", token), seen.body, seen.has, seen.lacks)
