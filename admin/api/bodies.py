"""The JSON of a request, read with care."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from pydantic import JsonValue
from pydantic_core import from_json

from admin.problems import Problem

MOST_BYTES = 64 * 1024
MOST_REASON = 500


async def bounded_body(request: Request) -> bytes:
    """The body. Raises a :class:`~admin.problems.Problem` with status 413 where it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Problem(413, "too-long", f"The body may have {MOST_BYTES:,} bytes at most.")
    return bytes(body)


async def json_object(request: Request) -> dict[str, JsonValue]:
    """The object in the body; empty where there is no body. Whatever ``Content-Type`` says, it must be JSON.

    Raises a :class:`~admin.problems.Problem` with status 400, 413 or 422.
    """
    body = await bounded_body(request)
    if not body.strip():
        return {}
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, "no-json", f"The body is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Problem(422, "wrong-request", "The body must be a JSON object.")
    return found


JsonObject = Annotated[dict[str, JsonValue], Depends(json_object)]


def taken_reason(body: dict[str, JsonValue]) -> str:
    """Takes the reason out of a body: ``reason``, or ``why``. Empty where there is none.

    Raises a :class:`~admin.problems.Problem` with status 422.
    """
    given = [value for name in ("reason", "why") if (value := body.pop(name, None)) is not None]
    if not given:
        return ""
    reason = given[0]
    if len(given) > 1 or not isinstance(reason, str) or len(reason) > MOST_REASON:
        raise Problem(
            422, "wrong-request", f"reason: allowed is one text of at most {MOST_REASON} characters."
        )
    return reason


def nothing_else(body: dict[str, JsonValue], *allowed: str) -> None:
    """Raises a :class:`~admin.problems.Problem` with status 422 where a body has members that mean nothing."""
    if unknown := [name[:60] for name in body if name not in allowed]:
        known = ", ".join((*allowed, "reason"))
        raise Problem(422, "wrong-request", f"{', '.join(unknown)}: not known here; allowed: {known}.")
