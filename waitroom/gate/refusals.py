"""What the addresses of a room refuse alike."""

from __future__ import annotations

from waitroom.gate.answers import NO_STORE, PROBLEM, answer, problem
from waitroom.gate.request import Request

ONLY_HERE = "This is only done from the shop's own pages."
AGAIN_SECONDS = 5
"""After which to ask once more for what Redis was not there for."""


async def refuses_foreign(request: Request, detail: str = ONLY_HERE) -> bool:
    """Whether another site's page sends it: then it is answered 403."""
    if not request.is_foreign:
        return False
    body = problem(403, "cross-site", detail)
    await answer(request.scope, request.send, 403, PROBLEM, body, [NO_STORE])
    return True


async def put_off(request: Request, detail: str) -> None:
    """Answers 503 while Redis is away."""
    headers = [NO_STORE, (b"retry-after", b"%d" % AGAIN_SECONDS)]
    await answer(request.scope, request.send, 503, PROBLEM, problem(503, "unavailable", detail), headers)
