"""Requests that are made once, however often they are sent.

By the `Idempotency-Key header field <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>`_
(draft-ietf-httpapi-idempotency-key-header-07): the first answer to a key is given again to whoever sends the same
request with it once more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from admin.api.bodies import bounded_body
from admin.audit.trail import no_action
from admin.auth.access import actor_of
from admin.console import console_of
from admin.documented import Documented, refusals
from admin.keys import Answer, State
from admin.problems import Problem, as_problem

FIELD = "idempotency-key"
REPLAYED = "idempotency-replayed"
MOST_CHARACTERS = 255
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT_FIELDS = ("content-type", "etag", "location", "link")
_NOT_KEPT = frozenset({401, 403, 429})
_PARAMETER: Documented = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
    "description": "Any text that is new with each request, such as a UUID. Sent again within 24 hours, the same "
    "request is answered as it was the first time, and nothing is done twice.",
}


class OnceRoute(APIRoute):
    """A route whose unsafe requests may have a key. Never for answers that hold a secret: they are kept for a day."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not set(options.get("methods") or ["GET"]) <= _SAFE:
            extra: Documented = dict(options.get("openapi_extra") or {})
            extra["parameters"] = [*extra.get("parameters", ()), _PARAMETER]
            options["openapi_extra"] = extra
            options["responses"] = refusals(400, 409, 422) | (options.get("responses") or {})
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            given = request.headers.get(FIELD)
            if given is None or request.method in _SAFE:
                return await handle(request)
            return await _once(request, _key(given), handle)

        return once


async def _once(
    request: Request, key: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    kept = console_of(request).kept
    actor = await actor_of(request)
    who = actor.user_id or actor.token_id or actor.name
    body = await bounded_body(request)
    state, answer = await kept.begin(who, key, _fingerprint(request, body))
    if answer is not None:
        no_action(request)
        return Response(answer.body, answer.status, {**answer.headers, REPLAYED: "true"})
    if state is State.OTHER:
        raise Problem(
            422, "key-used", "This Idempotency-Key came with another request before: use a new one."
        )
    if state is State.UNDER_WAY:
        raise Problem(
            409,
            "under-way",
            "The first request with this Idempotency-Key is still under way.",
            {"retry-after": "1"},
        )
    done = False
    try:
        response = await _handled(Request(request.scope, _again(body)), handle)
        if response.status_code < 500 and response.status_code not in _NOT_KEPT:
            headers = {name: response.headers[name] for name in _KEPT_FIELDS if name in response.headers}
            await kept.end(who, key, Answer(response.status_code, headers, bytes(response.body)))
            done = True
    finally:
        if not done:
            await kept.drop(who, key)
    return response


async def _handled(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    try:
        return await handle(request)
    except Problem as problem:
        return problem.response()
    except Exception as error:
        if (known := as_problem(error)).status >= 500:
            raise
        return known.response()


def _key(given: str) -> str:
    """The key, with or without the quotes of a structured field (RFC 8941)."""
    bare = given.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    if not 0 < len(bare) <= MOST_CHARACTERS or not bare.isprintable():
        raise Problem(
            400, "wrong-key", f"Idempotency-Key: allowed is a text of 1 to {MOST_CHARACTERS} characters."
        )
    return bare


def _fingerprint(request: Request, body: bytes) -> str:
    url, by = request.url, request.headers.get("if-match", "")
    return sha256(json.dumps([request.method, url.path, url.query, by]).encode() + body).hexdigest()


def _again(body: bytes) -> Callable[[], Coroutine[Any, Any, Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
